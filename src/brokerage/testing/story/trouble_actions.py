"""What goes wrong between the parties of a story's deals, with their money, and what the manager does about it."""

from brokerage.records.cases import Case, CaseKind
from brokerage.records.categories import Fulfilment
from brokerage.records.deals import Deal, DealState
from brokerage.records.notices import BounceNotice, ChargebackNotice, DeliveryNotice
from brokerage.testing.story.chronicle import DISMISSED
from brokerage.testing.story.news import advise
from brokerage.testing.story.world import World, pick_of, told

__all__ = [
    "answer",
    "bounce",
    "call_off",
    "charge_back",
    "decline",
    "dispute",
    "manage",
    "send_back",
    "settle_dispute",
]

_PARTIES = ("bank", "card house", "accounts", "carrier")
_PART = 1_000_000


def call_off(world: World, pick: int, who: int) -> str:
    """A party wants to call a deal off, and one time in two the other one, too."""
    deal = world.deal(pick, lambda deal: deal.state in (DealState.AGREED, DealState.PAID))
    if deal is None:
        return "there is nothing to call off"
    said = []
    for box in deal.parties if who % 4 > 1 else (deal.parties[who % 2],):
        said.append(f"member {box}: {told(world.ask(box, lambda desk: desk.claims.call_off(deal.number)))}")
    return f"deal {deal.number} is called off by {', '.join(said)}"


def send_back(world: World, pick: int) -> str:
    """A buyer sends back what was delivered."""
    deal = world.deal(pick, lambda deal: deal.state is DealState.DELIVERED and deal.fulfilment is Fulfilment.CARRIER)
    if deal is None:
        return "there is nothing to send back"
    made = world.ask(deal.buyer, lambda desk: desk.claims.send_back(deal.number))
    return f"member {deal.buyer} sends back what deal {deal.number} delivered: {told(made)}"


def dispute(world: World, pick: int, who: int) -> str:
    """A party disputes a deal."""
    deal = world.deal(pick, lambda deal: deal.state in (DealState.PAID, DealState.COLLECTED, DealState.DELIVERED))
    if deal is None:
        return "there is nothing to dispute"
    box = deal.parties[who % 2]
    made = world.ask(box, lambda desk: desk.claims.dispute(deal.number, "it is not what was said"))
    return f"member {box} disputes deal {deal.number}: {told(made)}"


def answer(world: World, pick: int, who: int) -> str:
    """A party says something in a dispute."""
    deal = world.deal(pick, _is_disputed)
    if deal is None:
        return "there is nothing to answer"
    box = deal.parties[who % 2]
    made = world.ask(box, lambda desk: desk.claims.answer(deal.number, "it is as it should be"))
    return f"member {box} answers in deal {deal.number}: {told(made)}"


