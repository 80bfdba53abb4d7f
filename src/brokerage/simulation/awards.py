"""Judging a file of bids: for each tender every place and the reason, as the tenders of a broker are judged."""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from pathlib import Path

from attrs import frozen

from brokerage.headings.awards import AWARDS
from brokerage.judging import Assessed, LowestPrice, abnormally_low, ranking
from brokerage.money import Money
from brokerage.pages import Listing
from brokerage.policy import Policy
from brokerage.records.numbers import Arrival, OfferNumber
from brokerage.simulation.bids_file import BidRow, read_bids_file
from brokerage.simulation.files import RefusedLine, write_csv, write_refused, writing_into
from brokerage.tables import Shown, Table

__all__ = ["Award", "Awards", "award_bids", "judge_bids", "write_awards"]

_COLUMNS = ("tender", "rank", "bidder", "price", "currency", "reason")
_BELOW = Policy().abnormally_low
_JUDGE = "lowest price"


@frozen(repr=False)
class Award(Shown):
    """A bidder's place in a tender, from 1, and why; ``is_low`` says that the price is abnormally low."""

    tender: str
    rank: int
    bidder: str
    price: Money
    reason: str
    is_low: bool = False

    def table(self) -> Table:
        """Return the place as a table of one row."""
        return AWARDS.of([(self.tender, self.rank, self.bidder, self.price, self.reason)])


@frozen
class Awards:
    """What a file of bids came to.

    Args:
        places: every bidder's place, tender after tender in the order in which the file names them.
        refused: the rows that were not taken.
        replaced: how many bids were replaced by a later one of the same bidder for the same tender.
    """

    places: Listing[Award]
    refused: tuple[RefusedLine, ...]
    replaced: int


def judge_bids(path: str | Path) -> Awards:
    """Read a file of bids and judge it: in each tender the lowest price wins, then the earlier bid (spec N4, N7).

    Of the bids that a bidder made for a tender the last one counts, by time and then by row. Of bids made at the same
    time the one in the earlier row is the earlier.

    Args:
        path: where the file is, as :func:`brokerage.simulation.read_bids_file` reads it.

    Returns:
        Every bidder's place with its reason, and the rows that were refused.

    Raises:
        InvalidFile: the file is missing, unreadable, empty, not UTF-8, or its columns are not the five.
    """
    file = read_bids_file(path)
    places = award_bids(file.rows)
    return Awards(places, file.refused, len(file.rows) - len(places))


def award_bids(rows: Iterable[BidRow]) -> Listing[Award]:
    """Judge bids that were read, as :func:`judge_bids` says.

    >>> from brokerage.simulation.bids_file import parse_bids
    >>> file = '''tender,bidder,price,currency,at
    ... bridge,Arch,900.00,USD,2026-03-01T10:00Z
    ... bridge,Span,880.00,USD,2026-03-01T11:00Z
    ... bridge,Arch,880.00,USD,2026-03-01T12:00Z'''
    >>> for award in award_bids(parse_bids(file, "an example").rows):
    ...     print(award.rank, award.bidder, award.price, "-", award.reason)
    1 Span 880.00 USD - lowest price: 880.00 USD
    2 Arch 880.00 USD - 880.00 USD: equal to the place before, and later
    """
    standing: dict[str, dict[str, BidRow]] = {}
    for row in rows:
        bids = standing.setdefault(row.tender, {})
        before = bids.get(row.bidder)
        if before is None or _time(before) < _time(row):
            bids[row.bidder] = row
    return Listing((place for bids in standing.values() for place in _places(bids.values())), AWARDS)


_time = attrgetter("at", "line")


def _places(bids: Iterable[BidRow]) -> Sequence[Award]:
    """Rank the bids that stand for one tender."""
    by_number: Mapping[OfferNumber, BidRow] = {OfferNumber(row.line): row for row in sorted(bids, key=_time)}
    assessed = [
        Assessed(bid=number, arrival=Arrival(place), currency=row.currency, price=row.price, units=1, total=row.price)
        for place, (number, row) in enumerate(by_number.items())
    ]
    low = abnormally_low(assessed, _BELOW)
    return [
        _award(rank, by_number[place.bid], place.reason, place.bid in low)
        for rank, place in enumerate(ranking(_JUDGE, LowestPrice(), assessed), start=1)
    ]


def _award(rank: int, row: BidRow, reason: str, is_low: bool) -> Award:
    flagged = f"{reason}; abnormally low beside the others" if is_low else reason
    return Award(row.tender, rank, row.bidder, Money(row.price, row.currency), flagged, is_low)


def write_awards(awards: Awards, directory: str | Path) -> dict[str, object]:
    """Write ``awards.csv`` and ``refused.csv``; return how many tenders, bids and refused rows there were.

    Args:
        awards: what the file came to.
        directory: where to write; it is made if it is not there.

    Raises:
        InvalidFile: the directory cannot be made or written to; then nothing is written.
    """
    with writing_into(directory) as place:
        write_csv(place / "awards.csv", _COLUMNS, map(_row, awards.places))
        write_refused(place / "refused.csv", awards.refused)
    return {
        "tenders": len({place.tender for place in awards.places}),
        "bids": len(awards.places) + awards.replaced,
        "replaced": awards.replaced,
        "ranked": len(awards.places),
        "abnormally low": sum(place.is_low for place in awards.places),
        "refused": len(awards.refused),
    }


def _row(place: Award) -> tuple[object, ...]:
    return place.tender, place.rank, place.bidder, place.price.text(), place.price.currency, place.reason
