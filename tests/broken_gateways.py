"""Parties that each break one law of those that every gateway keeps."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from attrs import astuple, evolve

from broken_doubles import Broken, broken
from brokerage.adapters.memory import TakenOrder
from brokerage.errors import GatewayError, NoAnswer
from brokerage.ports import Answer
from brokerage.records.notices import BounceNotice, PaymentNotice
from brokerage.testing import (
    AccountChargerContract,
    ClearingHouseContract,
    Contract,
    DelivererContract,
    NotifierContract,
    PaymentAdviserContract,
    PayoutsContract,
)
from gateway_stages import Wrong, account_stage, adviser_stage, card_stage, carrier_stage, mail_stage, payout_stage

__all__ = ["BROKEN_GATEWAYS"]

Ask = Callable[..., Answer]
Done = Callable[[], Any]


def _says_no(ask: Ask, done: Done) -> Ask:
    return lambda key, *task: evolve(ask(key, *task), approved=False)


def _does_again(ask: Ask, done: Done) -> Ask:
    """Forget a key once it is answered."""
    answered: Counter[str] = Counter()

    def again(key: str, *task: Any) -> Answer:
        answer = ask(f"{key}/{answered[key]}", *task)
        answered[key] += 1
        return answer

    return again


def _answers_otherwise(ask: Ask, done: Done) -> Ask:
    asked: set[str] = set()

    def answer(key: str, *task: Any) -> Answer:
        given = ask(key, *task)
        if key in asked:
            return Answer(True, "again")
        asked.add(key)
        return given

    return answer


def _does_one_for_all(ask: Ask, done: Done) -> Ask:
    """Take every later key for a repetition of the first."""
    first: list[str] = []

    def only(key: str, *task: Any) -> Answer:
        first.append(key)
        return ask(first[0], *task)

    return only


def _after(
    is_case: Callable[[GatewayError, bool], bool],
    then: Callable[..., Answer],
    refuses: bool = False,
    forgets: bool = False,
) -> Callable[[Ask, Done], Ask]:
    """Do something where a call went wrong in a certain way; and perhaps refuse or forget its key from then on."""

    def wrong(ask: Ask, done: Done) -> Ask:
        marked: set[str] = set()

        def call(key: str, *task: Any) -> Answer:
            if key in marked and refuses:
                return Answer(False, "this key went wrong before")
            if key in marked and forgets:
                return ask(f"{key} again", *task)
            before = len(done())
            try:
                return ask(key, *task)
            except GatewayError as error:
                if is_case(error, len(done()) > before):
                    marked.add(key)
                    return then(ask, key, *task)
                raise

        return call

    return wrong


def _raise(error: type[GatewayError]) -> Callable[..., Answer]:
    def then(ask: Ask, key: str, *task: Any) -> Answer:
        raise error("party", "went wrong")

    return then


def _do_and_fail(ask: Ask, key: str, *task: Any) -> Answer:
    ask(key, *task)
    raise GatewayError("party", "went wrong")


def _failed(error: GatewayError, was_done: bool) -> bool:
    return not isinstance(error, NoAnswer)


def _answer_lost(error: GatewayError, was_done: bool) -> bool:
    return isinstance(error, NoAnswer) and was_done


def _call_lost(error: GatewayError, was_done: bool) -> bool:
    return isinstance(error, NoAnswer) and not was_done


ASKED_WRONGLY: dict[str, Callable[[Ask, Done], Ask]] = {
    "what_is_asked_is_done": _says_no,
    "one_key_is_one_deed": _does_again,
    "one_key_has_one_answer": _answers_otherwise,
    "two_keys_are_two_deeds": _does_one_for_all,
    "who_fails_says_so": _after(_failed, _raise(NoAnswer)),
    "who_fails_does_nothing": _after(_failed, _do_and_fail),
    "after_a_failure_the_same_key_is_done": _after(_failed, _raise(GatewayError), refuses=True),
    "a_lost_answer_is_no_answer": _after(_answer_lost, _raise(GatewayError)),
    "after_a_lost_answer_the_same_key_is_done_once": _after(_answer_lost, _raise(NoAnswer), forgets=True),
    "a_lost_call_is_no_answer": _after(_call_lost, _raise(GatewayError)),
    "after_a_lost_call_the_same_key_is_done_once": _after(_call_lost, _raise(NoAnswer), refuses=True),
}


def _asked(method: str, wrong: Callable[[Ask, Done], Ask]) -> Wrong:
    return lambda inner, done: {method: wrong(getattr(inner, method), done)}


# notices


def _reports_out_of_nothing(inner: Any, _: Done) -> dict[str, Callable[..., Any]]:
    seen: list[Any] = []

    def notices() -> list[Any]:
        seen.extend(inner.notices())
        return list(inner.notices()) if seen else [None]

    return {"notices": notices}


def _reports_two_at_most(inner: Any, _: Done) -> dict[str, Callable[..., Any]]:
    return {"notices": lambda: list(inner.notices())[:2]}


def _uses_an_id_twice(inner: Any, _: Done) -> dict[str, Callable[..., Any]]:
    def notices() -> list[Any]:
        given = list(inner.notices())
        return [*given[:2], *(evolve(notice, id=given[0].id) for notice in given[2:])]

    return {"notices": notices}


def _reports_twice_only(inner: Any, _: Done) -> dict[str, Callable[..., Any]]:
    reads: list[None] = []

    def notices() -> list[Any]:
        reads.append(None)
        return list(inner.notices()) if len(reads) <= 2 else []

    return {"notices": notices}


def _changes_what_it_reported(inner: Any, _: Done) -> dict[str, Callable[..., Any]]:
    reads: list[None] = []

    def notices() -> list[Any]:
        reads.append(None)
        return [evolve(notice, **_later(notice, len(reads))) for notice in inner.notices()]

    return {"notices": notices}


def _later(notice: Any, reads: int) -> dict[str, int]:
    """What a notice says after it was read some times."""
    field = "units" if hasattr(notice, "units") else "deal"
    return {field: getattr(notice, field) + reads}


def _keeps_the_last(inner: Any, _: Done) -> dict[str, Callable[..., Any]]:
    return {"confirm": lambda notice: inner.confirm(notice) if len(inner.notices()) > 1 else None}


def _confirms_all_of_a_kind(inner: Any, _: Done) -> dict[str, Callable[..., Any]]:
    return {
        "confirm": lambda notice: [inner.confirm(each) for each in inner.notices() if type(each) is type(notice)],
    }


def _knows_no_confirmed(inner: Any, _: Done) -> dict[str, Callable[..., Any]]:
    def confirm(notice: Any) -> None:
        if notice not in inner.notices():
            raise KeyError(notice.id)
        inner.confirm(notice)

    return {"confirm": confirm}


REPORTED_WRONGLY: dict[str, Wrong] = {
    "nothing_happened_nothing_is_reported": _reports_out_of_nothing,
    "what_happened_is_reported": _reports_two_at_most,
    "each_notice_has_its_own_id": _uses_an_id_twice,
    "a_notice_comes_again_until_it_is_confirmed": _reports_twice_only,
    "a_notice_stays_the_same": _changes_what_it_reported,
    "a_confirmed_notice_comes_no_more": _keeps_the_last,
    "confirming_one_leaves_the_others": _confirms_all_of_a_kind,
    "confirming_twice_is_harmless": _knows_no_confirmed,
}


def _reported_as(change: Callable[[Any], Any]) -> Wrong:
    """Report something else than what happened."""
    return lambda inner, _: {"notices": lambda: [change(each) for each in inner.notices()]}


def _as(kind: type[PaymentNotice | BounceNotice], other: Callable[..., Any]) -> Wrong:
    """Take what is of one kind for another kind."""

    def change(notice: Any) -> Any:
        return other(*astuple(notice)) if type(notice) is kind else notice

    return _reported_as(change)


def _renamed(field: str) -> Wrong:
    """Call what a notice is about by a name of one's own."""
    return _reported_as(lambda notice: evolve(notice, **{field: notice.id}) if hasattr(notice, field) else notice)


