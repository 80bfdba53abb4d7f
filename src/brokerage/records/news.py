"""News: what the manager writes into members' boxes, one record an item, however many read it (spec M8)."""

from datetime import datetime
from typing import Any

from attrs import frozen

from brokerage.headings import OFFICE_NEWS
from brokerage.records.numbers import BoxNumber, NewsNumber
from brokerage.records.versions import next_version
from brokerage.tables import Shown, Table

__all__ = ["NO_NEWS", "News"]

NO_NEWS = NewsNumber(0)
"""Before the first item."""

_NO_BOX = BoxNumber(0)


@frozen(repr=False)
class News(Shown):
    """An item of news, and how far it was mailed.

    It goes to the members of ``boxes``; where these are none, to those with an offer listed in ``category``; where
    that is none, to everybody. Whoever became a member after it was written is not among them.

    Args:
        number: what it is called by; the numbers rise.
        at: when it was written.
        subject: its heading.
        text: its words.
        boxes: to whom it goes, by box.
        category: the code of the category that it is for.
        mailing: whether it is still to be mailed to members who asked for that.
        mailed: the box up to which it was mailed.
        withdrawn: whether the manager took it back.
        version: rises with each change.
    """

    number: NewsNumber
    at: datetime
    subject: str
    text: str
    boxes: tuple[BoxNumber, ...] = ()
    category: str | None = None
    mailing: bool = False
    mailed: BoxNumber = _NO_BOX
    withdrawn: bool = False
    version: int = 0

    @property
    def audience(self) -> str:
        """To whom it goes, in words."""
        if self.boxes:
            return "boxes " + ", ".join(map(str, self.boxes))
        return "everybody" if self.category is None else f"offers in {self.category}"

    def changed(self, **changes: Any) -> "News":
        """Return the next version, with some fields changed."""
        return next_version(self, **changes)

    def table(self) -> Table:
        """Return the item as a table of one row, for the manager."""
        words = self.number, self.at, self.subject, self.text, self.audience
        return OFFICE_NEWS.of([(*words, self.mailing, self.mailed or None, self.withdrawn)])
