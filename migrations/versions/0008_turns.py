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
    # Beside an index that begins with the time, planners would sort all that is ready.
    op.drop_index("ix_chunk_ready", "chunk")
    _index("ix_chunk_turn", ["queue", "turn", "id", "available_at"])


def downgrade() -> None:
    op.drop_index("ix_chunk_turn", "chunk")
    _index("ix_chunk_ready", ["queue", "available_at"])
    op.drop_column("chunk", "turn")
    op.drop_column("job", "priority")


def _index(name: str, columns: list[str]) -> None:
    op.create_index(name, "chunk", columns, sqlite_where=READY, postgresql_where=READY)
