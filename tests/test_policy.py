"""A broker's choices are refused by name when they are none (spec V2, V4)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from appointed import ByLastWord
from brokerage import Brokerage, Carriage, Periodic, Policy
from brokerage.errors import (
    InvalidAmount,
    InvalidChoice,
    InvalidInput,
    InvalidRate,
    InvalidText,
    MarginRuleError,
    UnknownCurrency,
    ZoningError,
)
from brokerage.judging import GreatestDemand, LowestPrice, LowestTotal
from brokerage.records.contractors import EVERYWHERE
from builders import trade, world

pytestmark = pytest.mark.once

NUMBERS = [
    "name_length", "description_length", "photograph_count", "open_offer_count", "page_size", "largest_page",
    "checks_per_page", "checks_per_arrival", "arrivals_per_work", "payment", "collection", "delivery",
    "inspection", "return_time", "answer", "decision", "tries_before_case",
    "payment_points", "commodity_points", "delay_points", "watch_complainants", "tally_every",
    "filed_after", "retry", "longest_retry", "send_lease", "authorisation_life", "longest_life", "default_life",
    "tender_answer", "service_bids", "confirmation", "digest_every",
]  # fmt: skip


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", [0, -1, 1.5, True, "5", timedelta(0), timedelta(-1)], ids=repr)
def test_numbers_and_times_lie_above_zero(name: str, value: Any) -> None:
    """A number or time that is not above zero, or no whole number, is refused under its name."""
    with pytest.raises(InvalidChoice) as caught:
        Policy(**{name: value})
    assert (name, value) == (caught.value.field, caught.value.value)
    assert caught.value.remedy


CHOICES = [
    "matching",
    "margin",
    "factor",
    "rounding",
    "payout_on",
    "carriage",
    "rating",
    "mail_losers",
    "zoning",
    "judges",
]


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("value", [5, "spread", object], ids=repr)
def test_choices_are_those_of_their_kind(name: str, value: Any) -> None:
    """A choice that is not one of its kind is refused under its name."""
    with pytest.raises(InvalidChoice) as caught:
        Policy(**{name: value})
    assert name == caught.value.field


def test_rounds_need_time_between_them() -> None:
    """Rounds fall on multiples of a time above zero."""
    for every in (timedelta(0), timedelta(-1), 5, None):
        with pytest.raises(InvalidChoice):
            Periodic(every)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fees", "error"),
    [({"USD": 1.5}, InvalidAmount), ({"USD": -1}, InvalidAmount), ({"usd": 1}, UnknownCurrency), (None, InvalidChoice)],
)
def test_fees_are_amounts(fees: Any, error: type[InvalidInput]) -> None:
    """A carrier's fee is an exact amount of a known currency."""
    with pytest.raises(error):
        Carriage("Fast", "account", fees)


@pytest.mark.parametrize(("carrier", "account"), [("", "account"), (5, "account"), ("Fast", " "), ("Fast", None)])
def test_a_carrier_has_a_name_and_an_account(carrier: Any, account: Any) -> None:
    """A carrier that cannot be named or paid is refused before any deal owes it a fee."""
    with pytest.raises(InvalidInput):
        Carriage(carrier, account, {"USD": "5.00"})


@pytest.mark.parametrize("address", ["", " \t", 5, b"a@b", True])
def test_the_manager_is_told_somewhere_or_nowhere(address: Any) -> None:
    """An address of the manager's is text, or there is none."""
    with pytest.raises(InvalidText) as caught:
        Policy(manager_email=address)
    assert ("manager_email", address) == (caught.value.field, caught.value.value)
    assert (Policy().manager_email, Policy(manager_email="m@x.example").manager_email) == (None, "m@x.example")


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("payment", 7),
        ("collection", 14),
        ("delivery", 30),
        ("inspection", 3),
        ("return_time", 14),
        ("answer", 7),
        ("decision", 30),
        ("tender_answer", 2),
        ("service_bids", 1),
        ("confirmation", 3),
        ("digest_every", 1),
    ],
)
def test_deadlines_by_default(name: str, days: int) -> None:
    """Every deadline is what the tables of the lifecycles say, unless the broker chooses another."""
    assert getattr(Policy(), name) == timedelta(days=days)


