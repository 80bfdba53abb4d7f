"""A store in a SQL database: SQLite in a file, or PostgreSQL for many processes (extra ``sql``)."""

from importlib.util import find_spec

from brokerage.errors import NotInstalled

if find_spec("sqlalchemy") is None:
    raise NotInstalled("sqlalchemy", "brokerage[sql]")

from brokerage.adapters.sql.schema import HEAD as REVISION
from brokerage.adapters.sql.store import SqlStore
from brokerage.adapters.sql.upgrading import migrate

__all__ = ["REVISION", "SqlStore", "migrate"]
