"""The notes in PostgreSQL: a table, a pool of connections, four things to do."""

import os
import threading
from contextlib import contextmanager

import psycopg2
from psycopg2.extras import RealDictCursor
from psycopg2.pool import ThreadedConnectionPool

CONNECTIONS = 8
CONNECT_TIMEOUT_SECONDS = 3

SCHEMA = """
    CREATE TABLE IF NOT EXISTS notes (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        title text NOT NULL,
        body text NOT NULL,
        colour text NOT NULL,
        changed_at timestamptz NOT NULL DEFAULT now()
    )
"""


class UnavailableError(Exception):
    """The database does not answer, or not yet."""


class Store:
    """Connects when first asked, and again after the database was away."""

    def __init__(self):
        self._pool = None
        self._lock = threading.Lock()
        # psycopg2's pool refuses the ninth caller; this makes it wait instead.
        self._free = threading.BoundedSemaphore(CONNECTIONS)

    def ping(self):
        """Raises UnavailableError unless the table can be read."""
        with self._cursor() as cursor:
            cursor.execute("SELECT 1 FROM notes LIMIT 1")

    def all(self, containing=""):
        """Notes that hold a text, the one changed last first."""
        with self._cursor() as cursor:
            cursor.execute(
                "SELECT id, title, body, colour, changed_at FROM notes"
                " WHERE position(lower(%(part)s) in lower(title || ' ' || body)) > 0"
                " ORDER BY changed_at DESC, id DESC LIMIT 200",
                {"part": containing},
            )
            return cursor.fetchall()

    def get(self, number):
        """One note, or None."""
        with self._cursor() as cursor:
            cursor.execute("SELECT id, title, body, colour, changed_at FROM notes WHERE id = %s", (number,))
            return cursor.fetchone()

    def save(self, number, title, body, colour):
        """Write a new note (``number`` None) or change one."""
        with self._cursor() as cursor:
            if number is None:
                cursor.execute(
                    "INSERT INTO notes (title, body, colour) VALUES (%s, %s, %s)", (title, body, colour)
                )
            else:
                cursor.execute(
                    "UPDATE notes SET title = %s, body = %s, colour = %s, changed_at = now() WHERE id = %s",
                    (title, body, colour, number),
                )

    def delete(self, number):
        """Remove a note; one that is gone already is gone."""
        with self._cursor() as cursor:
            cursor.execute("DELETE FROM notes WHERE id = %s", (number,))

    @contextmanager
    def _cursor(self):
        """A cursor in a transaction of its own."""
        with self._free:
            connection = self._borrow()
            try:
                with connection, connection.cursor(cursor_factory=RealDictCursor) as cursor:
                    yield cursor
            except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
                self._give_back(connection, broken=True)
                raise UnavailableError(str(error).strip()) from error
            except BaseException:
                self._give_back(connection)
                raise
            self._give_back(connection)

    def _borrow(self):
        try:
            with self._lock:
                if self._pool is None:
                    self._pool = connect()
                return self._pool.getconn()
        except psycopg2.OperationalError as error:
            raise UnavailableError(str(error).strip()) from error

    def _give_back(self, connection, *, broken=False):
        with self._lock:
            if self._pool is not None:
                self._pool.putconn(connection, close=broken or bool(connection.closed))


def connect():
    """A pool whose database has the table."""
    pool = ThreadedConnectionPool(
        1,
        CONNECTIONS,
        host=os.environ.get("DATABASE_HOST", "db"),
        dbname="notes",
        user="notes",
        password=os.environ["DATABASE_PASSWORD"],
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
    )
    connection = pool.getconn()
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(SCHEMA)
    finally:
        pool.putconn(connection)
    return pool
