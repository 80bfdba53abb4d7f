"""Writing what a replayed market came to: deals, ledger, boxes, refused rows and a summary."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from attrs import frozen

from brokerage.engine import Brokerage
from brokerage.headings import ENTRIES, OFFICE_DEALS
from brokerage.money import Money
from brokerage.pages import Listing
from brokerage.records.deals import Deal
from brokerage.records.ledger import BANK, Entry
from brokerage.records.numbers import EntryNumber
from brokerage.simulation.files import RefusedLine, write_csv, write_refused, writing_into
from brokerage.simulation.replay import Replay

__all__ = ["Results", "results", "summary", "write_results"]

_DEAL_COLUMNS = (
    "deal",
    "sale",
    "purchase",
    "category",
    "currency",
    "min_price",
    "max_price",
    "selling_price",
    "buying_price",
    "agreed_at",
    "status",
)
_LEDGER_COLUMNS = ("entry", "at", "deal", "purpose", "account", "currency", "amount")


@frozen
class Results:
    """What a market came to: its deals in the order they were made, and its ledger, to look at or to take as frames."""

    deals: Listing[Deal]
    entries: Listing[Entry]


def results(market: Replay) -> Results:
    """Return the deals and the ledger of a market as it is now (spec R2)."""
    deals = [market.broker.office.deal(number) for number in market.deals]
    return Results(Listing(deals, OFFICE_DEALS), Listing(_entries(market.broker), ENTRIES))


def write_results(market: Replay, refused: Sequence[RefusedLine], directory: str | Path) -> dict[str, object]:
    """Write ``deals.csv``, ``ledger.csv``, ``boxes.json``, ``refused.csv`` and ``summary.json``; return the summary.

    Args:
        market: the market as it is at the end.
        refused: the rows of its file that were not taken.
        directory: where to write; it is made if it is not there.

    Raises:
        InvalidFile: the directory cannot be made or written to; then nothing is written.
    """
    found = results(market)
    result = summary(market, found.deals, found.entries, refused)
    boxes = {name: desk.box().plain() for name, desk in market.members.items()}
    with writing_into(directory) as place:
        write_csv(place / "deals.csv", _DEAL_COLUMNS, map(_deal_row, found.deals))
        write_csv(place / "ledger.csv", _LEDGER_COLUMNS, _ledger_rows(found.entries))
        write_refused(place / "refused.csv", refused)
        _write_json(place / "boxes.json", boxes)
        _write_json(place / "summary.json", result)
    return result


def summary(
    market: Replay, deals: Sequence[Deal], entries: Iterable[Entry], refused: Sequence[RefusedLine]
) -> dict[str, object]:
    """Return the figures of a market: counts, and by currency volume, commission, and what came in and went out."""
    volume: dict[str, int] = defaultdict(int)
    commission: dict[str, int] = defaultdict(int)
    for deal in deals:
        volume[deal.currency] += deal.buying_price
        commission[deal.currency] += deal.buying_price - deal.selling_price
    paid_in: dict[str, int] = dict.fromkeys(volume, 0)
    paid_out: dict[str, int] = dict.fromkeys(volume, 0)
    for entry in entries:
        for posting in entry.postings:
            if posting.account == BANK:
                flow = paid_in if posting.units > 0 else paid_out
                flow[posting.currency] += abs(posting.units)
    return {
        "offers": market.accepted,
        "refused": len(refused),
        "expired": market.expired,
        "deals": len(deals),
        "volume": _by_currency(volume),
        "commission": _by_currency(commission),
        "paid_in": _by_currency(paid_in),
        "paid_out": _by_currency(paid_out),
    }


def _by_currency(units: dict[str, int]) -> dict[str, str]:
    return {currency: Money(amount, currency).text() for currency, amount in sorted(units.items())}


def _entries(broker: Brokerage) -> Iterator[Entry]:
    after, size = EntryNumber(0), broker.policy.largest_page
    while page := broker.office.entries(after=after, size=size):
        yield from page
        after = page[-1].number


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _deal_row(deal: Deal) -> tuple[object, ...]:
    prices = (deal.min_price, deal.max_price, deal.selling_price, deal.buying_price)
    texts = (Money(units, deal.currency).text() for units in prices)
    head = (deal.number, deal.sale, deal.purchase, deal.category, deal.currency)
    return (*head, *texts, _instant(deal.agreed_at), deal.state.name)


def _ledger_rows(entries: Iterable[Entry]) -> Iterator[tuple[object, ...]]:
    for entry in entries:
        for posting in entry.postings:
            amount = Money(posting.units, posting.currency).text()
            deal = "" if entry.deal is None else entry.deal
            account = str(posting.account)
            yield entry.number, _instant(entry.at), deal, entry.purpose, account, posting.currency, amount


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
