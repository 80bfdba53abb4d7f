"""Clearing houses, account chargers, clocks, chance and hashers that each break one law."""

import base64
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from typing import Any

from attrs import evolve

from broken_doubles import Altered, Broken, broken
from brokerage.adapters.system import ManualClock, ScryptHasher, SeededEntropy
from brokerage.errors import GatewayError, NoAnswer
from brokerage.ports import Answer
from brokerage.testing import (
    AccountChargerContract,
    ClearingHouseContract,
    ClockContract,
    EntropyContract,
    PasswordHasherContract,
)
from gateway_stages import Wrong, account_stage, card_stage

__all__ = ["BROKEN_PARTIES"]

Changes = dict[str, Callable[..., Any]]
Done = Callable[[], Any]
APPROVED = Answer(True)
START = datetime(2026, 1, 5, tzinfo=UTC)


# a clearing house


def _holds_too_little(house: Any, _: Done) -> Changes:
    def authorise(key: str, token: str, units: int, currency: str) -> Answer:
        return house.authorise(key, token, units - 1 if units == 100_00 else units, currency)  # type: ignore[no-any-return]

    return {"authorise": authorise}


def _forgets_keys(method: str, forgets: bool) -> Wrong:
    """Take a key for a new one after an answer of one kind."""

    def wrong(party: Any, _: Done) -> Changes:
        uses: dict[str, int] = {}

        def ask(key: str, *task: Any) -> Answer:
            answer: Answer = getattr(party, method)(key + "'" * uses.get(key, 0), *task)
            if answer.approved == forgets:
                uses[key] = uses.get(key, 0) + 1
            return answer

        return {method: ask}

    return wrong


def _gives_no_reason(method: str) -> Wrong:
    def wrong(party: Any, _: Done) -> Changes:
        return {method: lambda *task: Answer(getattr(party, method)(*task).approved)}

    return wrong


def _holds_what_there_is(house: Any, _: Done) -> Changes:
    return {"authorise": lambda key, token, units, currency: house.authorise(key, token, min(units, 100_00), currency)}


def _keeps_a_unit(house: Any, _: Done) -> Changes:
    answered: set[str] = set()

    def authorise(key: str, *rest: Any) -> Answer:
        answer: Answer = house.authorise(key, *rest)
        answered.add(key)
        return answer

    def void(key: str, task: Any) -> Answer:
        is_held = task.authorisation in house.held
        answer: Answer = house.void(key, task)
        if is_held and task.authorisation in answered:
            house.cards["card"] -= 1
        return answer

    return {"authorise": authorise, "void": void}


def _knows_no_void_of_nothing(house: Any, _: Done) -> Changes:
    def void(key: str, task: Any) -> Answer:
        is_held = task.authorisation in house.held
        answer: Answer = house.void(key, task)
        return answer if is_held else Answer(False, "nothing is held")

    return {"void": void}


def _forgets_an_early_void(house: Any, _: Done) -> Changes:
    return {"void": lambda key, task: house.void(key, task) if task.authorisation in house.held else APPROVED}


def _captures_what_was_voided(house: Any, _: Done) -> Changes:
    voided: set[str] = set()

    def void(key: str, task: Any) -> Answer:
        voided.add(task.authorisation)
        return house.void(key, task)  # type: ignore[no-any-return]

    def capture(key: str, task: Any) -> Answer:
        return APPROVED if task.authorisation in voided else house.capture(key, task)

    return {"void": void, "capture": capture}


def _lets_go_of_what_was_captured(house: Any, _: Done) -> Changes:
    def void(key: str, task: Any) -> Answer:
        house.cards["card"] += sum(done.units for done in house.captured if done.authorisation == task.authorisation)
        return house.void(key, task)  # type: ignore[no-any-return]

    return {"void": void}


def _captures_twice(house: Any, _: Done) -> Changes:
    def capture(key: str, task: Any) -> Answer:
        return APPROVED if task in house.captured else house.capture(key, task)

    return {"capture": capture}


def _voids_only_what_it_answered(house: Any, _: Done) -> Changes:
    unanswered: set[str] = set()

    def authorise(key: str, *rest: Any) -> Answer:
        try:
            return house.authorise(key, *rest)  # type: ignore[no-any-return]
        except NoAnswer:
            unanswered.add(key)
            raise

    def void(key: str, task: Any) -> Answer:
        return APPROVED if task.authorisation in unanswered else house.void(key, task)

    return {"authorise": authorise, "void": void}


CARDS: dict[str, Wrong] = {
    "an_authorisation_holds_its_amount": _holds_too_little,
    "one_key_holds_once": _forgets_keys("authorise", True),
    "a_bad_card_is_declined": _gives_no_reason("authorise"),
    "too_much_is_declined": _holds_what_there_is,
    "what_was_declined_stays_declined": _forgets_keys("authorise", False),
    "a_void_lets_go": _keeps_a_unit,
    "a_void_of_nothing_is_approved": _knows_no_void_of_nothing,
    "a_void_goes_before_what_comes_late": _forgets_an_early_void,
    "what_was_voided_is_not_captured": _captures_what_was_voided,
    "what_was_captured_is_not_let_go": _lets_go_of_what_was_captured,
    "one_authorisation_is_captured_once": _captures_twice,
    "an_authorisation_without_an_answer_can_be_voided": _voids_only_what_it_answered,
}


# accounts


def _takes(units: Callable[[int], int]) -> Wrong:
    """Charge another amount than was asked."""

    def wrong(accounts: Any, _: Done) -> Changes:
        return {"charge": lambda key, task, to: accounts.charge(key, evolve(task, units=units(task.units)), to)}

    return wrong


