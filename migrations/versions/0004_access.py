"""An audit log that only grows, and the page's sign-ins.

Revision: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from store.columns import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

REFUSAL = "the audit log only grows"

#: An insert that replaces a row fires no delete trigger.
REPLACES = "WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) "

SQLITE = [
    f"CREATE TRIGGER audit_no_{event} BEFORE {event} ON audit {when}"
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for event, when in (("update", ""), ("delete", ""), ("insert", REPLACES))
]

POSTGRESQL = [
    "CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows()",
]


def upgrade() -> None:
    for statement in POSTGRESQL if _on_postgresql() else SQLITE:
        op.execute(statement)
    op.create_table(
        "web_session",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(32), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_web_session"),
        sa.ForeignKeyConstraint(
            ["key_id"], ["api_key.id"], name="fk_web_session_key_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_web_session_expires_at", "web_session", ["expires_at"])


def downgrade() -> None:
    op.drop_table("web_session")
    if _on_postgresql():
        op.execute("DROP TRIGGER audit_no_change ON audit")
        op.execute("DROP FUNCTION audit_only_grows()")
        return
    for event in ("update", "delete", "insert"):
        op.execute(f"DROP TRIGGER audit_no_{event}")


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
