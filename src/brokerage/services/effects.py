"""Effects leave here: written with the change that wants them, sent after it is committed (spec A7).

The relay sends at least once, always under the same key, and what a party answers is booked in a unit of work of its
own. An answer that never came is asked for again under the same key, later and later. Where something goes to is looked
up right before it is sent: effects hold nothing personal.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from brokerage.errors import GatewayError, NoAnswer
from brokerage.policy import Policy
from brokerage.ports import Answer, Clock, Gateways, Store, Transaction
from brokerage.records.contacts import Contact
from brokerage.records.deals import Means
from brokerage.records.effects import (
    Capture,
    CarrierOrder,
    CarrierRecall,
    ChargeAccount,
    Effect,
    EffectState,
    Mail,
    PayOut,
    Refund,
    Task,
    VoidAuthorisation,
    answered,
    postponed,
)
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.numbers import CaseNumber, ContactNumber
from brokerage.services.contacts import account_of, contact_of
from brokerage.services.inputs import later
from brokerage.services.turns import Turn

__all__ = ["Consequence", "Relay", "Watch", "checked_answer", "new_key", "send"]

Consequence = Callable[[Transaction, Effect, Answer, datetime], None]
"""What an answer changes: called in the unit of work that keeps it."""


class Watch(Protocol):
    """Whoever is told of effects that have no answer for long; called in the unit of work that keeps the try."""

    def unanswered(self, tx: Transaction, effect: Effect, now: datetime) -> CaseNumber | None:
        """An effect was tried in vain once more; return its case, if there is one."""

    def answered(self, tx: Transaction, effect: Effect, now: datetime) -> None:
        """An effect that has a case was answered."""


_BATCH = 100


def send(tx: Transaction, key: str, task: Task, now: datetime) -> None:
    """Write down that something must happen outside, once for each key."""
    if tx.outbox.get(key) is None:
        tx.outbox.add(Effect(key, task, now))


def new_key(tx: Transaction, key: str) -> str:
    """Return a key under which nothing was written down yet: the key itself, or the key and a number."""
    tries, found = 1, key
    while tx.outbox.get(found) is not None:
        tries += 1
        found = f"{key}:{tries}"
    return found


def checked_answer(answer: object) -> Answer:
    """Return what a gateway answered, or refuse what is no answer."""
    if not isinstance(answer, Answer):
        raise NoAnswer("gateway", type(answer).__name__)
    return answer


def _next_due(tx: Transaction) -> datetime | None:
    return tx.outbox.next_due()


class Relay:
    """Sends what is in the outbox. One thread at a time sends; any other call meanwhile leaves it to that one.

    Args:
        store: where the outbox is.
        clock: tells what is due.
        gateways: the parties outside.
        policy: says how long to wait before trying again.
        consequences: by kind of task, what its answer changes.
        watch: is told of effects that have no answer for long.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        gateways: Gateways,
        policy: Policy,
        consequences: Mapping[type, Consequence],
        watch: Watch,
    ) -> None:
        self._store = store
        self._clock = clock
        self._gateways = gateways
        self._policy = policy
        self._consequences = consequences
        self._watch = watch
        self._turn = Turn()

    def drain(self) -> int:
        """Send everything that is due, also what its answers bring about; return how many effects were tried.

        Nothing due, nothing done: after most commits this is one look at the outbox.
        """
        due = self._store.read(_next_due)
        if due is None or due > self._clock.now():
            return 0
        tried: set[str] = set()
        self._turn.take(lambda: self._send(tried))
        return len(tried)

    def _send(self, tried: set[str]) -> None:
        while effects := [effect for effect in self._due() if effect.key not in tried]:
            for effect in effects:
                self._try(effect)
            tried.update(effect.key for effect in effects)

    def _due(self) -> list[Effect]:
        now = self._clock.now()
        return list(self._store.read(lambda tx: tx.outbox.due(now, _BATCH)))

    def _try(self, effect: Effect) -> None:
        """Send an effect and book its answer; whatever goes wrong, it is tried again later, and the others go on."""
        try:
            answer = checked_answer(self._perform(effect.key, effect.task))
            answered_at = self._clock.now()
            self._store.run(lambda tx: self._book(tx, effect, answer, answered_at))
            return
        except GatewayError as error:
            problem = str(error)
        except Exception as error:
            problem = f"{type(error).__name__} was raised"
        now = self._clock.now()
        self._store.run(lambda tx: self._postpone(tx, effect, problem, now))

    def _perform(self, key: str, task: Task) -> Answer:
        gateways = self._gateways
        match task:
            case Mail():
                to = self._address(task)
                return Answer(True, "its reader was forgotten") if to is None else gateways.notifier.send(key, task, to)
            case CarrierOrder():
                ends = [self._contact(number) for number in (task.collect_from, task.deliver_to)]
                if any(end.forgotten for end in ends):
                    return Answer(False, "a party was forgotten")
                return gateways.deliverer.order(key, task, *(end.place for end in ends))
            case CarrierRecall():
                return gateways.deliverer.recall(key, task)
            case PayOut():
                account = self._store.read(lambda tx: account_of(tx, task.payee))
                if account is None:
                    return Answer(False, "the payee was forgotten")
                return gateways.payouts.pay(key, task, account)
            case Capture():
                return gateways.clearing_house.capture(key, task)
            case VoidAuthorisation():
                return gateways.clearing_house.void(key, task)
            case ChargeAccount():
                return gateways.charger.charge(key, task, self._contact(task.contact).charged_account or "")
            case Refund(means=Means.CARD):
                return gateways.clearing_house.refund(key, task)
            case Refund(means=Means.ACCOUNT_CHARGE):
                return gateways.charger.refund(key, task)
            case Refund():
                return gateways.payouts.refund(key, task)

    def _address(self, mail: Mail) -> str | None:
        """Where a mail goes to, ``None`` if its reader was forgotten: the manager's address is the policy's."""
        if mail.contact is None:
            return self._policy.manager_email or ""
        reader = self._contact(mail.contact)
        return None if reader.forgotten else reader.email

    def _contact(self, number: ContactNumber) -> Contact:
        return self._store.read(lambda tx: contact_of(tx, number))

    def _book(self, tx: Transaction, effect: Effect, answer: Answer, now: datetime) -> None:
        stored = tx.outbox.get(effect.key)
        if stored is None or stored.state is not EffectState.PENDING:
            return
        state = EffectState.DONE if answer.approved else EffectState.DECLINED
        new = answered(stored, state, answer.reason)
        if stored.case is not None:
            self._watch.answered(tx, stored, now)
        consequence = self._consequences.get(type(effect.task))
        if consequence is not None:
            consequence(tx, stored, answer, now)
        tx.outbox.replace(stored, new)
        tx.journal.append(Event(now, Role.OUTSIDE, EventKind.EFFECT_ANSWERED, new))

    def _postpone(self, tx: Transaction, effect: Effect, problem: str, now: datetime) -> None:
        stored = tx.outbox.get(effect.key)
        if stored is None or stored.state is not EffectState.PENDING:
            return
        wait = min(self._policy.retry * 2 ** min(stored.attempts, 20), self._policy.longest_retry)
        new = postponed(stored, later(now, wait), problem, self._watch.unanswered(tx, stored, now))
        tx.outbox.replace(stored, new)
        tx.journal.append(Event(now, Role.OUTSIDE, EventKind.EFFECT_POSTPONED, new))