def _charges_one_for_all(accounts: Any, _: Done) -> Changes:
    """Take a later charge of the same for a repetition of the first."""
    first: dict[Any, str] = {}
    return {"charge": lambda key, *task: accounts.charge(first.setdefault(task, key), *task)}


def _takes_and_fails(accounts: Any, _: Done) -> Changes:
    def charge(key: str, *task: Any) -> Answer:
        try:
            return accounts.charge(key, *task)  # type: ignore[no-any-return]
        except NoAnswer:
            raise
        except GatewayError:
            accounts.charge(key, *task)
            raise

    return {"charge": charge}


def _takes_again_without_an_answer(accounts: Any, _: Done) -> Changes:
    unanswered: set[str] = set()

    def charge(key: str, *task: Any) -> Answer:
        try:
            return accounts.charge(key + "'" * (key in unanswered), *task)  # type: ignore[no-any-return]
        except NoAnswer:
            unanswered.add(key)
            raise

    return {"charge": charge}


ACCOUNTS: dict[str, Wrong] = {
    "a_charge_takes_its_amount": _takes(lambda units: units - 1 if units == 100_00 else units),
    "one_key_charges_once": _forgets_keys("charge", True),
    "two_keys_charge_twice": _charges_one_for_all,
    "a_bad_account_is_declined": _gives_no_reason("charge"),
    "too_much_is_declined": _takes(lambda units: min(units, 100_00)),
    "what_was_declined_stays_declined": _forgets_keys("charge", False),
    "a_charge_that_fails_takes_nothing": _takes_and_fails,
    "a_charge_whose_answer_is_lost_is_taken_once": _takes_again_without_an_answer,
}


# time and chance


def _clock(read: Callable[[int], datetime]) -> Callable[[], Any]:
    def make() -> Any:
        numbers = count()
        return Altered(ManualClock(START), {"now": lambda: read(next(numbers))})

    return make


def _entropy(token: Callable[[Any, int], Any]) -> Callable[[], Any]:
    def make() -> Any:
        inner = SeededEntropy(1)
        return Altered(inner, {"token": lambda size: token(inner, size)})

    return make


CLOCKS = {
    "the_present_is_aware": _clock(lambda _: START.replace(tzinfo=None)),
    "the_present_is_in_utc": _clock(lambda _: START.astimezone(timezone(timedelta(hours=1)))),
    "time_does_not_go_back": _clock(lambda number: START - timedelta(seconds=number)),
}

ENTROPY = {
    "as_many_bytes_as_asked": _entropy(lambda inner, size: inner.token(max(size, 1))),
    "no_token_comes_twice": _entropy(
        lambda inner, size: random.Random(size).randbytes(size) if size == 16 else inner.token(size)
    ),
    "every_byte_is_possible": _entropy(lambda inner, size: base64.b64encode(inner.token(size))[:size]),
}


# passwords


def _hasher(changes: Callable[[Any], Changes]) -> Callable[[], Any]:
    def make() -> Any:
        inner = ScryptHasher(cost=2)
        wrong = changes(inner)
        return _Decoyed(inner, wrong) if "decoy" in wrong else Altered(inner, wrong)

    return make


class _Decoyed:
    """A hasher with a decoy of its own."""

    def __init__(self, inner: Any, changes: Changes) -> None:
        self.hash, self.verify = inner.hash, inner.verify
        self.decoy = changes["decoy"]()


def _folds(password: str) -> str:
    return password.rstrip()


def _encodable(password: str) -> str:
    return password.encode().decode()


HASHERS = {
    "the_password_is_verified": _hasher(
        lambda inner: {"verify": lambda password, kept: "Zürich" not in password and inner.verify(password, kept)}
    ),
    "another_password_is_not_verified": _hasher(
        lambda inner: {"verify": lambda password, kept: inner.verify(_folds(password), kept)}
    ),
    "long_passwords_differ_to_the_end": _hasher(
        lambda inner: {
            "hash": lambda password, salt: inner.hash(password[:1000], salt),
            "verify": lambda password, kept: inner.verify(password[:1000], kept),
        }
    ),
    "any_text_can_be_a_password": _hasher(
        lambda inner: {"hash": lambda password, salt: inner.hash(_encodable(password), salt)}
    ),
    "the_salt_matters": _hasher(lambda inner: {"hash": lambda password, salt: inner.hash(password, bytes(16))}),
    "the_password_is_not_kept": _hasher(
        lambda inner: {
            "hash": lambda password, salt: f"{inner.hash(password, salt)} {password}",
            "verify": lambda password, kept: inner.verify(password, kept.split(" ")[0]),
        }
    ),
    "the_decoy_is_nobodys": _hasher(lambda inner: {"decoy": lambda: inner.hash("password", bytes(16))}),
}


def _staged(stage: Callable[[Wrong], Any], wrong: Wrong) -> Callable[[], Any]:
    return lambda: stage(wrong)


BROKEN_PARTIES: list[Broken] = [
    *(broken(ClearingHouseContract, law, _staged(card_stage, wrong)) for law, wrong in CARDS.items()),
    *(broken(AccountChargerContract, law, _staged(account_stage, wrong)) for law, wrong in ACCOUNTS.items()),
    *(broken(ClockContract, law, make) for law, make in CLOCKS.items()),
    *(broken(EntropyContract, law, make) for law, make in ENTROPY.items()),
    *(broken(PasswordHasherContract, law, make) for law, make in HASHERS.items()),
]
