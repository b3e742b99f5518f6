"""What Alembic runs: the steps, over the connection that `bot/store/migrating.py` gave it."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
