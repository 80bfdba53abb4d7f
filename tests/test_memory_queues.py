"""The in-memory store's queues of what is due and its log of limits, at their edges."""

from collections.abc import Iterator
from typing import TypeVar

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from brokerage.adapters.memory.books import NUMBERS, DueQueue, LimitLog, number_of, pack

pytestmark = pytest.mark.once

BUCKET = 1 << 30
EDGES = [0, 1, BUCKET - 1, BUCKET, BUCKET + 1, 2 * BUCKET - 1, 2 * BUCKET, 5 * BUCKET, 2**56]
POINTS = st.one_of(st.sampled_from(EDGES), st.integers(0, 4 * BUCKET))

_Kept = TypeVar("_Kept")


class Watched(list[_Kept]):
    """A list that counts how often it was read at a place."""

    reads = 0

    def __getitem__(self, at):  # type: ignore[no-untyped-def]
        """Count, and read."""
        self.reads += 1
        return super().__getitem__(at)


def queue_of(times: dict[int, int]) -> DueQueue:
    """Return a queue into which times were pushed as they are."""
    queue = DueQueue(times.get)
    for number, point in times.items():
        queue.push(point, number)
    return queue


def test_numbers_in_places() -> None:
    """A place holds numbers up to forty bits, and gives back the one it was made of."""
    assert NUMBERS == 2**40 - 1
    assert [number_of(pack(3, number)) for number in (0, 1, 2**40 - 1)] == [0, 1, 2**40 - 1]


def test_what_is_due_at_the_edges_of_buckets() -> None:
    """What is due stands in the order of its points and numbers, wherever a bucket ends."""
    queue = queue_of(dict(enumerate(reversed(EDGES), start=1)))
    for count, point in enumerate(EDGES, start=1):
        last = len(EDGES)
        assert list(range(last, last - count, -1)) == queue.due(point, 99)
        assert list(range(last, last - count + 1, -1)) == queue.due(point - 1, 99)


def test_the_next_point_in_any_bucket() -> None:
    """The earliest point is found in whatever bucket it lies, also after earlier ones are gone."""
    times = dict(enumerate(EDGES))
    queue = queue_of(times)
    for number, point in enumerate(EDGES):
        assert point == queue.next()
        del times[number]
    assert queue.next() is None
    assert queue.due(2**60, 9) == []


def test_what_comes_into_an_opened_bucket() -> None:
    """What is pushed before, into, and right behind a bucket that was opened is due in its turn."""
    times = {1: 5 * BUCKET + 7}
    queue = queue_of(times)
    assert queue.due(5 * BUCKET + 9, 9) == [1]
    later = {2: 5 * BUCKET + 3, 3: BUCKET, 4: 6 * BUCKET - 1, 5: 6 * BUCKET, 6: 5 * BUCKET + 7}
    for number, point in later.items():
        times[number] = point
        queue.push(point, number)
    assert queue.next() == BUCKET
    assert queue.due(5 * BUCKET + 9, 9) == [3, 2, 1, 6]
    assert queue.due(6 * BUCKET - 1, 9) == [3, 2, 1, 6, 4]
    assert queue.due(6 * BUCKET, 9) == [3, 2, 1, 6, 4, 5]


