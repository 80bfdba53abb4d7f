"""The tables of a market that is kept, by what they are for: the key of each, and what it refers to."""

from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen
from sqlalchemy import MetaData, Table

from drawings.svg import BROKER, BUYER, ENDED, FAINT, INK, SELLER, SHADE, box, drawing, line, text

__all__ = ["AREAS", "schema"]

_CARD, _GAP, _MARGIN, _LINE, _TOP = 250, 22, 20, 16, 92

AREAS: Sequence[Sequence[tuple[str, str, tuple[str, ...]]]] = (
    (
        (
            "Members",
            SELLER,
            (
                *("persons", "fingerprints", "members", "contacts", "former_members", "withdrawal_reasons"),
                *("activities", "credentials", "sign_in_tries", "pauses"),
            ),
        ),
    ),
    (
        ("The blind market", BUYER, ("categories", "offers", "lost_minima", "checks", "losses")),
        ("New items", BUYER, ("items", "demands", "pools", "reservations", "watches")),
    ),
    (
        ("Tenders", BROKER, ("tenders", "bids", "orders", "contractors", "standing_terms")),
        ("Messages", BROKER, ("complaints", "news", "news_of_boxes")),
    ),
    (
        ("Deals and money", INK, ("deals", "entries", "balances", "authorisations", "cases", "statements")),
        (
            "Events, effects, counters",
            ENDED,
            ("journal", "outbox", "inbox", "requests", "secrets", "progress", "tallies", "numbers", "schema_revision"),
        ),
    ),
)
"""Four columns of areas, each with its heading, its colour and its tables."""


@frozen
class _Card:
    """What is said of a table, line by line below its name."""

    name: str
    lines: tuple[str, ...]

    @property
    def height(self) -> int:
        return 26 + _LINE * len(self.lines)


def schema(tables: MetaData) -> str:
    """Draw the tables; lists within a fact stand on the card of what they belong to.

    Raises:
        ValueError: a table stands in no area, or one that is drawn does not exist.
    """
    lists = {name: parent for name in tables.tables if (parent := _parent(name, tables.tables)) is not None}
    drawn = {name for column in AREAS for _, _, names in column for name in names}
    if drawn != set(tables.tables) - set(lists):
        raise ValueError(f"in no area, or not there: {sorted(drawn ^ (set(tables.tables) - set(lists)))}")
    parts = [
        text(_MARGIN, 34, "The tables of a market that is kept", size=15, bold=True),
        text(_MARGIN, 56, "key of each · → what it refers to · + lists of its own, each a table", size=12, fill=ENDED),
    ]
    lowest = 0
    for place, column in enumerate(AREAS):
        left, y = _MARGIN + place * (_CARD + _GAP), _TOP
        for heading, colour, names in column:
            y = _area(parts, left, y, heading, colour, [_card(tables.tables[name], lists) for name in names]) + 18
        lowest = max(lowest, y)
    width = 2 * _MARGIN + len(AREAS) * (_CARD + _GAP) - _GAP
    return drawing("The tables of a market that is kept", width, lowest, parts)


def _area(parts: list[str], left: int, y: int, heading: str, colour: str, cards: Iterable[_Card]) -> int:
    """Draw an area from a height on; return where it ends."""
    parts.append(text(left, y, heading, bold=True, fill=colour))
    parts.append(line(left, y + 6, left + _CARD, y + 6, stroke=colour, width=2))
    y += 16
    for card in cards:
        parts.append(box(left, y, _CARD, card.height, fill=SHADE, stroke=FAINT))
        parts.append(text(left + 10, y + 18, card.name, bold=True, size=12.5))
        for at, words in enumerate(card.lines, start=1):
            parts.append(text(left + 10, y + 18 + _LINE * at, words, size=11, fill=ENDED))
        y += card.height + 6
    return y


def _card(table: Table, lists: Mapping[str, str]) -> _Card:
    """Say of a table what its key is, what it refers to, and which lists it has."""
    referred = sorted({key.referred_table.name for key in table.foreign_key_constraints})
    own = sorted(name.removeprefix(f"{table.name}_") for name, parent in lists.items() if parent == table.name)
    lines = [", ".join(column.name for column in table.primary_key.columns)]
    lines += [f"→ {', '.join(referred)}"] if referred else []
    lines += [f"+ {', '.join(own)}"] if own else []
    return _Card(table.name, tuple(lines))


def _parent(name: str, tables: Mapping[str, Table]) -> str | None:
    """Return the table to which a list belongs, if it is one: its key begins with that table's."""
    first = next(iter(tables[name].primary_key.columns)).name
    owners = [other for other in tables if name.startswith(f"{other}_") and first.startswith("of_")]
    return max(owners, key=len, default=None)
