"""What tests of storage share."""

from tests.storage.database_fixtures import database, database_url, postgres_socket

__all__ = ["database", "database_url", "postgres_socket"]
