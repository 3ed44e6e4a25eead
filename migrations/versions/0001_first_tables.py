"""The first tables.

Revision: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from store.columns import Json, Moment, RowId

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.String(32)
SHA256 = sa.String(64)
NAME = sa.String(200)
MODEL = sa.String(255)
STATE = sa.String(16)


def _column(name: str, kind: sa.types.TypeEngine, *, null: bool = False) -> sa.Column:
    return sa.Column(name, kind, nullable=null)


def _refer(table: str, column: str, other: str, **options: object) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}"
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, **options)


def _one_of(table: str, column: str, *values: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN {values!r}", name=op.f(f"ck_{table}_{column}"))


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _partial_index(name: str, table: str, columns: list[str], where: str, **options: bool) -> None:
    condition = sa.text(where)
    op.create_index(
        name, table, columns, sqlite_where=condition, postgresql_where=condition, **options
    )


def upgrade() -> None:
    _create_api_key()
    _create_audit()
    _create_schedule_run()
    _create_model()
    _create_evaluation()
    _create_dataset()
    _create_dataset_image()
    _create_job()
    _create_idempotency()
    _create_chunk()
    _create_item()
    _create_result()


def _create_api_key() -> None:
    op.create_table(
        "api_key",
        _column("id", ID),
        _column("name", NAME),
        _column("prefix", sa.String(64)),
        _column("digest", SHA256),
        _column("scopes", Json()),
        _column("preset", sa.Boolean()),
        _column("created_at", Moment()),
        _column("expires_at", Moment(), null=True),
        _column("revoked_at", Moment(), null=True),
        _key("api_key", "id"),
        _unique("api_key", "digest"),
    )
    _index("api_key", "prefix")


def _create_audit() -> None:
    op.create_table(
        "audit",
        _column("id", RowId()),
        _column("at", Moment()),
        _column("key_id", ID, null=True),
        _column("action", sa.String(64)),
        _column("subject", sa.String(255)),
        _column("detail", Json()),
        _key("audit", "id"),
    )


def _create_schedule_run() -> None:
    op.create_table(
        "schedule_run",
        _column("schedule", sa.String(64)),
        _column("slot", sa.String(64)),
        _column("job_ids", Json()),
        _column("created_at", Moment()),
        _key("schedule_run", "schedule", "slot"),
    )


def _create_model() -> None:
    op.create_table(
        "model",
        _column("id", MODEL),
        _column("name", NAME),
        _column("state", STATE),
        _column("path", sa.Text(), null=True),
        _column("blob", SHA256, null=True),
        _column("card", Json()),
        _column("parent", MODEL, null=True),
        _column("created_at", Moment()),
        _column("promoted_at", Moment(), null=True),
        _key("model", "id"),
        _one_of("model", "state", "champion", "candidate", "archived"),
    )
    _index("model", "name")
    _partial_index("ix_model_one_champion", "model", ["state"], "state = 'champion'", unique=True)


def _create_evaluation() -> None:
    op.create_table(
        "evaluation",
        _column("id", ID),
        _column("key_id", ID, null=True),
        _column("job_id", ID, null=True),
        _column("model", MODEL),
        _column("dataset_id", ID, null=True),
        _column("dataset_name", NAME, null=True),
        _column("dataset_version", SHA256, null=True),
        _column("accuracy", sa.Float(), null=True),
        _column("scored", sa.Integer()),
        _column("metrics", Json()),
        _column("created_at", Moment()),
        _key("evaluation", "id"),
        _unique("evaluation", "job_id"),
    )
    _index("evaluation", "key_id", "id")
    _index("evaluation", "dataset_id", "id")
    _index("evaluation", "model")


def _create_dataset() -> None:
    op.create_table(
        "dataset",
        _column("id", ID),
        _column("key_id", ID),
        _column("name", NAME),
        _column("version", SHA256),
        _column("status", STATE),
        _column("labels", SHA256),
        _column("images", sa.Integer()),
        _column("puzzles", sa.Integer(), null=True),
        _column("problems", Json()),
        _column("nightly", sa.Boolean()),
        _column("created_at", Moment()),
        _key("dataset", "id"),
        _refer("dataset", "key_id", "api_key"),
        _one_of("dataset", "status", "checking", "ready", "rejected"),
    )
    _index("dataset", "key_id", "id")


def _create_dataset_image() -> None:
    op.create_table(
        "dataset_image",
        _column("dataset_id", ID),
        _column("position", sa.Integer()),
        _column("name", sa.Text()),
        _column("blob", SHA256),
        _key("dataset_image", "dataset_id", "position"),
        _unique("dataset_image", "dataset_id", "name"),
        _refer("dataset_image", "dataset_id", "dataset", ondelete="CASCADE"),
    )
    _index("dataset_image", "blob")


def _create_job() -> None:
    op.create_table(
        "job",
        _column("id", ID),
        _column("key_id", ID),
        _column("kind", STATE),
        _column("status", STATE),
        _column("total", sa.Integer()),
        _column("done", sa.Integer()),
        _column("failed", sa.Integer()),
        _column("cancel_requested", sa.Boolean()),
        _column("params", Json()),
        _column("dataset_id", ID, null=True),
        _column("model", MODEL, null=True),
        _column("error", Json(), null=True),
        _column("created_at", Moment()),
        _column("started_at", Moment(), null=True),
        _column("finished_at", Moment(), null=True),
        _key("job", "id"),
        _refer("job", "key_id", "api_key"),
        _refer("job", "dataset_id", "dataset"),
        _one_of("job", "kind", "solve", "evaluate", "import", "retrain"),
        _one_of("job", "status", "queued", "running", "succeeded", "failed", "cancelled"),
    )
    _index("job", "key_id", "id")
    _index("job", "finished_at")
    _index("job", "dataset_id")
    _partial_index("ix_job_open", "job", ["status"], "status IN ('queued', 'running')")


def _create_idempotency() -> None:
    later = {"ondelete": "CASCADE", "deferrable": True, "initially": "DEFERRED"}
    op.create_table(
        "idempotency",
        _column("key_id", ID),
        _column("idempotency_key", sa.String(255)),
        _column("digest", SHA256),
        _column("job_id", ID),
        _column("created_at", Moment()),
        _key("idempotency", "key_id", "idempotency_key"),
        _refer("idempotency", "key_id", "api_key", ondelete="CASCADE"),
        _refer("idempotency", "job_id", "job", **later),
    )
    _index("idempotency", "job_id")


def _create_chunk() -> None:
    op.create_table(
        "chunk",
        _column("id", RowId()),
        _column("job_id", ID),
        _column("queue", sa.String(32)),
        _column("isolated", sa.Boolean()),
        _column("state", STATE),
        _column("token", ID, null=True),
        _column("owner", sa.String(255), null=True),
        _column("lease_until", Moment(), null=True),
        _column("available_at", Moment()),
        _column("published_at", Moment(), null=True),
        _column("attempts", sa.Integer()),
        _key("chunk", "id"),
        _refer("chunk", "job_id", "job", ondelete="CASCADE"),
        _one_of("chunk", "state", "ready", "leased", "done", "cancelled"),
    )
    _index("chunk", "job_id")
    _partial_index("ix_chunk_ready", "chunk", ["queue", "available_at"], "state = 'ready'")
    _partial_index("ix_chunk_leased", "chunk", ["lease_until"], "state = 'leased'")


def _create_item() -> None:
    states = ("pending", "in_flight", "done", "cancelled", "quarantined")
    op.create_table(
        "item",
        _column("id", RowId()),
        _column("job_id", ID),
        _column("position", sa.Integer()),
        _column("name", sa.Text()),
        _column("blob", SHA256),
        _column("state", STATE),
        _column("chunk_id", RowId()),
        _column("attempts", sa.Integer()),
        _key("item", "id"),
        _unique("item", "job_id", "position"),
        _refer("item", "job_id", "job", ondelete="CASCADE"),
        _refer("item", "chunk_id", "chunk", ondelete="CASCADE"),
        _one_of("item", "state", *states),
    )
    _index("item", "blob")
    _index("item", "chunk_id")
    _partial_index("ix_item_open", "item", ["job_id"], "state IN ('pending', 'in_flight')")


def _create_result() -> None:
    op.create_table(
        "result",
        _column("item_id", RowId()),
        _column("job_id", ID),
        _column("position", sa.Integer()),
        _column("image", sa.Text()),
        _column("tile", sa.Integer(), null=True),
        _column("x", sa.Float(), null=True),
        _column("y", sa.Float(), null=True),
        _column("digit", sa.Integer(), null=True),
        _column("confidence", sa.Float(), null=True),
        _column("error_code", sa.String(64), null=True),
        _column("error_message", sa.Text(), null=True),
        _column("model", MODEL, null=True),
        _column("seen", Json(), null=True),
        _column("outcome", Json(), null=True),
        _column("seconds", sa.Float(), null=True),
        _column("created_at", Moment()),
        _key("result", "item_id"),
        _unique("result", "job_id", "position"),
        _refer("result", "item_id", "item", ondelete="CASCADE"),
        _refer("result", "job_id", "job", ondelete="CASCADE"),
    )


def downgrade() -> None:
    for table in ("result", "item", "chunk", "idempotency", "job", "dataset_image", "dataset"):
        op.drop_table(table)
    for table in ("evaluation", "model", "schedule_run", "audit", "api_key"):
        op.drop_table(table)
