"""Column types that behave the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB

BIG = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits on both. SQLite counts rows up only in a column that says INTEGER, and that holds 64 bits too."""

DOCUMENT = JSON().with_variant(JSONB(), "postgresql")
"""A JSON object, for what is read whole and never searched."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, timezone-aware UTC on both sides. SQLite keeps it as text that sorts by time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone: it would mean another instant on another machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        del dialect  # both kinds are told apart by what they return
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
