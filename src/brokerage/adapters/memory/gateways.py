"""Parties outside that only pretend: a bank, a card house, charged accounts, a carrier and a mailbox.

They keep the laws of the ports: under one key they act once and answer always the same. Each has a ``temper`` that
tells it to fail, or to be so slow that no answer comes.
"""

from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum
from typing import TypeVar

from attrs import define, field, frozen

from brokerage.errors import GatewayError, NoAnswer
from brokerage.ports import AccountCharger, Answer, ClearingHouse, Deliverer, Gateways, Notifier
from brokerage.records.contacts import Address
from brokerage.records.deals import Payee
from brokerage.records.effects import (
    Capture,
    CarrierOrder,
    CarrierRecall,
    ChargeAccount,
    Mail,
    PayOut,
    Refund,
    VoidAuthorisation,
)
from brokerage.records.notices import BounceNotice, ChargebackNotice, DeliveryNotice, DeliveryStep, PaymentNotice
from brokerage.records.numbers import BoxNumber, ContactNumber, DealNumber

__all__ = [
    "Letter",
    "MadePayout",
    "Mailbox",
    "Mood",
    "PretendAccounts",
    "PretendBank",
    "PretendCardHouse",
    "PretendCarrier",
    "TakenOrder",
    "Temper",
    "pretend_gateways",
]

_APPROVED, _DECLINED = Answer(True), Answer(False, "declined")
_Task = TypeVar("_Task")


class Mood(Enum):
    """How a pretend party takes a call."""

    WELL = "well"
    """It does what is asked and answers."""

    FAILING = "failing"
    """It does nothing and says so."""

    SLOW = "slow"
    """It does what is asked, but its answer never comes."""

    LOST = "lost"
    """The call never reaches it, and no answer comes."""

    DECLINING = "declining"
    """It says no, and says so again whenever it is asked under that key."""


@define(eq=False)
class Temper:
    """What a pretend party does with its next calls, and what it answered under each key.

    >>> temper = Temper("bank")
    >>> temper.expect(Mood.FAILING)
    >>> temper.answer("k", lambda: Answer(True))
    Traceback (most recent call last):
    brokerage.errors.GatewayError: bank: 'it failed' is refused; an answer is wanted: try again, under the same key
    >>> temper.answer("k", lambda: Answer(True))
    Answer(approved=True, reason='')
    """

    name: str
    _moods: deque[Mood] = field(factory=deque)
    _answers: dict[str, Answer] = field(factory=dict)

    def expect(self, *moods: Mood) -> None:
        """Take the next calls in these moods, and all after them well."""
        self._moods.extend(moods)

    def answer(self, key: str, act: Callable[[], Answer]) -> Answer:
        """Act once under a key and answer, in the mood of the moment."""
        mood = self._moods.popleft() if self._moods else Mood.WELL
        if mood is Mood.FAILING:
            raise GatewayError(self.name, "it failed")
        if mood is Mood.LOST:
            raise NoAnswer(self.name, "no answer came")
        if key not in self._answers:
            self._answers[key] = _DECLINED if mood is Mood.DECLINING else act()
        if mood is Mood.SLOW:
            raise NoAnswer(self.name, "no answer came")
        return self._answers[key]


@frozen
class MadePayout:
    """What a bank knows of a payout that it made: the task, and the account."""

    deal: DealNumber
    position: int
    payee: Payee
    bank_account: str
    units: int
    currency: str


