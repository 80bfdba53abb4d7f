"""Texts that no store could keep are refused, or replaced where refusing would do harm, whatever the store."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokerage import Card, Policy
from brokerage.adapters.memory import Mailbox, PretendBank
from brokerage.errors import GatewayError, InvalidChoice, InvalidText, JudgeError, ZoningError
from brokerage.judging import Assessed, Ranked
from brokerage.judging.assessing import ranking
from brokerage.policy import Carriage
from brokerage.ports import Answer, Transaction
from brokerage.records.effects import Mail
from brokerage.records.notices import PaymentNotice
from brokerage.records.withdrawals import WithdrawalReason
from brokerage.rules import checked_margin_rule
from brokerage.texts import as_kept, can_be_kept
from builders import DAY, world

UNKEPT = pytest.mark.parametrize("odd", ["a\0b", "\0", "a\ud800", "\udfffb"], ids=ascii)
OTHERS = "\N{REPLACEMENT CHARACTER}"


@given(st.text(st.characters(exclude_categories=()), max_size=20))
def test_what_can_be_kept_is_what_can_be_written(words: str) -> None:
    """A text can be kept if it can be written as UTF-8 without a zero, and what is kept in its place always can."""
    try:
        writable = b"\0" not in words.encode()
    except UnicodeEncodeError:
        writable = False
    assert can_be_kept(words) == writable
    assert can_be_kept(as_kept(words))
    assert len(as_kept(words)) == len(words)
    assert writable == (as_kept(words) == words)


@UNKEPT
def test_cards(odd: str) -> None:
    """A card's token is refused without being shown."""
    with pytest.raises(InvalidText) as caught:
        Card(odd)
    assert (caught.value.field, caught.value.value) == ("token", "(not shown)")


@UNKEPT
def test_names_in_the_policy(odd: str) -> None:
    """The names of a carrier, its account, the manager's address and the judges are refused by their fields."""
    with pytest.raises(InvalidText, match="carrier"):
        Carriage(odd, "1")
    with pytest.raises(InvalidText, match="bank_account"):
        Carriage("Carter", odd)
    with pytest.raises(InvalidText, match="manager_email"):
        Policy(manager_email=odd)
    with pytest.raises(InvalidText, match="judges"):
        Policy(judges={odd: Saying("")})


class Saying:
    """Something of the broker's own that says some words wherever it can."""

    def __init__(self, words: str) -> None:
        self.name = words

    def margin(self, _min_price: Any, _max_price: Any, _rate: Fraction) -> tuple[int, int]:
        """Take nothing."""
        return 0, 1

    def zone(self, _address: str) -> str:
        """Return the words."""
        return self.name

    def rank(self, bids: Sequence[Assessed]) -> Sequence[Ranked]:
        """Rank the bids as they came, for the words' sake."""
        return [Ranked(bid.bid, self.name) for bid in bids]


@UNKEPT
def test_rules_of_the_brokers_own(odd: str) -> None:
    """A margin rule's name, a zone and a judge's reason are refused, each by the error of its kind."""
    with pytest.raises(InvalidChoice, match="a margin rule"):
        checked_margin_rule(Saying(odd), "margin")
    with pytest.raises(ZoningError, match="NUL"):
        Policy(zoning=Saying(odd)).zone("1 Main Street")
    bid: Any = Any
    bid = type("Bid", (), {"bid": 1, "arrival": 1})()
    with pytest.raises(JudgeError, match="NUL"):
        ranking("mine", Saying(odd), [bid])
    assert ranking("mine", Saying("good"), [bid]) == (Ranked(bid.bid, "good"),)


@UNKEPT
def test_what_a_party_outside_answers(odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer counts whatever its words; what cannot be kept of them is replaced."""
    place = world()
    monkeypatch.setattr(Mailbox, "send", lambda mailbox, key, task, to: Answer(False, f"no: {odd}"))
    place.join("Ann").sell("goods", "Thing", min_price=1, currency="USD")
    [problem] = [effect.problem for effect in _mails(place)]
    assert can_be_kept(problem)
    assert problem.startswith("no: ")
    assert OTHERS in problem


class Frank(GatewayError):
    """A failure of an adapter's own, whose words are what the party outside said."""

    def __str__(self) -> str:
        return str(self.value)


@UNKEPT
def test_what_a_party_outside_raises(odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure's words are kept as far as they can be, and the effect is tried again."""
    place = world()

    def fail(mailbox: Mailbox, key: str, task: Mail, to: str) -> Answer:
        raise Frank("mail", odd)

    monkeypatch.setattr(Mailbox, "send", fail)
    place.join("Ann").sell("goods", "Thing", min_price=1, currency="USD")
    [problem] = [effect.problem for effect in _mails(place)]
    assert can_be_kept(problem)


def _mails(place: Any) -> list[Any]:
    kept = place.read(lambda tx: tx.journal.read(0, 1000))
    effects = {event.fact.key: event.fact for _, event in kept if hasattr(event.fact, "task")}
    return [effect for effect in effects.values() if isinstance(effect.task, Mail)]


@UNKEPT
@pytest.mark.parametrize("field", ["id", "reference"])
def test_notices_that_cannot_be_kept(odd: str, field: str) -> None:
    """A notice with such a text is not taken and not confirmed, and stops no other."""
    bank = PretendBank()
    place = world(bank=bank)
    notice = PaymentNotice("bank", odd if field == "id" else "n", odd if field == "reference" else "x", 5, "USD")
    bank._notices["odd"] = notice
    bank.deposit("unknown", 9200, "USD")
    report = place.wait(DAY)
    assert (report.notices, report.failed) == (1, 1)
    assert bank.notices() == [notice]


def test_any_other_character_is_kept(kept: Any) -> None:
    """Every store gives back every other character as it was, in a column of its own and in the journal."""
    odd = "".join(map(chr, (1, 9, 10, 13, 27, 34, 39, 92, 127, 133, 0x2028, 0xFEFF, 0xFFFF, 0x1F600))) + "\\N \\. %s :x"
    reason = WithdrawalReason(odd, "code", odd)

    def add(tx: Transaction) -> None:
        tx.reasons.add(reason)

    kept.run(add)
    assert kept.read(lambda tx: tx.reasons.get(odd)) == reason
