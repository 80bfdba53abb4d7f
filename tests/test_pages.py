"""Marks of pages stand only where the broker set them."""

import base64

import pytest

from brokerage.errors import InvalidCursor
from brokerage.pages import PageMarks

MARKS = PageMarks(b"a key of the tests")


def altered(mark: str, old: str, new: str) -> str:
    """Return a mark with something else written in it, under the seal that it had."""
    text = base64.urlsafe_b64decode(mark).decode()
    assert old in text
    return base64.urlsafe_b64encode(text.replace(old, new).encode()).decode()


def test_a_mark_gives_its_position_back() -> None:
    """What was written is read, with what was sealed in."""
    mark = MARKS.write("list", 3, 17, bound=2)
    assert MARKS.read("list", mark, 2, lambda position: 2) == (3, 17)


@pytest.mark.parametrize(("old", "new"), [("17", "18"), ("3,", "4,"), ("list", "tail")])
def test_a_mark_that_was_altered_is_refused(old: str, new: str) -> None:
    """Another position or list under a genuine seal is no mark, so nobody can ask about a place not shown."""
    mark = altered(MARKS.write("list", 3, 17), old, new)
    with pytest.raises(InvalidCursor):
        MARKS.read("tail" if "tail" in new else "list", mark, 2)


def test_a_mark_whose_bound_has_changed_is_refused() -> None:
    """A mark no longer stands when what was sealed in with it is different."""
    with pytest.raises(InvalidCursor):
        MARKS.read("list", MARKS.write("list", 3, bound=1), 1, lambda position: 2)


def test_a_mark_of_another_broker_is_refused() -> None:
    """A mark made with another secret is no mark here."""
    with pytest.raises(InvalidCursor):
        MARKS.read("list", PageMarks(b"another key").write("list", 3), 1)
