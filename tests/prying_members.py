"""What a prying member can get out of a house: all that is shown, sent and said, also to who asks for too much."""

import base64
import binascii
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import attrs
from attrs import define, field

from brokerage import (
    BankTransfer,
    Brokerage,
    BrokerageError,
    Card,
    DealNumber,
    Immediate,
    MemberBox,
    MemberDesk,
    OfferNumber,
    Periodic,
    Policy,
)
from brokerage.adapters.memory import Mailbox, MemoryStore, PretendAccounts, PretendCardHouse, pretend_gateways
from brokerage.adapters.system import ManualClock, ScryptHasher, SeededEntropy
from brokerage.records.complaints import ComplaintKind
from brokerage.tables import Shown
from brokerage.testing.strategies import ByLastWord

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
CODE = "phones"


@define
class House:
    """A broker with what a test holds in its hands beside it."""

    rate: str = "0.1"
    immediate: bool = True
    zoned: bool = False
    clock: ManualClock = field(factory=lambda: ManualClock(START))
    store: MemoryStore = field(factory=MemoryStore)
    mailbox: Mailbox = field(factory=Mailbox)
    cards: PretendCardHouse = field(factory=PretendCardHouse)
    accounts: PretendAccounts = field(factory=PretendAccounts)
    broker: Brokerage = field(init=False)

    def __attrs_post_init__(self) -> None:
        outside = attrs.evolve(
            pretend_gateways(), clearing_house=self.cards, charger=self.accounts, notifier=self.mailbox
        )
        self.broker = Brokerage(
            Policy(
                matching=Immediate() if self.immediate else Periodic(),
                mail_losers=True,
                zoning=ByLastWord() if self.zoned else None,
            ),
            store=self.store,
            clock=self.clock,
            entropy=SeededEntropy(7),
            gateways=outside,
            hasher=ScryptHasher(cost=2),
            secret=b"fixed",
        )
        self.broker.office.add_category(CODE, rate=self.rate)

    def mails(self, desk: MemberDesk) -> list[str]:
        """Return the e-mails that a member was sent."""
        return [f"{mail.address}\n{mail.subject}\n{mail.body}" for mail in self.mailbox.sent if mail.box == desk.number]


def opened(cursor: str | None) -> str:
    """Return what is in a page mark, for whoever knows how it is made."""
    if cursor is None:
        return ""
    try:
        return base64.urlsafe_b64decode(cursor).decode()
    except (binascii.Error, ValueError):
        return cursor


def told(error: BaseException) -> list[str]:
    """Return everything that an error says: words, arguments, fields, and the same of what it came from."""
    said = [str(error), repr(error), repr(error.args), repr(vars(error))]
    for other in (error.__cause__, error.__context__):
        said += [] if other is None else told(other)
    return said


def shown(thing: Shown) -> list[str]:
    """Return how a thing prints, and everything that its other forms are made of."""
    table = thing.table()
    return [repr(thing), f"{table.title}\n{table.headings}\n{table.rows}"]


def forms(thing: Shown) -> list[str]:
    """Return every form in which a thing shows itself."""
    table = thing.table()
    frames = repr(thing.to_frame("polars").rows(named=True)), repr(thing.to_frame("pandas").to_dict("records"))
    return [*shown(thing), str(thing), thing._repr_html_(), repr(table), table.text(), table.html(), *frames]


def tried(act: Callable[[], object]) -> list[str]:
    """Do something that may be refused, and return everything that comes of it."""
    try:
        done = act()
        return [repr(done), *(forms(done) if isinstance(done, Shown) else ())]
    except BrokerageError as error:
        return told(error)


def pages(read: Callable[[str | None], Any]) -> list[str]:
    """Read a list by its pages, and return them with their marks, closed and opened."""
    found: list[str] = []
    after: str | None = None
    while not found or after is not None:
        page = read(after)
        after = page.next
        found += [repr([attrs.asdict(item) for item in page]), str(after), opened(after), *shown(page)]
        for item in page:
            found += shown(item)
    return found


def numbers(box: MemberBox) -> list[OfferNumber]:
    """Return the numbers of the offers in a box."""
    return [view.number for view in box.sales] + [view.number for view in box.purchases]


def looks(house: House, desk: MemberDesk) -> list[str]:
    """Return everything that a member can read without doing anything."""
    box = desk.box()
    seen = [box.json(), box.text(), box.html(), box._repr_html_(), repr(attrs.asdict(box)), repr(desk), *shown(box)]
    for table in box.tables():
        seen += [table.text(), table.html(), repr(table.rows)]
    for number in numbers(box):
        view = desk.show(number)
        seen += [repr(attrs.asdict(view)), *shown(view)]
    for purchase in box.purchases:
        number = purchase.number
        seen += pages(lambda after, number=number: desk.candidates(number, size=1, after=after))  # type: ignore[misc]
        seen += [str(purchase.candidates.next), opened(purchase.candidates.next)]
    seen += pages(lambda after: desk.deals(size=1, after=after))
    seen += pages(lambda after: desk.unsold(CODE, size=2, after=after))
    seen += pages(lambda after: desk.account.history(size=1, after=after))
    categories = desk.categories()
    seen += [repr([attrs.asdict(view) for view in categories]), *shown(categories)]
    seen += [str(desk.complaints.points()), *pages(lambda after: desk.complaints.page(size=1, after=after))]
    seen += pages(lambda after: desk.news(size=2, after=after))
    return seen + house.mails(desk)


def pestered(desk: MemberDesk, offers: int, deals: int, forge: bool) -> list[str]:
    """Ask for everything that is none of a member's business, and return all that is said to it."""
    box, said = desk.box(), list[str]()
    own = numbers(box)
    for at in range(1, offers + 1):
        number = OfferNumber(at)
        if number not in own:
            said += tried(lambda number=number: desk.cancel(number))  # type: ignore[misc]
            said += tried(lambda number=number: desk.amend(number, price=5))  # type: ignore[misc]
            said += tried(lambda number=number: desk.amend(number, colour="red"))  # type: ignore[misc]
            said += tried(lambda number=number: desk.show(number))  # type: ignore[misc]
        for purchase in (number, *(view.number for view in box.purchases)):
            said += tried(lambda p=purchase, n=number: desk.decide(p, n, price=1, pay_by=BankTransfer()))  # type: ignore[misc]
            said += tried(lambda p=purchase, n=number: desk.decide(p, n, price="9e9", pay_by=Card("x")))  # type: ignore[misc]
            said += tried(lambda p=purchase: desk.candidates(p, after="bm8="))  # type: ignore[misc]
            if forge:
                mark = forged("candidates", purchase, number, 0)
                said += tried(lambda p=purchase, m=mark: desk.candidates(p, after=m, size=1))  # type: ignore[misc]
    mine = {deal.number for deal in desk.deals(size=100)}
    for at in range(1, deals + 1):
        deal = DealNumber(at)
        if deal not in mine:
            said += tried(lambda deal=deal: desk.deal(deal))  # type: ignore[misc]
            said += tried(lambda deal=deal: desk.pay(deal, Card("x")))  # type: ignore[misc]
            said += tried(lambda deal=deal: desk.confirm(deal))  # type: ignore[misc]
            said += tried(lambda deal=deal: desk.performed(deal))  # type: ignore[misc]
            said += tried(lambda deal=deal: desk.complaints.file(deal, ComplaintKind.DELAY, "late"))  # type: ignore[misc]
    return said


def forged(kind: str, *position: int) -> str:
    """Return a page mark that the broker never gave."""
    return base64.urlsafe_b64encode(json.dumps([kind, *position]).encode()).decode()
