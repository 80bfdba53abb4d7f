"""Commands of a market that a test draws at random or goes through in turn, the same on any store."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from brokerage import AccountCharge, BankTransfer, Card, DeliveryStep, MemberDesk, Policy
from brokerage.errors import BrokerageError
from brokerage.policy import Carriage, PayoutOn, Periodic
from brokerage.ports import Series, Store
from brokerage.records.complaints import ComplaintKind
from brokerage.records.numbers import BoxNumber, ComplaintNumber, DealNumber, NewsNumber, OfferNumber
from builders import DAY, World, immediate, world

__all__ = ["COMMANDS", "POLICIES", "answer", "boxes", "desk_of", "fixed_script", "script_world"]

Command = Callable[[World, int, int, int], object]


def desk_of(place: World, a: int) -> MemberDesk:
    """The desk of one of the four members."""
    return place.broker.desk(BoxNumber(a % 4 + 1))


def _own(desk: MemberDesk, b: int) -> OfferNumber:
    """One of the offers in a member's box, or one that is not there."""
    box = desk.box()
    numbers = [view.number for view in box.sales] + [view.number for view in box.purchases]
    return numbers[b % len(numbers)] if numbers else OfferNumber(b + 1)


def _deal(place: World, a: int) -> DealNumber:
    """One of the last deals, or one that is not there."""
    last = place.read(lambda tx: tx.numbers.last(Series.DEAL))
    return DealNumber(max(1, last - a % 3))


def _cancel(place: World, a: int, b: int, c: int) -> object:
    if c < 4:
        desk_of(place, a).cancel(_own(desk_of(place, a), b))
    return None


def _amend(place: World, a: int, b: int, c: int) -> object:
    desk_of(place, a).amend(_own(desk_of(place, a), b), price=8 + 2 * c)
    return None


def _side(place: World, a: int, is_buyer: bool) -> MemberDesk:
    """The desk of one party of a deal."""
    deal = place.deal(_deal(place, a))
    return place.broker.desk(deal.buyer if is_buyer else deal.seller)


