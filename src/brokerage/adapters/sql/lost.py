"""Sales that are in a deal, found by deal and SPmin at once: which of them did a purchase lose since its member looked?

Deals stand in blocks of 256, these in blocks of 256, and so on. For each block in which a sale of a book is in a deal,
a row holds an SPmin that none of them is below. So whoever looks for the next sale up to a price passes over whole
blocks of dearer ones, and reads at most a few hundred entries of an index at each of four levels, however many were
sold. A sale that opens again leaves its SPmin in its blocks: that costs a look in vain, and nothing else.
"""

from sqlalchemy import Column, PrimaryKeyConstraint, text

from brokerage.adapters.sql.sessions import Session
from brokerage.adapters.sql.statements import Query
from brokerage.adapters.sql.tables import plain_table
from brokerage.adapters.sql.types import TEXT, WHOLE, fitting
from brokerage.records.offers import SaleOffer

__all__ = ["LOST_MINIMA", "LostSales"]

_BITS, _LEVELS = 8, 3
_LAST = (1 << 63) - 1

LOST_MINIMA = plain_table(
    "lost_minima",
    Column("category", TEXT, nullable=False),
    Column("currency", TEXT, nullable=False),
    Column("level", WHOLE, nullable=False),
    Column("block", WHOLE, nullable=False),
    Column("least", WHOLE, nullable=False),
    PrimaryKeyConstraint("category", "currency", "level", "block"),
)
"""What no sale is below that is in a deal of a block, by book, level and block."""

_ITS = "category = :category AND currency = :currency"
# Rows are written only where they change, for whoever decides in the same book at the same time would wait for them.
_LOWER = Query(
    text(
        "INSERT INTO lost_minima (category, currency, level, block, least)"
        " SELECT CAST(:category AS TEXT), CAST(:currency AS TEXT), its.level, its.block, CAST(:price AS BIGINT) FROM ("
        + " UNION ALL ".join(
            f"SELECT {level} AS level, CAST(:block_{level} AS BIGINT) AS block" for level in range(1, _LEVELS + 1)
        )
        + f") AS its WHERE NOT EXISTS (SELECT 1 FROM lost_minima AS kept WHERE {_ITS}"
        " AND kept.level = its.level AND kept.block = its.block AND kept.least <= :price)"
        " ON CONFLICT (category, currency, level, block)"
        " DO UPDATE SET least = excluded.least WHERE lost_minima.least > excluded.least"
    ),
    ("category", "currency", "price", *(f"block_{level}" for level in range(1, _LEVELS + 1))),
)


def _first(level: str) -> str:
    """What finds the first block of a level, between two others, in which there may be a sale up to a price."""
    return (
        f"SELECT level, block FROM lost_minima WHERE {_ITS} AND level = {level}"
        f" AND block >= :from_{level.strip(':')} AND block < :to_{level.strip(':')} AND least <= :price"
        " ORDER BY block LIMIT 1"
    )


_NEXT = Query(
    text(
        " UNION ALL ".join(
            f"SELECT level, block FROM ({_first(str(level))}) AS of_{level}" for level in range(1, _LEVELS + 1)
        )
    ),
    (
        "category",
        "currency",
        "price",
        *(f"{end}_{level}" for level in range(1, _LEVELS + 1) for end in ("from", "to")),
    ),
)
_WITHIN = Query(text(_first(":level")), ("category", "currency", "price", "level", "from_level", "to_level"))


class LostSales:
    """The blocks of deals: kept as sales come into deals, and passed over where nothing is cheap enough."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, sale: SaleOffer) -> None:
        """Note the SPmin of a sale that is in a deal. O(1)."""
        assert sale.deal is not None
        blocks = (sale.deal >> _BITS * level for level in range(1, _LEVELS + 1))
        self._session.change(_LOWER, sale.category, sale.currency, sale.min_price, *blocks)

    def end_of_block(self, deal: int) -> int:
        """Return the first deal behind the block of a deal."""
        return min((deal >> _BITS) + 1 << _BITS, _LAST)

    def next_block(self, category: str, currency: str, deal: int, up_to: int) -> int | None:
        """Return the first deal of the next block, behind that of ``deal``, that may hold a sale up to a price.

        ``None`` where there is none. Reads at most 256 entries at each level, and goes up and down once.
        """
        behind = fitting(deal) >> _BITS
        ranges: list[int] = []
        for level in range(1, _LEVELS + 1):
            here = behind >> _BITS * (level - 1)
            ranges += here + 1, _LAST if level == _LEVELS else (here >> _BITS) + 1 << _BITS
        found = self._session.rows(_NEXT, category, currency, fitting(up_to), *ranges)
        if not found:
            return None
        level, block = min(found)
        while level > 1:
            level, first = level - 1, block << _BITS
            ends = first, first + (1 << _BITS)
            _, block = self._session.row(_WITHIN, category, currency, fitting(up_to), level, *ends)
        return int(block) << _BITS
