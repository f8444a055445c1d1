"""The first tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.types import BIG, DOCUMENT, UtcDateTime

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Make them."""
    _catalogue_and_chat()
    _sandboxes()
    _work()


def _catalogue_and_chat() -> None:
    """The tables of the catalogue and the chat."""
    op.create_table(
        "app_versions",
        sa.Column("app", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("app", "version", name=op.f("pk_app_versions")),
    )
    op.create_table(
        "cursors",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_cursors")),
    )
    op.create_table(
        "deliveries",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_deliveries")),
    )
    op.create_index("ix_deliveries_at", "deliveries", ["at"], unique=False)
    op.create_table(
        "people",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("first_seen_at", UtcDateTime(), nullable=False),
        sa.Column("onboarded_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "person_id", name=op.f("pk_people")),
    )
    op.create_table(
        "posts",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sandbox_id", sa.String(), nullable=True),
        sa.Column("intended_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_posts")),
    )
    op.create_index("ix_posts_channel_id_reference", "posts", ["channel_id", "reference"], unique=False)
    op.create_index("ix_posts_sandbox_id", "posts", ["sandbox_id"], unique=False)


def _sandboxes() -> None:
    """The tables of sandboxes."""
    op.create_table(
        "sandboxes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("app", sa.String(), nullable=False),
        sa.Column("app_version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("health", sa.String(), nullable=False),
        sa.Column("health_reason", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ttl_seconds", sa.Integer(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("idle_seconds", sa.Integer(), nullable=True),
        sa.Column("last_active_at", UtcDateTime(), nullable=True),
        sa.Column("last_signal", sa.String(), nullable=True),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("stop_cause", sa.String(), nullable=True),
        sa.Column("retain_until", UtcDateTime(), nullable=True),
        sa.Column("destroyed_at", UtcDateTime(), nullable=True),
        sa.Column("memory_bytes", BIG, nullable=False),
        sa.Column("cpus", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandboxes")),
    )
    op.create_index("ix_sandboxes_name", "sandboxes", ["name"], unique=False)
    op.create_index("ix_sandboxes_status", "sandboxes", ["status"], unique=False)
    op.create_index(
        "uq_sandboxes_name_in_use",
        "sandboxes",
        ["name"],
        unique=True,
        sqlite_where=sa.text("status != 'destroyed'"),
        postgresql_where=sa.text("status != 'destroyed'"),
    )
    op.create_table(
        "network_leases",
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sandbox_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sandbox_id"], ["sandboxes.id"], name=op.f("fk_network_leases_sandbox_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_network_leases")),
        sa.UniqueConstraint("sandbox_id", name=op.f("uq_network_leases_sandbox_id")),
    )
    op.create_table(
        "port_leases",
        sa.Column("port", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sandbox_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sandbox_id"], ["sandboxes.id"], name=op.f("fk_port_leases_sandbox_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("port", name=op.f("pk_port_leases")),
    )
    op.create_index("ix_port_leases_sandbox_id", "port_leases", ["sandbox_id"], unique=False)
    op.create_table(
        "routes",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("match", sa.String(), nullable=False),
        sa.Column("sandbox_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("front", sa.Boolean(), nullable=False),
        sa.Column("strip_prefix", sa.Boolean(), nullable=False),
        sa.Column("requests_seen", BIG, server_default="0", nullable=False),
        sa.Column("bytes_seen", BIG, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["sandbox_id"], ["sandboxes.id"], name=op.f("fk_routes_sandbox_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("kind", "match", name=op.f("pk_routes")),
    )
    op.create_index("ix_routes_sandbox_id", "routes", ["sandbox_id"], unique=False)
    op.create_table(
        "sandbox_secrets",
        sa.Column("sandbox_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sandbox_id"], ["sandboxes.id"], name=op.f("fk_sandbox_secrets_sandbox_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sandbox_id", "name", name=op.f("pk_sandbox_secrets")),
    )
    op.create_table(
        "services",
        sa.Column("sandbox_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("image", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("container_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("health", sa.String(), nullable=False),
        sa.Column("health_reason", sa.Text(), nullable=True),
        sa.Column("restarts", sa.Integer(), nullable=False),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.Column("out_of_memory", sa.Boolean(), nullable=False),
        sa.Column("memory_bytes", BIG, nullable=False),
        sa.Column("cpus", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sandbox_id"], ["sandboxes.id"], name=op.f("fk_services_sandbox_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sandbox_id", "name", name=op.f("pk_services")),
    )
    op.create_table(
        "warnings_sent",
        sa.Column("sandbox_id", sa.String(), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("deadline", UtcDateTime(), nullable=False),
        sa.Column("mark_seconds", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sandbox_id"], ["sandboxes.id"], name=op.f("fk_warnings_sent_sandbox_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "sandbox_id", "clock", "deadline", "mark_seconds", name=op.f("pk_warnings_sent")
        ),
    )


def _work() -> None:
    """The tables of operations, events and logs."""
    op.create_table(
        "events",
        sa.Column("seq", BIG, autoincrement=True, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sandbox_id", sa.String(), nullable=False),
        sa.Column("operation_id", sa.String(), nullable=True),
        sa.Column("data", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["sandbox_id"], ["sandboxes.id"], name=op.f("fk_events_sandbox_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_events")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_at", "events", ["at"], unique=False)
    op.create_index("ix_events_sandbox_id", "events", ["sandbox_id"], unique=False)
    op.create_table(
        "log_segments",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("sandbox_id", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sandbox_id"], ["sandboxes.id"], name=op.f("fk_log_segments_sandbox_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_segments")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_log_segments_last_at", "log_segments", ["last_at"], unique=False)
    op.create_index(
        "ix_log_segments_sandbox_id_service", "log_segments", ["sandbox_id", "service"], unique=False
    )
    op.create_table(
        "operations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sandbox_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=True),
        sa.Column("arguments", DOCUMENT, nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("waiting_reason", sa.Text(), nullable=True),
        sa.Column("cancel_requested_by", sa.String(), nullable=True),
        sa.Column("error", DOCUMENT, nullable=True),
        sa.Column("trace_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sandbox_id"], ["sandboxes.id"], name=op.f("fk_operations_sandbox_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operations")),
    )
    op.create_index(
        "ix_operations_sandbox_id_created_at", "operations", ["sandbox_id", "created_at"], unique=False
    )
    op.create_index("ix_operations_status_not_before", "operations", ["status", "not_before"], unique=False)
    op.create_index(
        "uq_operations_active",
        "operations",
        ["sandbox_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('queued', 'running') AND kind != 'destroy'"),
        postgresql_where=sa.text("status IN ('queued', 'running') AND kind != 'destroy'"),
    )
    op.create_index(
        "uq_operations_active_destroy",
        "operations",
        ["sandbox_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('queued', 'running') AND kind = 'destroy'"),
        postgresql_where=sa.text("status IN ('queued', 'running') AND kind = 'destroy'"),
    )
    op.create_table(
        "submissions",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sandbox_id", sa.String(), nullable=False),
        sa.Column("operation_id", sa.String(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sandbox_id"], ["sandboxes.id"], name=op.f("fk_submissions_sandbox_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_submissions")),
    )
    op.create_index("ix_submissions_at", "submissions", ["at"], unique=False)
    op.create_table(
        "steps",
        sa.Column("operation_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operations.id"], name=op.f("fk_steps_operation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("operation_id", "position", name=op.f("pk_steps")),
    )
