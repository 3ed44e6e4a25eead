"""Counts of a job's answers, and indexes for lists that are long.

Revision: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

from store.columns import Json

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

QUARANTINED = sa.text("error_code = 'quarantined'")


def upgrade() -> None:
    op.add_column("job", sa.Column("answers", Json(), nullable=True))
    for column in ("status", "kind"):
        op.create_index(f"ix_job_{column}_id", "job", [column, "id"])
    op.create_index(
        "ix_result_quarantined",
        "result",
        ["job_id"],
        sqlite_where=QUARANTINED,
        postgresql_where=QUARANTINED,
    )
    op.create_index("ix_evaluation_model_id", "evaluation", ["model", "id"])
    op.drop_index("ix_evaluation_model", "evaluation")


def downgrade() -> None:
    op.create_index("ix_evaluation_model", "evaluation", ["model"])
    op.drop_index("ix_evaluation_model_id", "evaluation")
    op.drop_index("ix_result_quarantined", "result")
    for column in ("kind", "status"):
        op.drop_index(f"ix_job_{column}_id", "job")
    op.drop_column("job", "answers")
