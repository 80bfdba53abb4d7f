"""The world outside the broker: a bank, a card house, charged accounts, a carrier and a mail service, with true books.

What money did is written down here by those who moved it, never by the broker; a law compares the two. Each party acts
once under a key and answers always the same, as the ports ask for.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Generic, TypeVar

from attrs import define, field, frozen

from brokerage.ports import Answer, Gateways, Store
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
    Task,
    VoidAuthorisation,
)
from brokerage.records.notices import (
    BounceNotice,
    ChargebackNotice,
    DeliveryNotice,
    Notice,
    NoticeKey,
    PaymentNotice,
    ReceivedNotice,
)
from brokerage.records.numbers import ContactNumber, DealNumber
from brokerage.testing.story.invariants import Broken, Invariant
from brokerage.testing.story.process import Process

__all__ = ["Carrier", "Mailbox", "Outside", "Reports", "Till", "TrueBooks", "checked"]

NEVER = datetime(1, 1, 1, tzinfo=UTC)
_APPROVED = Answer(True)
_Notice = TypeVar("_Notice", bound=Notice)
Written = Callable[[str], object]
"""Returns the task that the outbox holds under a key, ``None`` if it holds none."""


@define(eq=False)
class TrueBooks:
    """What money really did, and what of it the broker has not heard yet.

    ``bank`` is the broker's money by currency; ``unheard`` are movements, by the key of a notice or an effect, that no
    commit of the broker's can know of yet; ``deals`` is, by deal, what came in for it less what left for it. What a
    clearing house takes back by itself counts there once the broker has heard of it.
    """

    bank: dict[str, int] = field(factory=dict)
    unheard: dict[object, tuple[str, int, DealNumber | None]] = field(factory=dict)
    unheard_sums: dict[str, int] = field(factory=dict)
    deals: dict[DealNumber, int] = field(factory=dict)
    touched: set[DealNumber] = field(factory=set)

    def move(self, key: object, units: int, currency: str, deal: DealNumber | None, is_taken: bool = False) -> None:
        """Write down money that came in, or (below zero) left; ``is_taken``: without the broker's doing."""
        self.bank[currency] = self.bank.get(currency, 0) + units
        self.unheard[key] = currency, units, deal if is_taken else None
        self.unheard_sums[currency] = self.unheard_sums.get(currency, 0) + units
        if not is_taken:
            self._count(deal, units)

    def heard(self, key: object) -> None:
        """Write down that the broker knows of a movement now."""
        found = self.unheard.pop(key, None)
        if found is not None:
            currency, units, taken_from = found
            self.unheard_sums[currency] -= units
            self._count(taken_from, units)

    def _count(self, deal: DealNumber | None, units: int) -> None:
        if deal is not None:
            self.deals[deal] = self.deals.get(deal, 0) + units
            self.touched.add(deal)


@define(eq=False)
class Reports(Generic[_Notice]):
    """What bank or carrier has to report: ``untold`` is kept back, ``open`` is reported until it is confirmed.

    ``told`` are those that were reported in any way, so that they can be told again.
    """

    party: str
    process: Process
    is_kept: Callable[[_Notice], bool]
    untold: list[_Notice] = field(factory=list)
    open: dict[str, _Notice] = field(factory=dict)
    told: list[_Notice] = field(factory=list)
    count: int = 0

    def next_id(self) -> str:
        """Return an id that no notice of this party had."""
        self.count += 1
        return f"{self.party} {self.count}"

    def tell(self, notice: _Notice) -> None:
        """Take a notice out of those that are kept back."""
        if notice in self.untold:
            self.untold.remove(notice)
            self.told.append(notice)

    def report(self, notice: _Notice) -> None:
        """Report a notice from now on, until it is confirmed."""
        self.open[notice.id] = notice

    def notices(self) -> Sequence[_Notice]:
        """Return what is reported and not confirmed."""
        return self.process.call(self.party, lambda: list(self.open.values()))

    def confirm(self, notice: _Notice) -> None:
        """Report a notice no more."""
        if not self.process.is_dead and not self.is_kept(notice):
            seen = f"{self.party} was told that a notice is kept, which is not"
            self.process.broken.append(Broken(Invariant.NOTICES_KEPT, seen))
        self.process.call(self.party, lambda: self.open.pop(notice.id, None))


