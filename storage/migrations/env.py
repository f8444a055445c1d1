"""What alembic runs for each command: it uses the connection it is handed and logs nothing of its own."""

from alembic import context

from storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
