"""What every party outside keeps: it does nothing twice under one key, and what it reports comes again until confirmed.

A suite sees what happens outside through a *stage*: the adapter, and what the test has in its hands to watch the
party and to upset it. For a pretend party that is its lists and its temper; for a real one a server of the test's own.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import pytest
from attrs import frozen

from brokerage.adapters.memory.gateways import Mood
from brokerage.errors import GatewayError, NoAnswer
from brokerage.ports import Answer
from brokerage.testing.contracts.laws import Contract

__all__ = ["Deed", "GatewayContract", "Mood", "NoticesContract", "Stage"]

_Port = TypeVar("_Port")


@frozen(kw_only=True)
class Stage(Generic[_Port]):
    """A gateway on trial.

    Args:
        port: the adapter.
        done: returns the tasks that the party has done, in any order, each as often as it was done.
        expect: makes the party take the next calls in these moods, and all after them well.
    """

    port: _Port
    done: Callable[[], Sequence[object]]
    expect: Callable[..., object]


class _Watched(Protocol):
    """What the laws of keys need of a stage."""

    @property
    def done(self) -> Callable[[], Sequence[object]]: ...
    @property
    def expect(self) -> Callable[..., object]: ...


_Stage = TypeVar("_Stage", bound=_Watched)


@frozen
class Deed:
    """Something to be asked of a party: the task, and how it is asked under a key."""

    task: object
    ask: Callable[[str], Answer]


class GatewayContract(Contract, Generic[_Stage]):
    """What a party that is asked for something keeps, whatever it is asked for."""

    kinds: ClassVar[tuple[str, ...]] = ()
    """What can be asked of the party."""

    def deed(self, stage: _Stage, kind: str, number: int) -> Deed:
        """Return something to ask for that can be done; of one kind, another number is another task."""
        raise NotImplementedError

    def _deeds(self, stage: _Stage) -> list[tuple[str, Deed]]:
        return [(f"key of {kind}", self.deed(stage, kind, 1)) for kind in self.kinds]

    def test_what_is_asked_is_done(self, stage: _Stage) -> None:
        """The party does what it is asked, as it is asked, and says that it did."""
        for key, deed in self._deeds(stage):
            assert deed.ask(key).approved
            assert deed.task in stage.done()

    def test_one_key_is_one_deed(self, stage: _Stage) -> None:
        """Asked again under the same key, the party does nothing."""
        for key, deed in self._deeds(stage):
            before = len(stage.done())
            for _ in range(3):
                deed.ask(key)
            assert len(stage.done()) == before + 1

    def test_one_key_has_one_answer(self, stage: _Stage) -> None:
        """Asked again under the same key, the party answers what it answered first."""
        for key, deed in self._deeds(stage):
            first = deed.ask(key)
            assert [first, first] == [deed.ask(key), deed.ask(key)]

    def test_two_keys_are_two_deeds(self, stage: _Stage) -> None:
        """What is asked under a key of its own is done, however like an earlier task it is."""
        for kind in self.kinds:
            before = len(stage.done())
            for number in (1, 2):
                self.deed(stage, kind, number).ask(f"{kind} {number}")
            assert len(stage.done()) == before + 2

    def test_who_fails_says_so(self, stage: _Stage) -> None:
        """A party that fails raises what says that nothing was done: not that nobody knows."""
        for key, deed in self._deeds(stage):
            stage.expect(Mood.FAILING)
            with pytest.raises(GatewayError) as failure:
                deed.ask(key)
            assert not isinstance(failure.value, NoAnswer)

    def test_who_fails_does_nothing(self, stage: _Stage) -> None:
        """A party that fails has done nothing."""
        for key, deed in self._deeds(stage):
            before = len(stage.done())
            stage.expect(Mood.FAILING)
            with pytest.raises(GatewayError):
                deed.ask(key)
            assert len(stage.done()) == before

    def test_after_a_failure_the_same_key_is_done(self, stage: _Stage) -> None:
        """A key is not used up by a failure."""
        for key, deed in self._deeds(stage):
            before = len(stage.done())
            self._ask_in_vain(stage, deed, key, Mood.FAILING)
            deed.ask(key)
            assert len(stage.done()) == before + 1

    def test_a_lost_answer_is_no_answer(self, stage: _Stage) -> None:
        """Where the answer is lost, nobody pretends to know what happened."""
        for key, deed in self._deeds(stage):
            stage.expect(Mood.SLOW)
            with pytest.raises(NoAnswer):
                deed.ask(key)

    def test_after_a_lost_answer_the_same_key_is_done_once(self, stage: _Stage) -> None:
        """Where the answer is lost, asking again gives the answer and does nothing more."""
        for key, deed in self._deeds(stage):
            before = len(stage.done())
            self._ask_in_vain(stage, deed, key, Mood.SLOW)
            deed.ask(key)
            assert len(stage.done()) == before + 1

    def test_a_lost_call_is_no_answer(self, stage: _Stage) -> None:
        """Where the call itself is lost, nobody pretends to know that nothing happened."""
        for key, deed in self._deeds(stage):
            stage.expect(Mood.LOST)
            with pytest.raises(NoAnswer):
                deed.ask(key)

    def test_after_a_lost_call_the_same_key_is_done_once(self, stage: _Stage) -> None:
        """Where the call itself is lost, asking again does what was asked."""
        for key, deed in self._deeds(stage):
            before = len(stage.done())
            self._ask_in_vain(stage, deed, key, Mood.LOST)
            deed.ask(key)
            assert len(stage.done()) == before + 1

    def _ask_in_vain(self, stage: _Stage, deed: Deed, key: str, mood: Mood) -> None:
        stage.expect(mood)
        with pytest.raises(GatewayError):
            deed.ask(key)


class _Reporter(Protocol):
    """Whoever reports: the notices are the bank's, the clearing house's, or the carrier's."""

    def notices(self) -> Sequence[Any]: ...

    def confirm(self, notice: Any) -> None: ...


