"""Facts that are found in one of several ways, as one list: two walks along indexes, merged and never sorted."""

from typing import Any

from sqlalchemy import BindParameter, ClauseElement, Dialect, Select, bindparam, union_all

from brokerage.adapters.sql.statements import Query

__all__ = ["newest_of"]


def newest_of(parts: tuple[Select[Any], ...], names: tuple[str, ...]) -> Query:
    """Return what finds the newest facts of several selections, which have none in common.

    Args:
        parts: selections that begin with the numbers of the facts, each by an index that ends with them.
        names: the names of the arguments, behind which comes the limit.
    """

    def merged(dialect: Dialect) -> ClauseElement:
        limit: BindParameter[int] = bindparam("limit")
        if dialect.name == "sqlite":  # it merges what comes in one order by itself
            chosen = union_all(*parts)
        else:  # PostgreSQL does so only with what is said to be in order
            ordered = [part.order_by(part.selected_columns[0].desc()).limit(limit) for part in parts]
            chosen = union_all(*ordered)
        return chosen.order_by(chosen.selected_columns[0].desc()).limit(limit)

    return Query(merged, (*names, "limit"))
