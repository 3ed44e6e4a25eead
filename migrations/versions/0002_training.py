"""Training: progress, where models and datasets come from, outcomes, and people's reviews.

Revision: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from store.columns import Json, Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.String(32)
SHA256 = sa.String(64)

#: New columns, all of which may be empty.
COLUMNS: tuple[tuple[str, str, sa.types.TypeEngine], ...] = (
    ("job", "progress", Json()),
    ("model", "job_id", ID),
    ("model", "gate", Json()),
    ("model", "data_version", SHA256),
    ("model", "size", sa.BigInteger()),
    ("dataset", "parent", ID),
    ("dataset", "origin", Json()),
    ("dataset", "statistics", Json()),
    ("evaluation", "outcomes", SHA256),
    ("evaluation", "alert", Json()),
    ("evaluation", "schedule", sa.String(64)),
)


def upgrade() -> None:
    for table, name, kind in COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=True))
    op.create_index("ix_model_job_id", "model", ["job_id"])
    _create_label_review()


def _create_label_review() -> None:
    op.create_table(
        "label_review",
        sa.Column("dataset_id", ID, nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("correction", Json(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("key_id", ID, nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("dataset_id", "task", name="pk_label_review"),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name="fk_label_review_dataset_id", ondelete="CASCADE"
        ),
        sa.CheckConstraint(
            "verdict IN ('right', 'wrong', 'unsure')", name=op.f("ck_label_review_verdict")
        ),
    )


def downgrade() -> None:
    op.drop_table("label_review")
    op.drop_index("ix_model_job_id", "model")
    for table, name, _ in reversed(COLUMNS):
        op.drop_column(table, name)
