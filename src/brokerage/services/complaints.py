"""Complaints: filed by a party of a deal or by the manager, counted against the respondent's person (spec K3).

Points, and how many complaints somebody filed, are running sums of the person, so nothing is ever added up.
"""

from datetime import datetime

from attrs import frozen

from brokerage.errors import InvalidChoice, LimitReached, UnknownDeal, UnknownMember, UnknownRecord
from brokerage.headings import COMPLAINTS, OFFICE_COMPLAINTS, WATCHED
from brokerage.mails import complaint_annulled, complaint_filed
from brokerage.messages import ComplaintAbout, FiledComplaint, complaint_about, complaint_view, filed_complaint
from brokerage.pages import Listing, Page, PageMarks
from brokerage.policy import Policy
from brokerage.ports import Series, Transaction
from brokerage.records.complaints import Complaint, ComplaintKind
from brokerage.records.events import Actor, Event, EventKind, Role
from brokerage.records.members import Person
from brokerage.records.numbers import BoxNumber, ComplaintNumber, DealNumber, PersonNumber
from brokerage.records.versions import next_version
from brokerage.services.effects import send
from brokerage.services.inputs import OFFICE, choice, remember_request, repeated_request, text, whole_number
from brokerage.services.market.offers import check_member
from brokerage.services.market.reading import own_deal
from brokerage.tables import Shown, Table, counted, joined

__all__ = ["ComplaintHistory", "Complaints", "Watched", "person_of"]

_OFFICE, _MEMBERS, _WATCHED = "all complaints", "complaints", "watched"
_MOST_POINTS = 1_000_000


def person_of(tx: Transaction, box: object) -> Person | None:
    """Return the person that a member is or was, ``None`` if nobody ever had the box."""
    found = whole_number(box)
    if found is None:
        return None
    number = BoxNumber(found)
    member = tx.members.get(number) or tx.former.get(number)
    person = None if member is None else tx.persons.get(member.person)
    while person is not None and person.joined_into is not None:
        person = tx.persons.get(person.joined_into)
    return person


@frozen(repr=False)
class ComplaintHistory(Shown):
    """A page of the complaints by and about a member, newest first, for the manager.

    ``points`` is the sum that counts against the member's person, under this and any other box, and ``filed`` how
    many standing complaints the person has filed. ``next`` is the mark of the page that follows.
    """

    box: BoxNumber
    points: int
    filed: int
    complaints: tuple[Complaint, ...]
    next: str | None = None

    def table(self) -> Table:
        """Return the page as one table; the sums stand in its title."""
        title = f"Box {self.box}: {counted(self.points, 'point')}, {counted(self.filed, 'complaint')} filed"
        return joined(OFFICE_COMPLAINTS, (complaint.table() for complaint in self.complaints), title)

    def __repr__(self) -> str:
        return repr(self.table())


@frozen(repr=False)
class Watched(Shown):
    """A person who filed more complaints than the policy lets pass unseen: under which boxes, how many, and how many
    points others' complaints about the person count."""

    person: PersonNumber
    boxes: tuple[BoxNumber, ...]
    filed: int
    points: int

    def table(self) -> Table:
        """Return the person as a table of one row."""
        return WATCHED.of([(self.person, ", ".join(map(str, self.boxes)), self.filed, self.points)])