def test_reading_takes_nothing_out() -> None:
    """What was read is still due, all of it or the first of it."""
    queue = queue_of({number: number * BUCKET // 2 for number in range(1, 7)})
    for limit in (0, 1, 3, 9, 2, 9):
        assert list(range(1, 7))[:limit] == queue.due(3 * BUCKET, limit)
    assert queue.next() == BUCKET // 2


@pytest.mark.parametrize("opened", [False, True])
def test_a_number_is_due_once(opened: bool) -> None:
    """A number that was pushed at one point several times is given once, and the ones behind it still come."""
    times = {1: 10, 2: 10, 3: 20}
    queue = queue_of(times)
    if opened:
        assert queue.due(30, 9) == [1, 2, 3]
    for number in (1, 2, 1, 3):
        queue.push(times[number], number)
    for _ in range(2):
        assert queue.due(30, 9) == [1, 2, 3]
        assert queue.due(30, 2) == [1, 2]


@pytest.mark.parametrize("opened", [False, True])
def test_a_number_whose_point_changed(opened: bool) -> None:
    """It is due at its new point, earlier, later or in another bucket, and never at an old one."""
    times = {1: 10, 2: 20, 3: BUCKET + 5, 4: BUCKET + 6}
    queue = queue_of(times)
    if opened:
        assert queue.due(2 * BUCKET, 9) == [1, 2, 3, 4]
    for number, point in ((1, BUCKET + 5), (3, 15), (4, BUCKET + 7)):
        times[number] = point
        queue.push(point, number)
    assert queue.next() == 15
    assert queue.due(19, 9) == [3]
    assert queue.due(BUCKET + 4, 9) == [3, 2]
    assert queue.due(BUCKET + 6, 9) == [3, 2, 1]
    assert queue.due(2 * BUCKET, 9) == [3, 2, 1, 4]


def test_a_number_that_is_due_no_more() -> None:
    """It is not given, and once it is due again it is, in its turn."""
    times = {1: 10, 2: 20, 3: 3 * BUCKET}
    queue = queue_of(times)
    del times[1], times[3]
    assert (queue.next(), queue.due(9 * BUCKET, 9)) == (20, [2])
    times[1], times[3] = 30, 3 * BUCKET
    queue.push(30, 1)
    queue.push(3 * BUCKET, 3)
    assert (queue.next(), queue.due(9 * BUCKET, 9)) == (20, [2, 1, 3])


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("push"), st.integers(1, 6), POINTS),
            st.tuples(st.just("forget"), st.integers(1, 6), st.just(0)),
            st.tuples(st.just("due"), st.integers(0, 4), POINTS),
            st.tuples(st.just("next"), st.just(0), st.just(0)),
        ),
        max_size=40,
    )
)
@example([("push", 1, BUCKET), ("due", 1, BUCKET), ("push", 2, 0), ("push", 2, BUCKET), ("due", 2, BUCKET)])
@settings(deadline=None, max_examples=150)
def test_a_queue_is_a_sorted_list(steps: list[tuple[str, int, int]]) -> None:
    """After any pushes and changes the queue gives what a sorted list of the present points gives."""
    times: dict[int, int] = {}
    queue = DueQueue(times.get)
    for kind, number, point in steps:
        if kind == "push":
            times[number] = point
            queue.push(point, number)
        elif kind == "forget":
            times.pop(number, None)
        elif kind == "due":
            expected = sorted((at, key) for key, at in times.items() if at <= point)
            assert [key for _, key in expected][:number] == queue.due(point, number)
        else:
            assert min(times.values(), default=None) == queue.next()


def test_a_bucket_is_opened_no_sooner_than_it_may_be_due() -> None:
    """What lies in later buckets is not asked about, however often the queue is read."""
    asked: list[int] = []
    times = {1: 10, 2: BUCKET, 3: 2 * BUCKET}

    def due_at(number: int) -> int | None:
        asked.append(number)
        return times.get(number)

    queue = DueQueue(due_at)
    for number, point in times.items():
        queue.push(point, number)
    assert asked == []
    assert queue.due(BUCKET - 1, 9) == [1]
    assert queue.next() == 10
    assert set(asked) == {1}
    assert queue.due(BUCKET, 9) == [1, 2]
    assert set(asked) == {1, 2}


def logged(limits: list[int]) -> LimitLog[str]:
    """Return a log of limits under the keys 10, 20, 30 and so on."""
    log: LimitLog[str] = LimitLog()
    for at, limit in enumerate(limits, start=1):
        log.add(10 * at, f"item {at}", limit)
    return log