def settle_dispute(world: World, pick: int, how: int) -> str:
    """The manager decides a dispute: all back, a part, or nothing."""
    deal = world.deal(pick, _is_disputed)
    if deal is None:
        return "there is nothing to decide"
    cases, part = world.broker.office.cases, None if how % 3 == 0 else _PART * (1 + how // 3 % 4)
    if how % 3 == 2:
        made = world.attempt(None, lambda: cases.release(deal.number))
        return f"the manager releases deal {deal.number}: {told(made)}"
    made = world.attempt(None, lambda: cases.refund(deal.number, part))
    return f"the manager refunds {'all' if part is None else part} of deal {deal.number}: {told(made)}"


def bounce(world: World, pick: int, fate: int) -> str:
    """A payout comes back to the bank; one time in ten one that was never made."""
    till, bank = world.outside.till, world.outside.bank
    if not till.payouts:
        return "there is nothing that could come back"
    deal, position = pick_of(list(till.payouts), pick // 10)
    key, task = till.payouts[deal, position]
    is_real = bool(pick % 10)
    notice = BounceNotice("bank", bank.next_id(), key if is_real else "a payout of others", task.units, task.currency)
    till.came[notice.source, notice.id] = task.units
    if is_real:
        till.bounce(deal, position)
    world.outside.books.move(notice, task.units, task.currency, deal if is_real else None)
    return f"payout {notice.payout!r} comes back: {advise(world, notice, fate)}"


def charge_back(world: World, pick: int, how: int, fate: int) -> str:
    """The clearing house takes captured money back, all or a part of it."""
    till = world.outside.till
    if not till.captures:
        return "there is nothing to charge back"
    live = [key for key, task in till.captures.items() if task.deal in world.chronicle.live] if pick % 4 else []
    authorisation = pick_of(live or list(till.captures), pick // 4)
    task, is_real = till.captures[authorisation], bool(how % 8)
    units, deal = task.units if how % 3 else min(_PART, task.units), task.deal if is_real else None
    if is_real:
        del till.captures[authorisation]
    key = authorisation if is_real else "nobody's authorisation"
    notice = ChargebackNotice("clearing house", till.reports.next_id(), key, units, task.currency)
    world.outside.books.move(notice, -units, task.currency, deal, is_taken=True)
    return f"{units} {task.currency} of deal {deal} are charged back: {advise(world, notice, fate)}"


def decline(world: World, party: int, calls: int) -> str:
    """A party outside says no to what it is asked next."""
    who, count = pick_of(_PARTIES, party), 1 + calls % 3
    if who == "carrier":
        world.outside.carrier.declines = count
    else:
        world.outside.till.decline(who, count)
    return f"for {count} calls the {who} is going to say no"


def manage(world: World, pick: int, how: int, other: int) -> str:
    """The manager works on a case."""
    cases = world.chronicle.cases
    if not cases:
        return "nothing waits for the manager"
    case = cases[pick_of(list(cases), pick)]
    made = work_on(world, case, how, other)
    return f"the manager works on case {case.number} ({case.kind.value}: {case.reason}): {told(made)}"


def work_on(world: World, case: Case, how: int, other: int) -> object:
    """Do one of the things that a manager can do about a case; return what came of it."""
    office, number = world.broker.office.cases, case.number
    match case.kind:
        case CaseKind.QUARANTINE:
            is_goods = isinstance(case.notice, DeliveryNotice)
            if is_goods and how % 3 == 0:
                return world.attempt(None, lambda: office.dismiss(number, DISMISSED))
            return world.attempt(None, lambda: office.take_again(number))
        case CaseKind.SUSPENSE:
            return _work_on_money(world, case, how, other)
        case CaseKind.EFFECT:
            if how % 4 == 0 and not case.units:
                return world.attempt(None, lambda: office.dismiss(number, DISMISSED))
            if case.units and "forgotten" in case.reason:
                return world.attempt(None, lambda: office.write_off(number, "nobody is there to be paid"))
            return world.attempt(None, lambda: office.repeat(number))
        case CaseKind.CLAIM:
            if how % 4:
                return "it can wait"
            return world.attempt(None, lambda: office.write_off(number, "nobody will pay"))
        case CaseKind.DISPUTE:
            return "it is about a dispute"
        case CaseKind.TENDER:
            return world.attempt(None, lambda: office.dismiss(number, DISMISSED))
    raise AssertionError(case.kind)


def _work_on_money(world: World, case: Case, how: int, other: int) -> object:
    office, number = world.broker.office.cases, case.number
    if case.units < 0:
        return world.attempt(None, lambda: office.write_off(number, "it is gone"))
    deals = [deal for deal in world.chronicle.deals if world.chronicle.deals[deal].currency == case.currency]
    claims = [each for each in world.chronicle.cases.values() if _is_claim(each, case.currency)]
    if how % 4 == 0 and deals:
        return world.attempt(None, lambda: office.assign(number, pick_of(deals, other)))
    if how % 4 == 1 and claims:
        return world.attempt(None, lambda: office.pay_claim(number, pick_of(claims, other).number))
    return world.attempt(None, lambda: office.send_back(number))


def _is_claim(case: Case, currency: str) -> bool:
    return case.kind is CaseKind.CLAIM and case.currency == currency


def _is_disputed(deal: Deal) -> bool:
    return deal.state is DealState.DISPUTED and not deal.accepted
