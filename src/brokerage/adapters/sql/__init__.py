"""A store in a SQL database: SQLite in a file, or PostgreSQL for many processes (extra ``sql``)."""

from brokerage.adapters.sql.store import SqlStore

__all__ = ["SqlStore"]