def walked(log: LimitLog[str], above: int, up_to: int) -> Iterator[int]:
    """Yield the keys of all items above a key with limits up to one."""
    while (found := log.first(above, up_to)) is not None:
        above = found[0]
        yield above


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 8, 9, 11, 16, 17, 40])
def test_a_log_of_any_size(size: int) -> None:
    """From every key and for every limit the log finds what lies behind; its tree has at most four places an item."""
    limits = [(7 * at) % 11 for at in range(size)]
    log = logged(limits)
    assert len(log._least) <= 4 * size
    for above in range(0, 10 * size + 11, 5):
        for up_to in range(-1, 12):
            keys = [10 * at for at, limit in enumerate(limits, start=1) if 10 * at > above and limit <= up_to]
            assert keys == list(walked(log, above, up_to))


def test_an_empty_log() -> None:
    """Where nothing was logged, nothing is found."""
    empty: LimitLog[str] = LimitLog()
    assert empty.first(0, 10**15) is None


def test_what_is_removed_is_not_found() -> None:
    """A removed item is passed over, also where it had the least limit, and can be logged again with another one."""
    log = logged([5, 1, 3, 1, 9])
    log.remove(20)
    assert list(walked(log, 0, 5)) == [10, 30, 40]
    log.remove(40)
    assert list(walked(log, 0, 5)) == [10, 30]
    log.add(20, "again", 4)
    assert log.first(10, 4) == (20, "again")
    assert list(walked(log, 0, 3)) == [30]
    for key in (10, 20, 30, 50):
        log.remove(key)
    assert log.first(0, 10**15) is None


@pytest.mark.parametrize("wrong", [15, 60])
def test_only_what_is_there_can_be_removed(wrong: int) -> None:
    """A key between others, or above all, is a mistake of the caller's."""
    log = logged([5, 1, 3])
    with pytest.raises((AssertionError, IndexError)):
        log.remove(wrong)
    assert list(walked(log, 0, 9)) == [10, 20, 30]


def test_a_key_between_others_cannot_be_logged() -> None:
    """Keys only rise: one that would stand before the last is a mistake, and nothing is overwritten."""
    log = logged([5, 1, 3])
    with pytest.raises(AssertionError):
        log.add(15, "late", 0)
    assert log.first(0, 0) is None
    assert log.first(10, 9) == (20, "item 2")


def test_minima_stop_where_they_are_known() -> None:
    """A limit that changes no minimum above it costs a look at its neighbour and at the place above, and no more."""
    log = logged([0, *[9] * 63])
    tree = Watched(log._least)
    log._least = tree
    log.add(640, "again", 9)
    assert tree.reads == 2
    log.add(640, "less", 8)
    assert list(walked(log, 0, 8)) == [10, 640]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30), st.integers(0, 9)), max_size=60))
@settings(deadline=None, max_examples=100)
def test_a_log_that_is_changed_in_any_order(steps: list[tuple[bool, int, int]]) -> None:
    """After any additions, removals and additions again, every place of the tree is the least of those below it."""
    log, kept, last = LimitLog[int](), dict[int, int](), 0
    ever: list[int] = []
    for is_removed, choice, limit in steps:
        if is_removed and ever:
            key = ever[choice % len(ever)]
            if key in kept:
                log.remove(key)
                del kept[key]
            else:
                log.add(key, key, limit)
                kept[key] = limit
        else:
            last += 1 + choice
            log.add(last, last, limit)
            ever.append(last)
            kept[last] = limit
    tree = log._least
    assert [min(tree[2 * at], tree[2 * at + 1]) for at in range(1, len(tree) // 2)] == tree[1 : len(tree) // 2]
    for up_to in range(10):
        expected = next((key for key in sorted(kept) if kept[key] <= up_to), None)
        found = log.first(0, up_to)
        assert expected == (found[0] if found else None)