@define(eq=False)
class PretendBank:
    """The broker's bank: reports deposits, pays out, and sends transfers back."""

    temper: Temper = field(factory=lambda: Temper("bank"))
    paid: list[MadePayout] = field(factory=list)
    refunded: list[Refund] = field(factory=list)
    _notices: dict[str, PaymentNotice | BounceNotice] = field(factory=dict)
    _count: int = 0

    def deposit(self, reference: str, units: int, currency: str) -> PaymentNotice:
        """Pretend that somebody paid: the bank reports it until it is confirmed."""
        self._count += 1
        notice = PaymentNotice("bank", f"deposit-{self._count}", reference, units, currency)
        self._notices[notice.id] = notice
        return notice

    def bounce(self, payout: str, units: int, currency: str) -> BounceNotice:
        """Pretend that what was paid out under a key came back: the bank reports it until it is confirmed."""
        self._count += 1
        notice = BounceNotice("bank", f"bounce-{self._count}", payout, units, currency)
        self._notices[notice.id] = notice
        return notice

    def notices(self) -> Sequence[PaymentNotice | BounceNotice]:
        """Return the deposits and bounces that are not confirmed."""
        return list(self._notices.values())

    def confirm(self, notice: PaymentNotice | BounceNotice) -> None:
        """Report a deposit or a bounce no more."""
        self._notices.pop(notice.id, None)

    def pay(self, key: str, task: PayOut, bank_account: str) -> Answer:
        """Pay a payee."""
        made = MadePayout(task.deal, task.position, task.payee, bank_account, task.units, task.currency)
        return self.temper.answer(key, lambda: _done(self.paid, made))

    def refund(self, key: str, task: Refund) -> Answer:
        """Send a transfer back."""
        return self.temper.answer(key, lambda: _done(self.refunded, task))


@define(eq=False)
class PretendCardHouse:
    """A clearing house that knows the cards it was given, each with what it is good for, in minor units."""

    temper: Temper = field(factory=lambda: Temper("clearing house"))
    cards: dict[str, int] = field(factory=dict)
    held: dict[str, tuple[str, int]] = field(factory=dict)
    captured: list[Capture] = field(factory=list)
    refunded: list[Refund] = field(factory=list)
    _voided: set[str] = field(factory=set)
    _notices: dict[str, ChargebackNotice] = field(factory=dict)
    _count: int = 0

    def authorise(self, key: str, token: str, units: int, currency: str) -> Answer:
        """Hold an amount on a card."""
        return self.temper.answer(key, lambda: self._hold(key, token, units))

    def capture(self, key: str, task: Capture) -> Answer:
        """Take what is held."""
        return self.temper.answer(key, lambda: self._take(task))

    def void(self, key: str, task: VoidAuthorisation) -> Answer:
        """Let go of what is held, or would be."""
        return self.temper.answer(key, lambda: self._let_go(task.authorisation))

    def refund(self, key: str, task: Refund) -> Answer:
        """Send money back to the card."""
        return self.temper.answer(key, lambda: _done(self.refunded, task))

    def charge_back(self, authorisation: str, units: int, currency: str) -> ChargebackNotice:
        """Pretend that a card's owner got money back: the clearing house reports it until it is confirmed."""
        self._count += 1
        notice = ChargebackNotice("clearing house", f"chargeback-{self._count}", authorisation, units, currency)
        self._notices[notice.id] = notice
        return notice

    def notices(self) -> Sequence[ChargebackNotice]:
        """Return the chargebacks that are not confirmed."""
        return list(self._notices.values())

    def confirm(self, notice: ChargebackNotice) -> None:
        """Report a chargeback no more."""
        self._notices.pop(notice.id, None)

    def _hold(self, key: str, token: str, units: int) -> Answer:
        if token not in self.cards:
            return Answer(False, "unknown card")
        if self.cards[token] < units or key in self._voided:
            return Answer(False, "declined")
        self.cards[token] -= units
        self.held[key] = (token, units)
        return _APPROVED

    def _take(self, task: Capture) -> Answer:
        if self.held.pop(task.authorisation, None) is None:
            return Answer(False, "nothing is held")
        return _done(self.captured, task)

    def _let_go(self, authorisation: str) -> Answer:
        self._voided.add(authorisation)
        if authorisation in self.held:
            token, units = self.held.pop(authorisation)
            self.cards[token] += units
        return _APPROVED


