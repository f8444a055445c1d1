"""Every table of the database. A change needs a migration in ``storage/migrations/versions``; a test sees."""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.types import BIG, DOCUMENT, UtcDateTime

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _of_sandbox(*, primary_key: bool = False) -> Column[str]:
    """The column that says whose row this is. Rows of a sandbox go with it."""
    return Column(
        "sandbox_id",
        String,
        ForeignKey("sandboxes.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
    )


sandboxes = Table(
    "sandboxes",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("app", String, nullable=False),
    Column("app_version", Integer, nullable=False),
    Column("title", String, nullable=False),
    Column("manifest", Text, nullable=False),
    Column("status", String, nullable=False),
    Column("status_reason", Text),
    Column("health", String, nullable=False),
    Column("health_reason", Text),
    Column("owner_id", String, nullable=False),
    Column("team_id", String, nullable=False),
    Column("channel_id", String, nullable=False),
    Column("url", String),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("ttl_seconds", Integer, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("idle_seconds", Integer),
    Column("last_active_at", UtcDateTime),
    Column("last_signal", String),
    Column("stopped_at", UtcDateTime),
    Column("stop_cause", String),
    Column("retain_until", UtcDateTime),
    Column("destroyed_at", UtcDateTime),
    Column("memory_bytes", BIG, nullable=False),
    Column("cpus", Float, nullable=False),
    Index("ix_sandboxes_status", "status"),
    Index("ix_sandboxes_name", "name"),
    Index(
        "uq_sandboxes_name_in_use",
        "name",
        unique=True,
        sqlite_where=text("status != 'destroyed'"),
        postgresql_where=text("status != 'destroyed'"),
    ),
)

services = Table(
    "services",
    metadata,
    _of_sandbox(primary_key=True),
    Column("name", String, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("image", String, nullable=False),
    Column("address", String, nullable=False),
    Column("container_id", String),
    Column("state", String, nullable=False),
    Column("health", String, nullable=False),
    Column("health_reason", Text),
    Column("restarts", Integer, nullable=False),
    Column("exit_code", Integer),
    Column("out_of_memory", Boolean, nullable=False),
    Column("memory_bytes", BIG, nullable=False),
    Column("cpus", Float, nullable=False),
)

routes = Table(
    "routes",
    metadata,
    Column("kind", String, primary_key=True),
    Column("match", String, primary_key=True),
    _of_sandbox(),
    Column("position", Integer, nullable=False),
    Column("service", String, nullable=False),
    Column("port", Integer, nullable=False),
    Column("front", Boolean, nullable=False),
    Column("strip_prefix", Boolean, nullable=False),
    Column("requests_seen", BIG, nullable=False, server_default="0"),
    Column("bytes_seen", BIG, nullable=False, server_default="0"),
    Index("ix_routes_sandbox_id", "sandbox_id"),
)

network_leases = Table(
    "network_leases",
    metadata,
    Column("slot", Integer, primary_key=True, autoincrement=False),
    _of_sandbox(),
    UniqueConstraint("sandbox_id"),
)

port_leases = Table(
    "port_leases",
    metadata,
    Column("port", Integer, primary_key=True, autoincrement=False),
    _of_sandbox(),
    Index("ix_port_leases_sandbox_id", "sandbox_id"),
)

operations = Table(
    "operations",
    metadata,
    Column("id", String, primary_key=True),
    _of_sandbox(),
    Column("kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("team_id", String, nullable=False),
    Column("channel_id", String),
    Column("arguments", DOCUMENT, nullable=False),
    Column("idempotency_key", String),
    Column("created_at", UtcDateTime, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("lease_owner", String),
    Column("lease_until", UtcDateTime),
    Column("attempts", Integer, nullable=False),
    Column("waiting_reason", Text),
    Column("cancel_requested_by", String),
    Column("error", DOCUMENT),
    Column("trace_id", String),
    Index("ix_operations_sandbox_id_created_at", "sandbox_id", "created_at"),
    Index("ix_operations_status_not_before", "status", "not_before"),
    # One at a time. A destroy may wait behind what it has told to stop, so it is counted apart.
    Index(
        "uq_operations_active",
        "sandbox_id",
        unique=True,
        sqlite_where=text("status IN ('queued', 'running') AND kind != 'destroy'"),
        postgresql_where=text("status IN ('queued', 'running') AND kind != 'destroy'"),
    ),
    Index(
        "uq_operations_active_destroy",
        "sandbox_id",
        unique=True,
        sqlite_where=text("status IN ('queued', 'running') AND kind = 'destroy'"),
        postgresql_where=text("status IN ('queued', 'running') AND kind = 'destroy'"),
    ),
)

steps = Table(
    "steps",
    metadata,
    Column(
        "operation_id",
        String,
        ForeignKey("operations.id", ondelete="CASCADE"),
        primary_key=True,
        nullable=False,
    ),
    Column("position", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("status", String, nullable=False),
    Column("detail", Text),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
)

submissions = Table(
    "submissions",
    metadata,
    Column("key", String, primary_key=True),
    _of_sandbox(),
    Column("operation_id", String),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_submissions_at", "at"),
)

events = Table(
    "events",
    metadata,
    Column("seq", BIG, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String, nullable=False),
    _of_sandbox(),
    Column("operation_id", String),
    Column("data", DOCUMENT, nullable=False),
    Index("ix_events_sandbox_id", "sandbox_id"),
    Index("ix_events_at", "at"),
    sqlite_autoincrement=True,  # a number is never given twice, even after old events were purged
)

cursors = Table(
    "cursors",
    metadata,
    Column("name", String, primary_key=True),
    Column("seq", BIG, nullable=False),
)

log_segments = Table(
    "log_segments",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=True),
    _of_sandbox(),
    Column("service", String, nullable=False),
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_log_segments_sandbox_id_service", "sandbox_id", "service"),
    Index("ix_log_segments_last_at", "last_at"),
    sqlite_autoincrement=True,
)

posts = Table(
    "posts",
    metadata,
    Column("key", String, primary_key=True),
    Column("channel_id", String, nullable=False),
    Column("thread", String),
    Column("reference", String),
    Column("digest", String),
    Column("state", String, nullable=False),
    Column("sandbox_id", String),
    Column("intended_at", UtcDateTime, nullable=False),
    Index("ix_posts_channel_id_reference", "channel_id", "reference"),
    Index("ix_posts_sandbox_id", "sandbox_id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("key", String, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_deliveries_at", "at"),
)

people = Table(
    "people",
    metadata,
    Column("team_id", String, primary_key=True),
    Column("person_id", String, primary_key=True),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("onboarded_at", UtcDateTime),
)

warnings_sent = Table(
    "warnings_sent",
    metadata,
    _of_sandbox(primary_key=True),
    Column("clock", String, primary_key=True),
    Column("deadline", UtcDateTime, primary_key=True),
    Column("mark_seconds", Integer, primary_key=True),
    Column("sent_at", UtcDateTime, nullable=False),
)

app_versions = Table(
    "app_versions",
    metadata,
    Column("app", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("digest", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

sandbox_secrets = Table(
    "sandbox_secrets",
    metadata,
    _of_sandbox(primary_key=True),
    Column("name", String, primary_key=True),
    Column("key_id", String, nullable=False),
    Column("nonce", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
