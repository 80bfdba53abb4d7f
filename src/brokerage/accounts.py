"""What members may see of the membership itself: their data with all versions, and reasons to leave (spec M2, K2)."""

from datetime import datetime

from attrs import frozen

from brokerage.headings import ACCOUNTS, REASONS
from brokerage.records.contacts import Contact
from brokerage.records.members import FormerMember, Member, MemberKind
from brokerage.records.numbers import BoxNumber
from brokerage.records.withdrawals import WithdrawalReason
from brokerage.tables import Shown, Table

__all__ = ["AccountView", "ReasonView", "account_view", "reason_view"]


@frozen(repr=False)
class AccountView(Shown):
    """A version of a member's data, for the member: what the broker knows, and from when on it held."""

    box: BoxNumber
    kind: MemberKind
    name: str
    address: str
    telephone: str
    email: str
    bank_account: str
    charged_account: str | None
    member_since: datetime
    valid_from: datetime

    def table(self) -> Table:
        """Return the data as a table of one row."""
        known = self.box, self.kind.value, self.name, self.address, self.telephone, self.email
        accounts = self.bank_account, self.charged_account
        return ACCOUNTS.of([(*known, *accounts, self.member_since, self.valid_from)])


@frozen(repr=False)
class ReasonView(Shown):
    """A reason for leaving, for whoever may choose it."""

    code: str
    text: str

    def table(self) -> Table:
        """Return the reason as a table of one row."""
        return REASONS.of([(self.code, self.text)])


def account_view(member: Member | FormerMember, contact: Contact) -> AccountView:
    """Show a version of a member's data."""
    return AccountView(
        box=member.box,
        kind=member.kind,
        name=contact.name,
        address=contact.address,
        telephone=contact.telephone,
        email=contact.email,
        bank_account=contact.bank_account,
        charged_account=contact.charged_account,
        member_since=member.since,
        valid_from=contact.at,
    )


def reason_view(reason: WithdrawalReason) -> ReasonView:
    """Show a reason for leaving; how many left for it is the manager's."""
    return ReasonView(reason.code, reason.text)