def _confirms_payments_only(inner: Any, _: Done) -> dict[str, Callable[..., Any]]:
    return {"confirm": lambda notice: inner.confirm(notice) if isinstance(notice, PaymentNotice) else None}


ADVISED_WRONGLY: dict[str, Wrong] = {
    **REPORTED_WRONGLY,
    "what_was_paid_in_is_a_payment": _as(PaymentNotice, BounceNotice),
    "what_came_back_is_a_bounce": _as(BounceNotice, PaymentNotice),
    "a_bounce_names_its_payout": _renamed("payout"),
    "a_confirmed_bounce_comes_no_more": _confirms_payments_only,
}

CHARGED_BACK_WRONGLY: dict[str, Wrong] = {
    **REPORTED_WRONGLY,
    "a_chargeback_names_its_authorisation": _renamed("authorisation"),
}


def _takes_what_was_recalled(inner: Any, _: Done) -> dict[str, Callable[..., Any]]:
    def order(key: str, task: Any, *ends: Any) -> Answer:
        answer: Answer = inner.order(key, task, *ends)
        if answer.approved:
            return answer
        inner.orders.append(TakenOrder(task.deal, *ends))
        return Answer(True)

    return {"order": order}


def _forgets_who_was_appointed(inner: Any, _: Done) -> dict[str, Callable[..., Any]]:
    return {"order": lambda key, task, *ends: inner.order(key, evolve(task, carrier=None), *ends)}


CARRIED_WRONGLY: dict[str, Wrong] = {
    **REPORTED_WRONGLY,
    "an_order_names_whoever_was_appointed": _forgets_who_was_appointed,
    "a_recall_goes_before_what_comes_late": _takes_what_was_recalled,
}

_ASKED: list[tuple[type[Contract], str, Callable[[Wrong], Any]]] = [
    (NotifierContract, "send", mail_stage),
    (PayoutsContract, "pay", payout_stage),
    (PayoutsContract, "refund", payout_stage),
    (DelivererContract, "order", carrier_stage),
    (DelivererContract, "recall", carrier_stage),
    (ClearingHouseContract, "refund", card_stage),
    (AccountChargerContract, "refund", account_stage),
]


_REPORTED: list[tuple[type[Contract], Callable[[Wrong], Any], dict[str, Wrong]]] = [
    (PaymentAdviserContract, adviser_stage, ADVISED_WRONGLY),
    (ClearingHouseContract, card_stage, CHARGED_BACK_WRONGLY),
    (DelivererContract, carrier_stage, CARRIED_WRONGLY),
]


def _made(stage: Callable[[Wrong], Any], wrong: Wrong) -> Callable[[], Any]:
    return lambda: stage(wrong)


BROKEN_GATEWAYS: list[Broken] = [
    broken(contract, law, _made(stage, _asked(method, wrong)))
    for contract, method, stage in _ASKED
    for law, wrong in ASKED_WRONGLY.items()
] + [
    broken(contract, law, _made(stage, wrong)) for contract, stage, wrongs in _REPORTED for law, wrong in wrongs.items()
]
