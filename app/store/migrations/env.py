"""Alembic's entry point: always called with a connection by `Database.migrate`, or by the tests."""

from alembic import context
from sqlmodel import SQLModel

from app.store import tables  # noqa: F401  (fills the metadata)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
