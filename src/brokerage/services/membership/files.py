"""The members' files, for the manager: everything about one box, also of those who have left (spec M7)."""

from datetime import datetime
from decimal import Decimal
from itertools import islice

from attrs import frozen

from brokerage.accounts import AccountView, account_view
from brokerage.errors import UnknownMember
from brokerage.headings import MEMBERS
from brokerage.pages import Listing
from brokerage.ports import Series, Transaction
from brokerage.records.members import FormerMember, Member
from brokerage.records.numbers import BoxNumber, PersonNumber
from brokerage.services.contacts import contact_of
from brokerage.services.inputs import whole_number
from brokerage.services.membership.persons import root_of
from brokerage.tables import Shown, Table

__all__ = ["MemberFile", "MemberFiles"]


@frozen(repr=False)
class MemberFile(Shown):
    """What the broker knows of a box's member, or of whoever was its member.

    ``points`` are the person's, whatever boxes the person had (spec M1). ``left_at`` and ``reason`` are ``None`` while
    he or she is a member, ``forgotten_at`` until forgotten. ``versions`` are all versions of the data, the present or
    last one at the end.
    """

    box: BoxNumber
    person: PersonNumber
    points: int
    since: datetime
    left_at: datetime | None
    reason: str | None
    forgotten_at: datetime | None
    factor: Decimal
    last_deal_at: datetime | None
    present: AccountView
    versions: tuple[AccountView, ...]

    def table(self) -> Table:
        """Return the file as a table of one row."""
        data = self.present
        told = data.kind.value, data.name, data.address, data.telephone, data.email, data.bank_account
        times = self.since, self.left_at, self.reason
        rest = f"{self.factor:f}", self.points, self.last_deal_at, len(self.versions)
        return MEMBERS.of([(self.box, self.person, *told, *times, *rest)])


@frozen
class MemberFiles:
    """Reads members' files."""

    def show(self, tx: Transaction, box: object) -> MemberFile:
        """Return the file of a box; raises :class:`UnknownMember` if nobody has or had it."""
        found = whole_number(box)
        file = None if found is None else self._file(tx, BoxNumber(found))
        if file is None:
            raise UnknownMember(box)
        return file

    def page(self, tx: Transaction, after: int, size: int) -> Listing[MemberFile]:
        """Return the files of the next boxes by number. O(page), and one for each number that was left out."""
        files = (self._file(tx, BoxNumber(box)) for box in range(after + 1, tx.numbers.last(Series.BOX) + 1))
        return Listing(islice((file for file in files if file is not None), size), MEMBERS)

    def _file(self, tx: Transaction, box: BoxNumber) -> MemberFile | None:
        member: Member | FormerMember | None = tx.members.get(box) or tx.former.get(box)
        if member is None:
            return None
        former = member if isinstance(member, FormerMember) else None
        going = former or tx.activities.get(box)
        return MemberFile(
            box=box,
            person=member.person,
            points=root_of(tx, member.person).points,
            since=member.since,
            left_at=former.left_at if former else None,
            reason=former.reason if former else None,
            forgotten_at=former.forgotten_at if former else None,
            factor=member.factor,
            last_deal_at=going.last_deal_at if going else None,
            present=account_view(member, contact_of(tx, member.contact)),
            versions=tuple(account_view(member, contact) for contact in tx.contacts.of_box(box)),
        )
