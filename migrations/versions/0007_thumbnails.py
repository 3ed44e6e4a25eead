"""The blob of a small copy of each solved picture.

Revision: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("result", sa.Column("thumbnail", sa.String(64), nullable=True))
    op.create_index("ix_result_thumbnail", "result", ["thumbnail"])


def downgrade() -> None:
    op.drop_index("ix_result_thumbnail", "result")
    op.drop_column("result", "thumbnail")