@define(eq=False)
class PretendAccounts:
    """Accounts that may be charged, each with what is in it in minor units of any currency."""

    temper: Temper = field(factory=lambda: Temper("account charger"))
    accounts: dict[str, int] = field(factory=dict)
    refunded: list[Refund] = field(factory=list)

    def charge(self, key: str, task: ChargeAccount, account: str) -> Answer:
        """Take an amount from an account."""
        return self.temper.answer(key, lambda: self._charge(task, account))

    def refund(self, key: str, task: Refund) -> Answer:
        """Send money back to an account."""
        return self.temper.answer(key, lambda: _done(self.refunded, task))

    def _charge(self, task: ChargeAccount, account: str) -> Answer:
        if self.accounts.get(account, -1) < task.units:
            return Answer(False, "unknown account" if account not in self.accounts else "not enough money")
        self.accounts[account] -= task.units
        return _APPROVED


@frozen
class TakenOrder:
    """What a carrier knows of an order that it took; ``carrier`` is the box of the member who was appointed, if any."""

    deal: DealNumber
    collect_from: Address
    deliver_to: Address
    carrier: BoxNumber | None = None


@define(eq=False)
class PretendCarrier:
    """A carrier that takes orders, and reports what it is told to have done."""

    temper: Temper = field(factory=lambda: Temper("carrier"))
    orders: list[TakenOrder] = field(factory=list)
    recalls: list[CarrierRecall] = field(factory=list)
    _notices: dict[str, DeliveryNotice] = field(factory=dict)
    _count: int = 0

    def order(self, key: str, task: CarrierOrder, collect_from: Address, deliver_to: Address) -> Answer:
        """Take an order."""
        taken = TakenOrder(task.deal, collect_from, deliver_to, task.carrier)
        return self.temper.answer(key, lambda: self._take(taken))

    def recall(self, key: str, task: CarrierRecall) -> Answer:
        """Take a recall."""
        return self.temper.answer(key, lambda: _done(self.recalls, task))

    def _take(self, order: TakenOrder) -> Answer:
        if order.deal in {recall.deal for recall in self.recalls}:
            return Answer(False, "recalled")
        return _done(self.orders, order)

    def report(self, deal: DealNumber, step: DeliveryStep) -> DeliveryNotice:
        """Pretend that a step was done: it is reported until it is confirmed."""
        self._count += 1
        notice = DeliveryNotice("carrier", f"step-{self._count}", deal, step)
        self._notices[notice.id] = notice
        return notice

    def notices(self) -> Sequence[DeliveryNotice]:
        """Return the reports that are not confirmed."""
        return list(self._notices.values())

    def confirm(self, notice: DeliveryNotice) -> None:
        """Report a step no more."""
        self._notices.pop(notice.id, None)


@frozen
class Letter:
    """An e-mail that went out: the task, and the address."""

    box: BoxNumber | None
    contact: ContactNumber | None
    address: str
    subject: str
    body: str


@define(eq=False)
class Mailbox:
    """Keeps the e-mails that it is given to send."""

    temper: Temper = field(factory=lambda: Temper("mail"))
    sent: list[Letter] = field(factory=list)

    def send(self, key: str, task: Mail, to: str) -> Answer:
        """Send an e-mail, as far as anybody can tell."""
        letter = Letter(task.box, task.contact, to, task.subject, task.body)
        return self.temper.answer(key, lambda: _done(self.sent, letter))


def _done(tasks: list[_Task], task: _Task) -> Answer:
    tasks.append(task)
    return _APPROVED


def pretend_gateways(
    bank: PretendBank | None = None,
    clearing_house: ClearingHouse | None = None,
    charger: AccountCharger | None = None,
    deliverer: Deliverer | None = None,
    notifier: Notifier | None = None,
) -> Gateways:
    """Return one of each, for a broker that has nobody outside yet, or only some.

    Keep hold of those that you want to tell something; a real party may stand in the place of a pretend one.

    >>> cards = PretendCardHouse(cards={"token of a card": 100_00})
    >>> pretend_gateways(clearing_house=cards).clearing_house is cards
    True
    """
    both = PretendBank() if bank is None else bank
    return Gateways(
        adviser=both,
        clearing_house=PretendCardHouse() if clearing_house is None else clearing_house,
        charger=PretendAccounts() if charger is None else charger,
        payouts=both,
        deliverer=PretendCarrier() if deliverer is None else deliverer,
        notifier=Mailbox() if notifier is None else notifier,
    )
