"""Labels that an audit suspects.

Revision: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from store.columns import Json

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "label_suspect",
        sa.Column("dataset_id", sa.String(32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("detail", Json(), nullable=False),
        sa.PrimaryKeyConstraint("dataset_id", "place", name="pk_label_suspect"),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name="fk_label_suspect_dataset_id", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    op.drop_table("label_suspect")
