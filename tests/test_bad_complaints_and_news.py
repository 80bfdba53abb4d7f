"""Whatever is wrong with a complaint or with news is refused by a typed error and changes nothing (spec K3, M8)."""

from collections.abc import Callable
from typing import Any

import pytest

from brokerage.errors import (
    BrokerageError,
    InvalidChoice,
    InvalidCursor,
    InvalidText,
    LimitReached,
    UnknownCategory,
    UnknownDeal,
    UnknownMember,
    UnknownRecord,
)
from brokerage.records.complaints import ComplaintKind
from test_bad_input import CURSORS, Scene, scene
from wrong_values import NUMBERS, SIZES, Row, assert_refused, each

pytestmark = pytest.mark.once

LONG = "w" * 10_001
WORDS: list[Any] = ["", " \t", LONG, None, 5, b"text", "\ud800"]
SUBJECTS: list[Any] = [*WORDS, "s" * 201]
KINDS: list[Any] = [None, "payment", 5, ComplaintKind]
POINTS: list[Any] = [-1, 1_000_001, 10**400, True, 1.0, "5"]


def complain(place: Scene, **changes: Any) -> object:
    """File a complaint of the seller with something wrong in it."""
    right: dict[str, Any] = {"deal": place.made.number, "kind": ComplaintKind.DELAY, "text": "late"}
    return place.ann.complaints.file(**{**right, **changes})


def lodge(place: Scene, **changes: Any) -> object:
    """File a complaint of the manager's with something wrong in it."""
    right: dict[str, Any] = {"box": 1, "kind": ComplaintKind.DELAY, "text": "late"}
    return place.office.complaints.file(**{**right, **changes})


def write(place: Scene, **changes: Any) -> object:
    """Write news with something wrong in it."""
    return place.office.news.write(**{"subject": "News", "text": "It is so", **changes})


