"""How the tables came to be, step by step (Alembic). `bot/store/migrating.py` walks the steps; see docs/groei.md."""