class _Reporting(Protocol):
    """What the laws of notices need of a stage: ``happen`` makes something happen that the party will report."""

    @property
    def port(self) -> _Reporter: ...
    @property
    def happen(self) -> Callable[[], object]: ...


class NoticesContract(Contract):
    """What a party that reports keeps: nothing that happened is reported never, and nothing confirmed again."""

    def test_nothing_happened_nothing_is_reported(self, stage: _Reporting) -> None:
        """A party that has nothing to report gives no notice."""
        assert list(stage.port.notices()) == []

    def test_what_happened_is_reported(self, stage: _Reporting) -> None:
        """Whatever happened is among the notices, one for each."""
        for _ in range(3):
            stage.happen()
        assert len(_ids(stage)) == 3

    def test_each_notice_has_its_own_id(self, stage: _Reporting) -> None:
        """No two things that happened share source and id."""
        for _ in range(3):
            stage.happen()
        assert len(set(_ids(stage))) == len(_ids(stage))

    def test_a_notice_comes_again_until_it_is_confirmed(self, stage: _Reporting) -> None:
        """Reading confirms nothing: what was not confirmed is there the next time."""
        stage.happen()
        assert [len(stage.port.notices()) for _ in range(3)] == [1, 1, 1]

    def test_a_notice_stays_the_same(self, stage: _Reporting) -> None:
        """A notice that comes again comes unchanged, so that it can be told from a new one."""
        stage.happen()
        assert set(stage.port.notices()) == set(stage.port.notices())

    def test_a_confirmed_notice_comes_no_more(self, stage: _Reporting) -> None:
        """What is safely kept is not reported again."""
        stage.happen()
        for notice in stage.port.notices():
            stage.port.confirm(notice)
        assert list(stage.port.notices()) == []

    def test_confirming_one_leaves_the_others(self, stage: _Reporting) -> None:
        """Only the notice that is confirmed is gone."""
        for _ in range(2):
            stage.happen()
        kept = sorted(stage.port.notices(), key=lambda notice: str(notice.id))
        stage.port.confirm(kept.pop())
        assert sorted(_ids(stage)) == sorted((notice.source, notice.id) for notice in kept)

    def test_confirming_twice_is_harmless(self, stage: _Reporting) -> None:
        """A notice that is confirmed a second time is no error."""
        stage.happen()
        [notice] = stage.port.notices()
        stage.port.confirm(notice)
        stage.port.confirm(notice)


def _ids(stage: _Reporting) -> list[tuple[str, str]]:
    return [(notice.source, notice.id) for notice in stage.port.notices()]