@define(eq=False)
class Till:
    """Everybody who moves money at the broker's word: the bank, the card house, the charged accounts."""

    process: Process
    books: TrueBooks
    written: Written
    reports: Reports[ChargebackNotice]
    cards: dict[str, int] = field(factory=dict)
    accounts: dict[str, int] = field(factory=dict)
    held: dict[str, tuple[str, int, str]] = field(factory=dict)
    paid_into: list[tuple[Payee, str]] = field(factory=list)
    payouts: dict[tuple[DealNumber, int], tuple[str, PayOut]] = field(factory=dict)
    captures: dict[str, Capture] = field(factory=dict)
    came: dict[NoticeKey, int] = field(factory=dict)
    declines: dict[str, int] = field(factory=dict)
    _voided: set[str] = field(factory=set)
    _answers: dict[str, Answer] = field(factory=dict)

    def authorise(self, key: str, token: str, units: int, currency: str) -> Answer:
        """Hold an amount on a card."""
        return self.process.call("card house", lambda: self._once(key, lambda: self._hold(key, token, units, currency)))

    def capture(self, key: str, task: Capture) -> Answer:
        """Take what is held."""
        return self._do("card house", key, task, lambda: self._capture(key, task))

    def void(self, key: str, task: VoidAuthorisation) -> Answer:
        """Let go of what is held, or would be."""
        checked(self.process, self.written, key, task)
        return self.process.call("card house", lambda: self._once(key, lambda: self._void(task)))

    def charge(self, key: str, task: ChargeAccount, account: str) -> Answer:
        """Take an amount from an account."""
        return self._do("accounts", key, task, lambda: self._charge(key, task, account))

    def pay(self, key: str, task: PayOut, bank_account: str) -> Answer:
        """Pay a payee."""
        return self._do("bank", key, task, lambda: self._pay(key, task, bank_account))

    def refund(self, key: str, task: Refund) -> Answer:
        """Send money back to where it came from."""
        return self._do("bank", key, task, lambda: self._refund(key, task))

    def notices(self) -> Sequence[ChargebackNotice]:
        """Return what was taken back and is not confirmed."""
        return self.reports.notices()

    def confirm(self, notice: ChargebackNotice) -> None:
        """Report a notice no more."""
        self.reports.confirm(notice)

    def decline(self, party: str, calls: int) -> None:
        """Let a party say no to the next new calls that it could decline."""
        self.declines[party] = calls

    def bounce(self, deal: DealNumber, position: int) -> None:
        """Take a payout back into the broker's account."""
        del self.payouts[deal, position]

    def _do(self, party: str, key: str, task: Task, act: Callable[[], Answer]) -> Answer:
        checked(self.process, self.written, key, task)
        return self.process.call(party, lambda: self._once(key, lambda: self._unless_declined(party, act)))

    def _unless_declined(self, party: str, act: Callable[[], Answer]) -> Answer:
        left = self.declines.pop(party, 0)
        if left > 1:
            self.declines[party] = left - 1
        return Answer(False, "not today") if left else act()

    def _once(self, key: str, act: Callable[[], Answer]) -> Answer:
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = act()
        return answer

    def _hold(self, key: str, token: str, units: int, currency: str) -> Answer:
        if self.cards.get(token, -1) < units or key in self._voided:
            return Answer(False, "unknown card" if token not in self.cards else "declined")
        self.cards[token] -= units
        self.held[key] = token, units, currency
        return _APPROVED

    def _capture(self, key: str, task: Capture) -> Answer:
        if self.held.pop(task.authorisation, None) is None:
            return Answer(False, "nothing is held")
        self.came["card", key] = task.units
        self.captures[task.authorisation] = task
        self.books.move(key, task.units, task.currency, task.deal)
        return _APPROVED

    def _void(self, task: VoidAuthorisation) -> Answer:
        self._voided.add(task.authorisation)
        if task.authorisation in self.held:
            token, units, _ = self.held.pop(task.authorisation)
            self.cards[token] += units
        return _APPROVED

    def _charge(self, key: str, task: ChargeAccount, account: str) -> Answer:
        if self.accounts.get(account, -1) < task.units:
            return Answer(False, "not enough money")
        self.accounts[account] -= task.units
        self.came["charge", key] = task.units
        self.books.move(key, task.units, task.currency, task.deal)
        return _APPROVED

    def _pay(self, key: str, task: PayOut, bank_account: str) -> Answer:
        self.paid_into.append((task.payee, bank_account))
        before, _ = self.payouts.setdefault((task.deal, task.position), (key, task))
        if before != key:
            seen = f"charge {task.position} of deal {task.deal} was paid out under {before!r} and under {key!r}"
            self.process.broken.append(Broken(Invariant.ONE_PAYOUT, seen))
        self.books.move(key, -task.units, task.currency, task.deal)
        return _APPROVED

    def _refund(self, key: str, task: Refund) -> Answer:
        left = self.came.get(task.payment, 0) - task.units
        self.came[task.payment] = left
        if left < 0:
            seen = f"{-left} {task.currency} in minor units too much went back of payment {task.payment}"
            self.process.broken.append(Broken(Invariant.NO_MORE_THAN_CAME, seen))
        self.books.move(key, -task.units, task.currency, task.deal)
        return _APPROVED


