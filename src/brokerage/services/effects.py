"""Effects leave here: written with the change that wants them, sent after it is committed (spec A7).

The relay sends at least once, always under the same key, and what a party answers is booked in a unit of work of its
own. An answer that never came is asked for again under the same key, later and later. Where something goes to is looked
up right before it is sent: effects hold nothing personal.

Several processes may send out of one outbox. Each effect is sent by one of them: whoever is going to send a few claims
them first, in a unit of work of its own that moves on when they are due by the policy's ``send_lease``; of two that
claim the same effect, one meets a conflict and takes others. Whoever is killed leaves what it claimed due again when
the lease is over, under the same key. So a party is called twice for one effect only if the first caller died, got no
answer, or took longer than the lease; under one key it does nothing twice, and of two answers the first is booked.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from brokerage.errors import GatewayError, NoAnswer, TooManyConflicts
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
    claimed,
    postponed,
)
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.numbers import CaseNumber, ContactNumber
from brokerage.services.contacts import account_of, contact_of
from brokerage.services.inputs import later
from brokerage.services.sweeps import never
from brokerage.services.turns import Turn
from brokerage.texts import as_kept

__all__ = ["Consequence", "Relay", "Watch", "checked_answer", "new_key", "send"]

Consequence = Callable[[Transaction, Effect, Answer, datetime], None]
"""What an answer changes: called in the unit of work that keeps it."""


class Watch(Protocol):
    """Whoever is told of effects that have no answer for long; called in the unit of work that keeps the try."""

    def unanswered(self, tx: Transaction, effect: Effect, now: datetime) -> CaseNumber | None:
        """An effect was tried in vain once more; return its case, if there is one."""

    def answered(self, tx: Transaction, effect: Effect, now: datetime) -> None:
        """An effect that has a case was answered."""


_FEW = 20
"""Effects that are claimed at once: few enough for others to have some too, and to be let go of at a stop."""


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
    """Return what a gateway answered, in words that can be kept, or refuse what is no answer."""
    if not isinstance(answer, Answer):
        raise NoAnswer("gateway", type(answer).__name__)
    reason = as_kept(answer.reason)
    return answer if reason == answer.reason else Answer(answer.approved, reason)


def _next_due(tx: Transaction) -> datetime | None:
    return tx.outbox.next_due()


class Relay:
    """Sends what is in the outbox. One thread of a process at a time sends; any other call leaves it to that one.

    Args:
        store: where the outbox is.
        clock: tells what is due.
        gateways: the parties outside.
        policy: says how long a claim lasts, and how long to wait before trying again.
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

    def drain(self, is_stopping: Callable[[], bool] = never) -> int:
        """Send everything that is due, also what its answers bring about; return how many effects were tried.

        Nothing due, nothing done: after most commits this is one look at the outbox.

        Args:
            is_stopping: asked before each effect; once it says so, the effect in hand was the last, and those that
                are claimed and not sent are due for others at once.
        """
        if not self._is_due():
            return 0
        tried: set[str] = set()
        self._turn.take(lambda: self._send(tried, is_stopping))
        return len(tried)

    def _is_due(self) -> bool:
        due = self._store.read(_next_due)
        return due is not None and due <= self._clock.now()

    def _send(self, tried: set[str], is_stopping: Callable[[], bool]) -> None:
        while not is_stopping() and self._is_due():
            effects = self._claim(tried)
            if not effects:
                return
            for place, (_, effect) in enumerate(effects):
                if is_stopping():
                    self._let_go(effects[place:])
                    return
                if place and effect.due <= self._clock.now():
                    return  # the others took so long that the lease is over: whoever claims next sends the rest
                tried.add(effect.key)
                self._try(effect)

    def _claim(self, tried: set[str]) -> list[tuple[Effect, Effect]]:
        """Claim the next few effects that were not tried; return each as it was and as it is claimed.

        Where too many claim at the same time, they send everything.
        """
        now = self._clock.now()
        until = later(now, self._policy.send_lease)

        def work(tx: Transaction) -> list[tuple[Effect, Effect]]:
            due = [effect for effect in tx.outbox.due(now, _FEW) if effect.key not in tried]
            effects = [(effect, claimed(effect, until)) for effect in due]
            for old, new in sorted(effects, key=_by_key):
                tx.outbox.replace(old, new)
            return effects

        try:
            return self._store.run(work)
        except TooManyConflicts:
            return []

    def _let_go(self, effects: Sequence[tuple[Effect, Effect]]) -> None:
        """Let others send what was claimed, unless somebody else has claimed it since."""

        def work(tx: Transaction) -> None:
            for before, effect in sorted(effects, key=_by_key):
                if tx.outbox.get(effect.key) == effect:
                    tx.outbox.replace(effect, claimed(effect, before.due))

        self._store.run(work)

    def _try(self, effect: Effect) -> None:
        """Send an effect and book its answer; whatever goes wrong, it is tried again later, and the others go on."""
        try:
            answer = checked_answer(self._perform(effect.key, effect.task))
            answered_at = self._clock.now()
            self._store.run(lambda tx: self._book(tx, effect, answer, answered_at))
            return
        except GatewayError as error:
            problem = as_kept(error)
        except Exception as error:
            problem = f"{type(error).__name__} was raised"
        now = self._clock.now()
        with suppress(TooManyConflicts):  # then it is due when the lease is over
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
        """Book an answer, also one that came after the lease; what somebody else has booked meanwhile stays."""
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
        """Let an effect be tried again later, unless somebody else has claimed or booked it meanwhile."""
        stored = tx.outbox.get(effect.key)
        if stored is None or stored.version != effect.version or stored.state is not EffectState.PENDING:
            return
        wait = min(self._policy.retry * 2 ** min(stored.attempts, 20), self._policy.longest_retry)
        new = postponed(stored, later(now, wait), problem, self._watch.unanswered(tx, stored, now))
        tx.outbox.replace(stored, new)
        tx.journal.append(Event(now, Role.OUTSIDE, EventKind.EFFECT_POSTPONED, new))


def _by_key(claim: tuple[Effect, Effect]) -> str:
    return claim[0].key
