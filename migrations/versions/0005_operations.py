"""The request that made a job, and counts for whoever watches over the service.

Revision: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from store.columns import RowId

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("request_id", sa.String(64), nullable=True))
    op.create_table(
        "tally",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("label", sa.String(64), nullable=False),
        sa.Column("part", sa.String(16), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tally"),
    )


def downgrade() -> None:
    op.drop_table("tally")
    op.drop_column("job", "request_id")