CASES: list[Row] = [
    *each("complain", NUMBERS, lambda s, v: complain(s, deal=v), UnknownDeal, "deal"),
    (
        "complain foreign", lambda s: s.eve.complaints.file(s.made.number, ComplaintKind.DELAY, "late"),
        UnknownDeal, "deal",
    ),
    *each("complain", KINDS, lambda s, v: complain(s, kind=v), InvalidChoice, "kind"),
    *each("complain", WORDS, lambda s, v: complain(s, text=v), InvalidText, "text"),
    *each("complain", ["", 5, "r" * 201], lambda s, v: complain(s, request_id=v), InvalidText, "request_id"),
    (
        "complain twice", lambda s: s.bob.complaints.file(s.made.number, ComplaintKind.DELAY, "late"),
        LimitReached, "complaints",
    ),
    *each("complaints", SIZES, lambda s, v: s.ann.complaints.page(size=v), InvalidChoice, "size"),
    *each("complaints", CURSORS, lambda s, v: s.ann.complaints.page(after=v), InvalidCursor, "after"),
    *each("lodge", NUMBERS, lambda s, v: lodge(s, box=v), UnknownMember, "box"),
    *each("lodge", KINDS, lambda s, v: lodge(s, kind=v), InvalidChoice, "kind"),
    *each("lodge", WORDS, lambda s, v: lodge(s, text=v), InvalidText, "text"),
    *each("lodge", [n for n in NUMBERS if n is not None], lambda s, v: lodge(s, deal=v), UnknownDeal, "deal"),
    ("lodge foreign deal", lambda s: lodge(s, box=3, deal=1), UnknownDeal, "deal"),
    *each("lodge", ["", 5, "r" * 201], lambda s, v: lodge(s, request_id=v), InvalidText, "request_id"),
    *each("correct", NUMBERS, lambda s, v: s.office.complaints.correct(v, points=1), UnknownRecord, "complaint"),
    *each("correct", KINDS[1:], lambda s, v: s.office.complaints.correct(1, kind=v), InvalidChoice, "kind"),
    *each("correct", POINTS, lambda s, v: s.office.complaints.correct(1, points=v), InvalidChoice, "points"),
    *each(
        "correct", [word for word in WORDS if word is not None],
        lambda s, v: s.office.complaints.correct(1, text=v), InvalidText, "text",
    ),
    ("correct annulled", lambda s: s.office.complaints.correct(2, points=1), UnknownRecord, "complaint"),
    *each("annul", NUMBERS, lambda s, v: s.office.complaints.annul(v, "no"), UnknownRecord, "complaint"),
    ("annul annulled", lambda s: s.office.complaints.annul(2, "no"), UnknownRecord, "complaint"),
    *each("annul", WORDS, lambda s, v: s.office.complaints.annul(1, v), InvalidText, "reason"),
    *each("of deal", NUMBERS, lambda s, v: s.office.complaints.of_deal(v), UnknownDeal, "deal"),
    *each("of member", NUMBERS, lambda s, v: s.office.complaints.of_member(v), UnknownMember, "box"),
    *each("of member", SIZES, lambda s, v: s.office.complaints.of_member(1, size=v), InvalidChoice, "size"),
    *each("of member", CURSORS, lambda s, v: s.office.complaints.of_member(1, after=v), InvalidCursor, "after"),
    *each("watched", SIZES, lambda s, v: s.office.complaints.watched(size=v), InvalidChoice, "size"),
    *each("write", SUBJECTS, lambda s, v: write(s, subject=v), InvalidText, "subject"),
    *each("write", WORDS, lambda s, v: write(s, text=v), InvalidText, "text"),
    *each("write", [5, "12", []], lambda s, v: write(s, boxes=v), InvalidChoice, "boxes"),
    *each("write", NUMBERS, lambda s, v: write(s, boxes=[1, v]), UnknownMember, "box"),
    ("write to too many", lambda s: write(s, boxes=[1] * 1001), LimitReached, "boxes"),
    ("write to both", lambda s: write(s, boxes=[1], category="goods"), InvalidChoice, "category"),
    ("write to no category", lambda s: write(s, category="nothing"), UnknownCategory, "category"),
    *each("write", ["", 5], lambda s, v: write(s, category=v), InvalidText, "category"),
    *each("write", ["yes", 1, None], lambda s, v: write(s, mail=v), InvalidChoice, "mail"),
    *each("write", ["", 5, "r" * 201], lambda s, v: write(s, request_id=v), InvalidText, "request_id"),
    *each("withdraw", NUMBERS, lambda s, v: s.office.news.withdraw(v), UnknownRecord, "news"),
    ("withdraw withdrawn", lambda s: s.office.news.withdraw(2), UnknownRecord, "news"),
    *each("all news", SIZES, lambda s, v: s.office.news.page(size=v), InvalidChoice, "size"),
    *each("all news", CURSORS, lambda s, v: s.office.news.page(after=v), InvalidCursor, "after"),
    *each("news", SIZES, lambda s, v: s.ann.news(size=v), InvalidChoice, "size"),
    *each("news", CURSORS, lambda s, v: s.ann.news(after=v), InvalidCursor, "after"),
    *each("mail", ["yes", 0], lambda s, v: s.bob.account.choose_mail(news=v), InvalidChoice, "mail_news"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "field"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_wrong_is_refused_and_changes_nothing(
    call: Callable[[Scene], object], error: type[BrokerageError], field: str
) -> None:
    """The error has its class, names the field, says what is possible and what to do, and the store is as it was."""
    place = scene()
    place.bob.complaints.file(place.made.number, ComplaintKind.COMMODITY, "broken")
    place.office.complaints.annul(place.office.complaints.file(1, ComplaintKind.DELAY, text="late").number, "no")
    place.office.news.write("First", "It was so")
    place.office.news.withdraw(place.office.news.write("Second", "It was not").number)
    assert_refused(place.made.world, lambda: call(place), error, field)


def test_the_longest_words_are_taken() -> None:
    """At their limits texts are taken: 10,000 characters, a subject of 200, and points of 1,000,000."""
    place = scene()
    complaint = place.ann.complaints.file(place.made.number, ComplaintKind.DELAY, LONG[:-1])
    assert place.office.complaints.correct(complaint.number, points=1_000_000).points == 1_000_000
    assert len(place.office.complaints.annul(complaint.number, LONG[:-1]).annulled) == 10_000
    written = place.office.news.write("s" * 200, LONG[:-1], boxes=[1] * 1000)
    assert (len(written.subject), len(written.text), written.boxes) == (200, 10_000, (1,))
