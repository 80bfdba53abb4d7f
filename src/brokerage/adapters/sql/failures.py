"""What a database reports, as the library's errors."""

from typing import Any

from sqlalchemy import Dialect

from brokerage.errors import Conflict, StoreError

__all__ = ["failure"]

_TO_RUN_AGAIN = {"40001", "40P01"}


def failure(error: Exception, dialect: Dialect) -> Exception:
    """Return what a driver's error means."""
    state: Any = getattr(error, "sqlstate", None)
    if state in _TO_RUN_AGAIN:
        return Conflict("store")
    return StoreError("store", type(error).__name__, "a database that does it", str(error))
