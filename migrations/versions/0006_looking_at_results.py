"""Whether an answer was right, and indexes for looking at results from several sides.

Revision: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FAILED = sa.text("error_code IS NOT NULL")

_SQLITE = "UPDATE result SET correct = json_extract(outcome, '$.correct') WHERE outcome IS NOT NULL"
_POSTGRESQL = (
    "UPDATE result SET correct = (outcome ->> 'correct')::boolean WHERE outcome ? 'correct'"
)


def upgrade() -> None:
    op.add_column("result", sa.Column("correct", sa.Boolean(), nullable=True))
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.get_bind().exec_driver_sql(_SQLITE if sqlite else _POSTGRESQL)
    op.create_index(
        "ix_result_failed",
        "result",
        ["job_id", "position", "error_code"],
        sqlite_where=FAILED,
        postgresql_where=FAILED,
    )
    op.create_index(
        "ix_result_wrong",
        "result",
        # The last column makes the index enough for counting.
        ["job_id", "position", "correct"],
        sqlite_where=sa.text("correct = 0"),
        postgresql_where=sa.text("NOT correct"),
    )
    for columns in (["digit", "position"], ["confidence", "position"]):
        op.create_index(f"ix_result_job_id_{columns[0]}_position", "result", ["job_id", *columns])
    op.create_index("ix_result_created_at_job_id", "result", ["created_at", "job_id"])


def downgrade() -> None:
    for name in ("created_at_job_id", "job_id_confidence_position", "job_id_digit_position"):
        op.drop_index(f"ix_result_{name}", "result")
    for name in ("wrong", "failed"):
        op.drop_index(f"ix_result_{name}", "result")
    op.drop_column("result", "correct")