def _sell(place: World, a: int, b: int, c: int) -> object:
    limit = place.clock.now() + (c + 1) * DAY if c % 2 else None
    colors = {"color": ("red", "blue")[c % 2]}
    category, currency = ("goods", "services")[c // 4], ("USD", "USD", "JPY")[a % 3]
    return desk_of(place, a).sell(
        category, f"thing {b}", min_price=8 + b, currency=currency, limit=limit, attributes=colors
    )


def _buy(place: World, a: int, b: int, c: int) -> object:
    limit = place.clock.now() + (c + 1) * DAY if c % 2 else None
    wanted = {"color": ["red", "green"]} if b % 3 == 0 else {}
    words = ["thing"] if b % 4 == 1 else []
    category, currency = ("goods", "services")[c // 4], ("USD", "USD", "JPY")[b % 3]
    return desk_of(place, a).buy(
        category, max_price=9 + 2 * b, currency=currency, limit=limit, attributes=wanted, words=words
    )


def _decide(place: World, a: int, b: int, c: int) -> object:
    desk = desk_of(place, a)
    wanted = [view.number for view in desk.box().purchases if view.candidates.items]
    if not wanted:
        return None
    candidates = desk.candidates(wanted[b % len(wanted)]).items
    if not candidates:
        return None
    chosen = candidates[c % len(candidates)]
    ways = (BankTransfer(), Card("card"), AccountCharge(), BankTransfer(), Card("other"))
    way = ways[c % len(ways)]
    return desk.decide(wanted[b % len(wanted)], chosen.sale, price=chosen.total, pay_by=way, request_id=f"r-{b}{c}")


def _pay(place: World, a: int, b: int, c: int) -> object:
    deal = place.deal(_deal(place, a))
    amount = deal.owed + (0, 0, 0, 1, -1)[b % 5]
    return place.broker.advise_payment(
        reference=deal.reference, amount=max(0, amount), currency=deal.currency, notice=f"n-{b}{c}"
    )


def _deliver(place: World, a: int, b: int, c: int) -> object:
    steps = (DeliveryStep.COLLECTED, DeliveryStep.DELIVERED)
    return place.broker.advise_delivery(_deal(place, a), steps[b % 2], notice=f"d-{a}{b}{c}")


def _correct(place: World, a: int, b: int, c: int) -> object:
    return place.broker.office.correct_category("goods", rate=("0.1", "0.10", "0.3")[a % 3])


def _read_all(place: World, a: int, b: int, c: int) -> object:
    """Page through everything that has pages."""
    office, desk, pages = place.broker.office, desk_of(place, a), []
    wanted = [view.number for view in desk.box().purchases]
    readers: list[Callable[[str | None], Any]] = [
        lambda mark: desk.deals(size=1, after=mark),
        lambda mark: desk.unsold("goods", size=2, after=mark),
        lambda mark: office.transactions("goods", size=2, after=mark),
        lambda mark: desk.complaints.page(size=2, after=mark),
        lambda mark: desk.news(size=2, after=mark),
        lambda mark: office.complaints.of_member(desk.number, size=2, after=mark),
        lambda mark: office.complaints.watched(size=1, after=mark),
        lambda mark: office.news.page(size=2, after=mark),
        *(lambda mark, number=number: desk.candidates(number, size=2, after=mark) for number in wanted),
    ]
    for reader in readers:
        mark = None
        for _ in range(8):
            page = reader(mark)
            pages.append(page)
            mark = page.next
            if mark is None:
                break
    return pages


def _join_again(place: World, a: int, b: int, c: int) -> object:
    shared = ({"email": "Ann@example.com"}, {"bank_account": "account of Cid"}, {"telephone": "555 66111098"})
    return place.join(f"Again{b}", **shared[a % 3]).number if c == 0 else None


def _leave(place: World, a: int, b: int, c: int) -> object:
    """Leave, rarely: whoever has left does nothing any more; then be forgotten, perhaps."""
    if b or c > 1:
        return None
    box = BoxNumber(a % 4 + 1)
    if c:
        return place.broker.office.members.forget(box).present.name
    place.broker.desk(box).account.withdraw("moved")
    return None


def _correct_data(place: World, a: int, b: int, c: int) -> object:
    shared: tuple[dict[str, Any], ...] = ({"name": f"Name {b}"}, {"address": f"Row {b}"}, {"email": f"{c}@x.example"})
    return desk_of(place, a).account.correct(**shared[b % 3])


def _guess(place: World, a: int, b: int, c: int) -> object:
    return place.broker.sign_in(BoxNumber(a % 4 + b), ("right password", "wrong password")[c % 2]).number


def _complain(place: World, a: int, b: int, c: int) -> object:
    kinds, complaints = tuple(ComplaintKind), place.broker.office.complaints
    if c < 4:
        return desk_of(place, a).complaints.file(_deal(place, b), kinds[c % 3], "so it was")
    if c < 6:
        return complaints.file(BoxNumber(a % 5 + 1), kinds[b % 3], text="seen", deal=_deal(place, b) if c % 2 else None)
    number = ComplaintNumber(b % 4 + 1)
    return complaints.annul(number, "no") if c == 6 else complaints.correct(number, points=a)


def _write_news(place: World, a: int, b: int, c: int) -> object:
    news = place.broker.office.news
    if c == 7:
        return news.withdraw(NewsNumber(a % 4 + 1))
    boxes = [BoxNumber(a % 4 + 1), BoxNumber(b % 4 + 1)] if c % 3 == 0 else None
    return news.write(f"News {a}", "It is so", boxes=boxes, category="goods" if c % 3 == 1 else None, mail=b % 2 == 0)


COMMANDS: dict[str, Command] = {
    "sell": _sell,
    "sell more": _sell,
    "buy": _buy,
    "buy more": _buy,
    "decide": _decide,
    "decide more": _decide,
    "decide most": _decide,
    "pay": _pay,
    "pay more": _pay,
    "deliver": _deliver,
    "deliver more": _deliver,
    "match": lambda place, a, b, c: place.broker.match(),
    "acknowledge": lambda place, a, b, c: desk_of(place, a).acknowledge(),
    "cancel": _cancel,
    "amend": _amend,
    "performed": lambda place, a, b, c: _side(place, a, False).performed(_deal(place, a)),
    "confirm": lambda place, a, b, c: _side(place, a, True).confirm(_deal(place, a)),
    "wait": lambda place, a, b, c: place.wait((timedelta(minutes=5), DAY, 4 * DAY, 31 * DAY)[a % 4]),
    "factor": lambda place, a, b, c: place.broker.office.set_factor(BoxNumber(a % 4 + 1), ("1", "0.9", "0.90")[b % 3]),
    "correct": _correct,
    "delete": lambda place, a, b, c: place.broker.office.delete_category("services") if b + c == 0 else None,
    "mail": lambda place, a, b, c: desk_of(place, a).account.choose_mail(
        candidates=b % 2 == 0, deals=c % 2 == 0, news=c % 3 == 0
    ),
    "charge": lambda place, a, b, c: desk_of(place, a).account.allow_charging("account" if b % 2 else None),
    "read": _read_all,
    "join": _join_again,
    "leave": _leave,
    "correct data": _correct_data,
    "guess": _guess,
    "stay": lambda place, a, b, c: desk_of(place, a).account.stay(),
    "files": lambda place, a, b, c: place.broker.office.members.page(),
    "complain": _complain,
    "news": _write_news,
}
POLICIES = [
    immediate(watch_complainants=1),
    immediate(
        checks_per_arrival=1,
        checks_per_page=2,
        payout_on=PayoutOn.ORDER,
        mail_losers=True,
        dormant_after=20 * DAY,
    ),
    immediate(carriage=Carriage("Swift", "carrier's account", {"USD": 3}), payout_on=PayoutOn.COLLECTION),
    Policy(matching=Periodic(timedelta(minutes=5)), arrivals_per_work=2, open_offer_count=5, mail_losers=True),
]


def script_world(policy: Policy, store: Store) -> World:
    """A broker with four members, a card and an account that are good for little."""
    place = world(policy, store=store)
    place.cards.cards["card"], place.accounts.accounts["account"] = 60, 60
    place.broker.office.members.add_reason("moved", "Moved")
    for name in ("Ann", "Bob", "Cid", "Dora"):
        place.join(name, password="right password")
    return place


def answer(place: World, name: str, numbers: tuple[int, int, int]) -> object:
    """What a command gives, also where that is a refusal."""
    try:
        return COMMANDS[name](place, *numbers)
    except BrokerageError as error:
        return type(error), str(error)


def boxes(place: World) -> list[str]:
    """Every member's box as JSON text."""
    files = place.broker.office.members.page(size=1000)
    return [place.broker.desk(file.box).box().json() for file in files if file.left_at is None]


def fixed_script(place: World) -> None:
    """Go through one script of many commands."""
    for at in range(24):
        for name in (
            "sell",
            "buy",
            "decide",
            "pay",
            "deliver",
            "read",
            "wait",
            "acknowledge",
            "match",
            "complain",
            "news",
        ):
            if name != "wait" or at % 10 == 0:
                answer(place, name, (at % 7, at % 5, at % 8))