@pytest.mark.parametrize("value", [0.5, True, "1.1", -1, "half", "1e-1", None], ids=repr)
def test_abnormally_low_is_an_exact_part(value: Any) -> None:
    """The part under the median is an exact rate from 0 to 1."""
    with pytest.raises(InvalidRate) as caught:
        Policy(abnormally_low=value)
    assert ("abnormally_low", value) == (caught.value.field, caught.value.value)
    given: list[Any] = ["0.50", 0, "1"]
    kept = [Policy(abnormally_low=part).abnormally_low for part in given]
    assert [Decimal("0.5"), Decimal(0), Decimal(1)] == kept
    assert Policy().abnormally_low == Decimal("0.5")


@pytest.mark.parametrize(
    ("judges", "error", "field"),
    [
        ({"": LowestPrice()}, InvalidText, "judges"),
        ({5: LowestPrice()}, InvalidText, "judges"),
        ({"mine": LowestPrice}, InvalidChoice, "judges[mine]"),
        ({"mine": None}, InvalidChoice, "judges[mine]"),
        ([LowestPrice()], InvalidChoice, "judges"),
        ({}, InvalidChoice, "judges"),
    ],
    ids=["blank", "no text", "a class", "nothing", "a list", "none"],
)
def test_judges_have_names_and_rank(judges: Any, error: type[InvalidInput], field: str) -> None:
    """What is called a judge must be able to rank, under a name that can be said."""
    with pytest.raises(error) as caught:
        Policy(judges=judges)
    assert field == caught.value.field


def test_judges_are_kept_as_they_were_given() -> None:
    """Whoever changes the mapping afterwards changes nothing; by default the library's own judge."""
    given: dict[str, Any] = {"mine": LowestPrice()}
    policy = Policy(judges=given)
    given.clear()
    assert dict(policy.judges) == {"mine": LowestPrice()}
    assert dict(Policy().judges) == {
        "lowest price": LowestPrice(), "lowest total": LowestTotal(), "greatest demand": GreatestDemand(),
    }  # fmt: skip


def test_every_address_lies_somewhere() -> None:
    """Without a rule there is one zone; with one the rule says, and its choice may be at most 200 characters."""
    assert Policy().zone("1 Elm Row") == EVERYWHERE
    policy = Policy(zoning=ByLastWord())
    assert [policy.zone(address) for address in ("1 Elm Row", "x" * 200)] == ["Row", "x" * 200]
    with pytest.raises(ZoningError):
        policy.zone("x" * 201)


def test_default_choices_work() -> None:
    """A policy without any choice is a broker's, and says what it is."""
    assert Policy() == Brokerage().policy
    assert trade(world(Policy())).deal.number == 1


class Talkative:
    """A broken margin rule whose result tells the seller's limit."""

    name = "talkative"

    def margin(self, min_price: int, max_price: int, rate: object) -> tuple[float, int]:
        """Return what is no fraction."""
        return float(min_price), 1


def test_a_broken_margin_rule_tells_nothing() -> None:
    """The error that a buyer meets when a user's rule is broken holds nothing of the seller's limit (spec V3)."""
    place = world()
    rule: Any = Talkative()
    place.broker.office.add_category("odd", rate="0.1", margin=rule)
    ann, bob = place.join("Ann"), place.join("Bob")
    ann.sell("odd", "Thing", min_price=7654, currency="USD")
    want = bob.buy("odd", max_price=9000, currency="USD")
    with pytest.raises(MarginRuleError) as caught:
        bob.candidates(want)
    assert "7654" not in str(caught.value) + repr(caught.value.args)


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_are_no_times(name: str) -> None:
    """A number is refused where a time is wanted, and a time where a number is."""
    wrong: Any = 5 if isinstance(getattr(Policy(), name), timedelta) else timedelta(days=5)
    with pytest.raises(InvalidChoice) as caught:
        Policy(**{name: wrong})
    assert name == caught.value.field