@frozen
class Complaints:
    """Takes complaints, corrects and annuls them, and keeps the sums of the persons concerned."""

    policy: Policy
    marks: PageMarks

    def file(
        self,
        tx: Transaction,
        box: BoxNumber,
        deal: object,
        kind: ComplaintKind,
        words: str,
        now: datetime,
        request_id: str | None = None,
    ) -> FiledComplaint:
        """Take a complaint of a party of a deal about the other one. O(log n).

        Raises:
            UnknownMember: the member has left.
            UnknownDeal: the member has no such deal.
            InvalidChoice: the kind is none.
            InvalidText: the text is blank or too long.
            LimitReached: the member has filed a complaint about the deal before.
            RequestReused: the request id came before with other arguments.
        """
        arguments = deal, kind, words
        repeated = repeated_request(tx, box, request_id, "complain", arguments)
        if repeated is not None:
            return filed_complaint(self._complaint(tx, repeated[0]))
        check_member(tx, box)
        found = own_deal(tx, box, deal)
        self._check(kind, words)
        if any(complaint.complainant == box for complaint in tx.complaints.of_deal(found.number)):
            raise LimitReached("complaints", 2, "at most one complaint about a deal", "ask the manager to correct it")
        respondent = found.seller if box == found.buyer else found.buyer
        complaint = self._add(tx, box, respondent, found.number, kind, words, now)
        remember_request(tx, box, request_id, "complain", arguments, complaint.number)
        return filed_complaint(complaint)

    def lodge(
        self,
        tx: Transaction,
        box: object,
        deal: object,
        kind: ComplaintKind,
        words: str,
        now: datetime,
        request_id: str | None = None,
    ) -> Complaint:
        """Take a complaint of the manager about a member; about a deal too, unless that is ``None``. O(log n).

        Raises:
            UnknownMember: nobody has the box.
            UnknownDeal: the member has no such deal.
            InvalidChoice: the kind is none.
            InvalidText: the text is blank or too long.
            RequestReused: the request id came before with other arguments.
        """
        arguments = box, deal, kind, words
        repeated = repeated_request(tx, OFFICE, request_id, "complain", arguments)
        if repeated is not None:
            return self._complaint(tx, repeated[0])
        respondent = whole_number(box)
        if respondent is None or person_of(tx, respondent) is None:
            raise UnknownMember(box)
        number = None if deal is None else own_deal(tx, BoxNumber(respondent), deal).number
        self._check(kind, words)
        complaint = self._add(tx, None, BoxNumber(respondent), number, kind, words, now)
        remember_request(tx, OFFICE, request_id, "complain", arguments, complaint.number)
        return complaint

    def correct(
        self,
        tx: Transaction,
        number: object,
        kind: ComplaintKind | None,
        points: int | None,
        words: str | None,
        now: datetime,
    ) -> Complaint:
        """Correct a standing complaint; another kind without points gets the policy's. The sum follows. O(log n).

        Raises:
            UnknownRecord: no complaint under that number stands.
            InvalidChoice: the kind is none, or the points are no whole number from 0 to 1,000,000.
            InvalidText: the text is blank or too long.
        """
        old = self._standing(tx, number)
        self._check(old.kind if kind is None else kind, old.text if words is None else words)
        if points is None:
            points = old.points if kind in (None, old.kind) else self.policy.points_of(kind)
        if type(points) is not int or not 0 <= points <= _MOST_POINTS:
            raise InvalidChoice("points", points, f"a whole number from 0 to {_MOST_POINTS}", "choose another one")
        new = old.corrected(kind=kind or old.kind, points=points, text=old.text if words is None else words)
        self._put(tx, old, new, EventKind.COMPLAINT_CORRECTED, now)
        return new

    def annul(self, tx: Transaction, number: object, reason: str, now: datetime) -> Complaint:
        """Annul a standing complaint: its points count no more, and both sides are told. O(log n).

        Raises:
            UnknownRecord: no complaint under that number stands.
            InvalidText: the reason is blank or too long.
        """
        old = self._standing(tx, number)
        new = old.corrected(annulled=text(reason, "reason", self.policy.description_length))
        self._put(tx, old, new, EventKind.COMPLAINT_ANNULLED, now)
        for box in (new.complainant, new.respondent):
            member = None if box is None else tx.members.get(box)
            if member is not None:
                mail = complaint_annulled(member, complaint_view(new, member.box))
                send(tx, f"mail:complaint:{new.number}:annulled:{box}", mail, now)
        return new

    def of_deal(self, tx: Transaction, deal: object) -> Listing[Complaint]:
        """Return the complaints of a deal, by number; raises :class:`UnknownDeal` if there is no such deal."""
        found = whole_number(deal)
        if found is None or tx.deals.get(DealNumber(found)) is None:
            raise UnknownDeal(deal)
        return Listing(tx.complaints.of_deal(DealNumber(found)), OFFICE_COMPLAINTS)

    def of_member(self, tx: Transaction, box: object, size: int, after: str | None) -> ComplaintHistory:
        """Return a page of complaints by and about a member, with the sums of the person. O(log n + page).

        Raises:
            UnknownMember: nobody has the box.
        """
        found, person = whole_number(box), person_of(tx, box)
        if found is None or person is None:
            raise UnknownMember(box)
        complaints, mark = self._page(tx, BoxNumber(found), size, after, _OFFICE)
        return ComplaintHistory(BoxNumber(found), person.points, person.filed, complaints, mark)

    def page(
        self, tx: Transaction, box: BoxNumber, size: int, after: str | None
    ) -> Page[FiledComplaint | ComplaintAbout]:
        """Return a page of complaints by and about a member, as the member sees them. O(log n + page)."""
        complaints, mark = self._page(tx, box, size, after, _MEMBERS)
        return Page(tuple(complaint_view(complaint, box) for complaint in complaints), mark, headings=COMPLAINTS)

    def watched(self, tx: Transaction, size: int, after: str | None) -> Page[Watched]:
        """Return a page of the persons who filed more standing complaints than the policy says, most first.

        O(log n + page); nobody is watched where the policy says no number.
        """
        if self.policy.watch_complainants is None:
            return Page((), headings=WATCHED)
        mark = None if after is None else self.marks.read(_WATCHED, after, 2)
        start = None if mark is None else (mark[0], PersonNumber(mark[1]))
        persons = tx.persons.who_filed(self.policy.watch_complainants + 1, start, size + 1)
        rows = (Watched(one.number, _boxes(tx, one.number), one.filed, one.points) for one in persons[:size])
        last = persons[size - 1] if len(persons) > size else None
        return Page(
            tuple(rows),
            None if last is None else self.marks.write(_WATCHED, last.filed, last.number),
            headings=WATCHED,
        )

    def _check(self, kind: object, words: object) -> None:
        choice(kind, "kind", ComplaintKind)
        text(words, "text", self.policy.description_length)

    def _complaint(self, tx: Transaction, number: object) -> Complaint:
        found = whole_number(number)
        complaint = None if found is None else tx.complaints.get(ComplaintNumber(found))
        if complaint is None:
            raise UnknownRecord("complaint", number)
        return complaint

    def _standing(self, tx: Transaction, number: object) -> Complaint:
        complaint = self._complaint(tx, number)
        if not complaint.stands:
            raise UnknownRecord("complaint", number)
        return complaint

    def _add(
        self,
        tx: Transaction,
        complainant: BoxNumber | None,
        respondent: BoxNumber,
        deal: DealNumber | None,
        kind: ComplaintKind,
        words: str,
        now: datetime,
    ) -> Complaint:
        number, points = ComplaintNumber(tx.numbers.next(Series.COMPLAINT)), self.policy.points_of(kind)
        complaint = Complaint(number, complainant, respondent, deal, kind, points, words, now)
        tx.complaints.add(complaint)
        self._count(tx, None, complaint)
        by: Actor = Role.OFFICE if complainant is None else complainant
        tx.journal.append(Event(now, by, EventKind.COMPLAINT_FILED, complaint))
        member = tx.members.get(respondent)
        if member is not None:
            send(tx, f"mail:complaint:{number}", complaint_filed(member, complaint_about(complaint)), now)
        return complaint

    def _put(self, tx: Transaction, old: Complaint, new: Complaint, kind: EventKind, now: datetime) -> None:
        tx.complaints.replace(old, new)
        self._count(tx, old, new)
        tx.journal.append(Event(now, Role.OFFICE, kind, new))

    def _count(self, tx: Transaction, old: Complaint | None, new: Complaint) -> None:
        """Let the sums of both persons follow from what a complaint was to what it is."""
        was, is_now = old if old and old.stands else None, new if new.stands else None
        points = (is_now.points if is_now else 0) - (was.points if was else 0)
        filed = bool(is_now) - bool(was)
        for box, changes in ((new.respondent, (points, 0)), (new.complainant, (0, filed))):
            person = None if box is None else person_of(tx, box)
            if person is not None and any(changes):
                more, one = changes
                tx.persons.replace(person, next_version(person, points=person.points + more, filed=person.filed + one))

    def _page(
        self, tx: Transaction, box: BoxNumber, size: int, after: str | None, cursor: str
    ) -> tuple[tuple[Complaint, ...], str | None]:
        before = None if after is None else ComplaintNumber(self.marks.read(cursor, after, 1)[0])
        found = tx.complaints.of_member(box, before, size + 1)
        mark = self.marks.write(cursor, found[size - 1].number) if len(found) > size else None
        return tuple(found[:size]), mark


def _boxes(tx: Transaction, person: PersonNumber) -> tuple[BoxNumber, ...]:
    """The boxes that a person has or had. O(their number)."""
    present = [member.box for member in tx.members.of_person(person)]
    return tuple(sorted(present + [former.box for former in tx.former.of_person(person)]))
