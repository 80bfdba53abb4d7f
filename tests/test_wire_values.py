"""Values on the wire: instants, days, spans of time and decimals are written in one way and read from it alone."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import attrs
import pytest

from brokerage.adapters.wire import make_converter, read, write
from brokerage.errors import InvalidRate, InvalidTime
from brokerage.records.contractors import Trade
from brokerage.records.numbers import TenderNumber
from brokerage.records.tenders import BidTerms, StandingService, Tender, Tier

CONVERTER = make_converter()
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_times_are_written_in_utc() -> None:
    """A time in another zone is written as the same instant in UTC; one without a zone is refused."""
    summer = timezone(timedelta(hours=2))
    assert write(CONVERTER, NOW.astimezone(summer)) == "2026-01-31T12:00:00Z"
    with pytest.raises(InvalidTime):
        write(CONVERTER, NOW.replace(tzinfo=None))


def test_days_are_written_as_days() -> None:
    """A day is written without a time, read from just that text, and no instant is written or read as a day."""
    terms = BidTerms((Tier(1, 500),), delivery=date(2026, 12, 24))
    plain = write(CONVERTER, terms)
    assert plain["delivery"] == "2026-12-24"
    assert terms == read(CONVERTER, plain, BidTerms)
    others: list[object] = [
        "2026-12-24T00:00:00Z",
        "20261224",
        "2026-W52-4",
        "2026-12-32",
        "24.12.2026",
        "",
        20261224,
        [],
    ]
    for value in others:
        with pytest.raises(InvalidTime) as refused:
            read(CONVERTER, {**plain, "delivery": value}, BidTerms)
        assert (refused.value.field, refused.value.value) == ("$.delivery", value)
    with pytest.raises(InvalidTime):
        write(CONVERTER, attrs.evolve(terms, delivery=NOW))


def test_spans_are_written_in_microseconds() -> None:
    """A span of time is a whole number of microseconds, of either sign, and nothing else is read as one."""
    call = StandingService(Trade.CARRIER, "phones", "", "USD", NOW, NOW)
    tender = Tender(
        TenderNumber(1),
        call,
        Trade.CARRIER,
        "USD",
        NOW,
        NOW,
        (),
        True,
        "lowest price",
        timedelta(days=2, microseconds=1),
    )
    plain = write(CONVERTER, tender)
    assert plain["answer"] == 2 * 86_400 * 10**6 + 1
    assert tender == read(CONVERTER, plain, Tender)
    others: list[object] = [1.0, True, "P2D", [], 10**21, -(10**21)]
    for value in others:
        with pytest.raises(InvalidTime) as refused:
            read(CONVERTER, {**plain, "answer": value}, Tender)
        assert (refused.value.field, refused.value.value) == ("$.answer", value)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_only_finite_decimals_are_written(text: str) -> None:
    """A decimal that is no number is not written."""
    with pytest.raises(InvalidRate):
        write(CONVERTER, Decimal(text))
