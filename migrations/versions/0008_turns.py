"""The priority of a job, and the turn of a chunk in its queue.

Revision: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

READY = sa.text("state = 'ready'")


def upgrade() -> None:
    op.add_column(
        "job", sa.Column("priority", sa.String(8), nullable=False, server_default="normal")
    )
    op.add_column("chunk", sa.Column("turn", sa.Float(), nullable=False, server_default="0"))
    columns = ["queue", "turn", "id"]
    op.create_index("ix_chunk_turn", "chunk", columns, sqlite_where=READY, postgresql_where=READY)


def downgrade() -> None:
    op.drop_index("ix_chunk_turn", "chunk")
    op.drop_column("chunk", "turn")
    op.drop_column("job", "priority")