def checked(process: Process, written: Written, key: str, task: Task) -> None:
    """Note it if something is asked for that no commit has written down."""
    if not process.is_dead and written(key) != task:
        seen = f"{type(task).__name__} was asked for under {key!r}, which the outbox does not say"
        process.broken.append(Broken(Invariant.SENT_AS_WRITTEN, seen))


@define(eq=False)
class Carrier:
    """A carrier that takes orders, and reports what it is told to have done."""

    process: Process
    written: Written
    reports: Reports[DeliveryNotice]
    orders: dict[tuple[DealNumber, ContactNumber], str] = field(factory=dict)
    declines: int = 0
    _answers: dict[str, Answer] = field(factory=dict)

    def order(self, key: str, task: CarrierOrder, collect_from: Address, deliver_to: Address) -> Answer:
        """Take an order."""
        checked(self.process, self.written, key, task)
        return self.process.call("carrier", lambda: self._take(key, task))

    def _take(self, key: str, task: CarrierOrder) -> Answer:
        if key in self._answers:
            return self._answers[key]
        self._answers[key] = _APPROVED if not self.declines else Answer(False, "not today")
        if self.declines:
            self.declines -= 1
            return self._answers[key]
        before = self.orders.setdefault((task.deal, task.collect_from), key)
        if before != key:
            seen = f"deal {task.deal} was ordered under {before!r} and under {key!r}"
            self.process.broken.append(Broken(Invariant.ONE_ORDER, seen))
        return _APPROVED

    def recall(self, key: str, task: CarrierRecall) -> Answer:
        """Take an order back."""
        checked(self.process, self.written, key, task)
        return self.process.call("carrier", lambda: _APPROVED)

    def notices(self) -> Sequence[DeliveryNotice]:
        """Return what is reported and not confirmed."""
        return self.reports.notices()

    def confirm(self, notice: DeliveryNotice) -> None:
        """Report a notice no more."""
        self.reports.confirm(notice)


@define(eq=False)
class Mailbox:
    """A mail service; ``fresh`` are the mails that nobody has looked through yet."""

    process: Process
    written: Written
    fresh: list[tuple[Mail, str]] = field(factory=list)
    keys: set[str] = field(factory=set)

    def send(self, key: str, task: Mail, to: str) -> Answer:
        """Send an e-mail to an address."""
        checked(self.process, self.written, key, task)
        return self.process.call("mail", lambda: self._send(key, task, to))

    def _send(self, key: str, task: Mail, to: str) -> Answer:
        if key not in self.keys:
            self.keys.add(key)
            self.fresh.append((task, to))
        return _APPROVED


@frozen(eq=False)
class Outside:
    """Everybody outside the broker."""

    books: TrueBooks
    till: Till
    bank: Reports[PaymentNotice | BounceNotice]
    carrier: Carrier
    mailbox: Mailbox

    @classmethod
    def of(cls, process: Process, store: Store) -> "Outside":
        """Return new parties that look into a store only to know what was promised to them."""

        def written(key: str) -> object:
            effect = store.read(lambda tx: tx.outbox.get(key))
            return None if effect is None else effect.task

        def is_kept(notice: Notice) -> bool:
            for place in count():
                kept = ReceivedNotice(notice, NEVER, "", place).key
                received = store.read(lambda tx: tx.inbox.get(kept))  # noqa: B023
                if received is None or received.notice == notice:
                    return received is not None
            return False

        books = TrueBooks()
        return cls(
            books,
            Till(process, books, written, Reports("card house", process, is_kept)),
            Reports("bank", process, is_kept),
            Carrier(process, written, Reports("carrier", process, is_kept)),
            Mailbox(process, written),
        )

    def gateways(self) -> Gateways:
        """Return them as the ports that a broker needs."""
        return Gateways(
            adviser=self.bank,
            clearing_house=self.till,
            charger=self.till,
            payouts=self.till,
            deliverer=self.carrier,
            notifier=self.mailbox,
        )
