"""What a member is told beside offers and deals: the manager's news, and complaints (spec M8, K3).

The classes here have no field for who else is told, for who complained, or for the words in which somebody did.
"""

from datetime import datetime

from attrs import frozen

from brokerage.headings import COMPLAINTS, NEWS
from brokerage.records.complaints import Complaint, ComplaintKind
from brokerage.records.news import News
from brokerage.records.numbers import BoxNumber, ComplaintNumber, DealNumber, NewsNumber
from brokerage.tables import Shown, Table

__all__ = [
    "ANNULLED",
    "STANDS",
    "ComplaintAbout",
    "FiledComplaint",
    "NewsView",
    "complaint_about",
    "complaint_view",
    "filed_complaint",
    "news_view",
]

STANDS, ANNULLED = "Stands", "Annulled"
"""The statuses of a complaint."""


@frozen(repr=False)
class NewsView(Shown):
    """An item of news, as every member to whom it goes sees it."""

    number: NewsNumber
    at: datetime
    subject: str
    text: str

    def table(self) -> Table:
        """Return the item as a table of one row."""
        return NEWS.of([(self.number, self.at, self.subject, self.text)])


@frozen(repr=False)
class FiledComplaint(Shown):
    """A complaint as its complainant sees it: of which deal, of what, and whether it stands."""

    number: ComplaintNumber
    deal: DealNumber | None
    kind: ComplaintKind
    text: str
    at: datetime
    status: str

    def table(self) -> Table:
        """Return the complaint as a table of one row."""
        return COMPLAINTS.of(
            [(self.number, "Filed", self.deal, self.kind.value, None, self.text, self.at, self.status)]
        )


@frozen(repr=False)
class ComplaintAbout(Shown):
    """A complaint as the member whom it is about sees it: of which deal, of what, and how much it counts."""

    number: ComplaintNumber
    deal: DealNumber | None
    kind: ComplaintKind
    points: int
    at: datetime
    status: str

    def table(self) -> Table:
        """Return the complaint as a table of one row."""
        return COMPLAINTS.of(
            [(self.number, "About you", self.deal, self.kind.value, self.points, None, self.at, self.status)]
        )


def news_view(item: News) -> NewsView:
    """Show an item of news to a member."""
    return NewsView(item.number, item.at, item.subject, item.text)


def filed_complaint(complaint: Complaint) -> FiledComplaint:
    """Show a complaint to its complainant."""
    status = STANDS if complaint.stands else ANNULLED
    return FiledComplaint(complaint.number, complaint.deal, complaint.kind, complaint.text, complaint.at, status)


def complaint_about(complaint: Complaint) -> ComplaintAbout:
    """Show a complaint to the member whom it is about; nothing of the complainant goes in."""
    status = STANDS if complaint.stands else ANNULLED
    return ComplaintAbout(complaint.number, complaint.deal, complaint.kind, complaint.points, complaint.at, status)


def complaint_view(complaint: Complaint, box: BoxNumber) -> FiledComplaint | ComplaintAbout:
    """Show a complaint to the one or the other of its parties."""
    return filed_complaint(complaint) if box == complaint.complainant else complaint_about(complaint)
