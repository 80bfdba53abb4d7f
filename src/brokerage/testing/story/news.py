"""How notices of a story reach the broker: reported until they are confirmed, told at once, kept back, told again."""

from collections.abc import Callable
from typing import Any

from brokerage.records.notices import (
    BounceNotice,
    ChargebackNotice,
    DeliveryNotice,
    DeliveryStep,
    Notice,
    PaymentNotice,
)
from brokerage.testing.story.outside import Reports
from brokerage.testing.story.world import World, pick_of, told

__all__ = ["FATES", "advise", "bank_tells", "card_house_tells", "carrier_tells", "contradict", "tell_all"]

FATES = ("reported", "reported", "told", "told", "kept back")
"""What becomes of a notice."""

_STEPS = tuple(DeliveryStep)


def advise(world: World, notice: Notice, fate: int) -> str:
    """Let something become of a notice; return what, in a few words."""
    reports, how = _reports(world, notice), pick_of(FATES, fate)
    if how == "kept back":
        reports.untold.append(notice)
        return "and nothing is said"
    reports.told.append(notice)
    return _tell(world, reports, notice, how)


def bank_tells(world: World, pick: int, fate: int) -> str:
    """The bank tells of money: of what it kept back, or once more of what it told before."""
    return _again(world, "the bank", world.outside.bank, pick, fate)


def carrier_tells(world: World, pick: int, fate: int) -> str:
    """The carrier tells what it kept back, or once more what it told before."""
    return _again(world, "the carrier", world.outside.carrier.reports, pick, fate)


def card_house_tells(world: World, pick: int, fate: int) -> str:
    """The clearing house tells what it kept back, or once more what it told before."""
    return _again(world, "the clearing house", world.outside.till.reports, pick, fate)


def contradict(world: World, pick: int, step: int) -> str:
    """The carrier says something else under an id that it used before."""
    reports = world.outside.carrier.reports
    if not reports.told:
        return "the carrier has said nothing yet"
    before = pick_of(reports.told, pick)
    notice = DeliveryNotice(before.source, before.id, before.deal, pick_of(_STEPS, step))
    return f"the carrier says {_words(notice)}: {told(world.attempt(None, _advice(world, notice)))}"


def tell_all(world: World) -> str:
    """Bank, carrier and clearing house report everything that they kept back, the latest first."""
    outside = world.outside
    _report_all(outside.bank)
    _report_all(outside.carrier.reports)
    _report_all(outside.till.reports)
    return "bank, carrier and clearing house are going to report everything that they kept back"


def _reports(world: World, notice: Notice) -> Reports[Any]:
    match notice:
        case DeliveryNotice():
            return world.outside.carrier.reports
        case ChargebackNotice():
            return world.outside.till.reports
    return world.outside.bank


def _report_all(reports: Reports[Any]) -> None:
    for notice in reversed(tuple(reports.untold)):
        reports.tell(notice)
        reports.report(notice)


def _again(world: World, who: str, reports: Reports[Any], pick: int, fate: int) -> str:
    among = reports.untold if reports.untold and pick % 3 else reports.told
    if not among:
        return f"{who} has nothing to tell"
    notice = pick_of(among, pick // 3)
    reports.tell(notice)
    return f"{who} tells of {_words(notice)}: {_tell(world, reports, notice, pick_of(FATES[:4], fate))}"


def _tell(world: World, reports: Reports[Any], notice: Notice, how: str) -> str:
    if how == "reported":
        reports.report(notice)
        return f"{reports.party} is going to report it"
    made = world.attempt(None, _advice(world, notice))
    if not isinstance(made, str):
        reports.report(notice)  # nobody answered, so it is told again
    return told(made)


def _words(notice: Notice) -> str:
    if isinstance(notice, DeliveryNotice):
        return f"under {notice.id!r} that deal {notice.deal} is {notice.step.value}"
    return f"{notice.id!r}, {notice.units} {notice.currency}"


def _advice(world: World, notice: Notice) -> Callable[[], str]:
    """Return the call that tells the broker of a notice."""
    broker = world.broker
    match notice:
        case DeliveryNotice(source, key, deal, step):
            return lambda: broker.advise_delivery(deal, step, notice=key, source=source)
        case PaymentNotice(source, key, reference, units, currency):
            return lambda: broker.advise_payment(
                reference=reference, amount=units, currency=currency, notice=key, source=source
            )
        case BounceNotice(source, key, payout, units, currency):
            return lambda: broker.advise_bounce(payout, amount=units, currency=currency, notice=key, source=source)
        case ChargebackNotice(source, key, authorisation, units, currency):
            return lambda: broker.advise_chargeback(
                authorisation, amount=units, currency=currency, notice=key, source=source
            )
