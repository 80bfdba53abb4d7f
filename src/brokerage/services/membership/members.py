"""What stays and what changes while somebody is a member: data, choices, factors (spec M2, M4, S4, V2, X4)."""

from datetime import datetime
from typing import Any

from attrs import evolve, frozen

from brokerage.accounts import AccountView, account_view
from brokerage.errors import InvalidChoice, UnknownMember
from brokerage.headings import ACCOUNTS
from brokerage.money import exact_rate
from brokerage.pages import Listing
from brokerage.policy import Policy
from brokerage.ports import Series, Transaction
from brokerage.pricing import HIGHEST_FACTOR
from brokerage.records.contacts import Contact
from brokerage.records.events import Actor, Event, EventKind, Role
from brokerage.records.members import Member
from brokerage.records.numbers import BoxNumber, ContactNumber
from brokerage.records.versions import next_version
from brokerage.services.contacts import contact_of
from brokerage.services.inputs import choice, text, whole_number
from brokerage.services.membership.persons import Persons, check_reachable

__all__ = ["Membership", "member_of"]


def member_of(tx: Transaction, box: object) -> Member:
    """Return the member of a box; raises :class:`UnknownMember` if there is none, or no more."""
    found = whole_number(box)
    member = None if found is None else tx.members.get(BoxNumber(found))
    if member is None:
        raise UnknownMember(box)
    return member


@frozen
class Membership:
    """Keeps members' data, choices and factors."""

    policy: Policy
    persons: Persons

    def show(self, tx: Transaction, box: BoxNumber) -> AccountView:
        """Return a member's data as they are now."""
        member = member_of(tx, box)
        return account_view(member, contact_of(tx, member.contact))

    def versions(self, tx: Transaction, box: BoxNumber) -> Listing[AccountView]:
        """Return every version of a member's data, the first one first (M2)."""
        member = member_of(tx, box)
        return Listing([account_view(member, contact) for contact in tx.contacts.of_box(box)], ACCOUNTS)

    def correct(self, tx: Transaction, box: BoxNumber, changes: dict[str, Any], now: datetime) -> AccountView:
        """Correct a member's data by a new version; what deals have frozen stays (M2, S1).

        Who shares the new data with somebody is one person with him or her from now on (M9).

        Raises:
            InvalidText: a text is blank, too long, or not what it should be.
        """
        present = contact_of(tx, member_of(tx, box).contact)
        new = evolve(present, **changes)
        check_reachable(new, self.policy)
        if new != present:
            person = self.persons.recognise(tx, new, now, known_as=member_of(tx, box).person)
            member = member_of(tx, box)  # who was joined by it has a new version already
            number = self._version(tx, new, now)
            self._change(tx, member, box, now, EventKind.MEMBER_CORRECTED, contact=number, person=person)
        return self.show(tx, box)

    def set_factor(self, tx: Transaction, box: BoxNumber, factor: object, now: datetime) -> Member:
        """Set a member's commission factor by hand, for offers accepted from now on (M4).

        Rating leaves it alone until it is released: with ``None`` the member has the factor 1 until the next rating.

        Raises:
            InvalidRate: the factor is not an exact decimal from 0 to 1.
            UnknownMember: nobody has the box.
        """
        exact = HIGHEST_FACTOR if factor is None else exact_rate(factor, "factor", HIGHEST_FACTOR)
        return self._change(tx, member_of(tx, box), Role.OFFICE, now, factor=exact, factor_is_set=factor is not None)

    def allow_open_offers(self, tx: Transaction, box: BoxNumber, count: int | None, now: datetime) -> Member:
        """Give a member a limit of open offers of his or her own; ``None``: the policy's (V2).

        Raises:
            InvalidChoice: the count is not a whole number from 0.
            UnknownMember: nobody has the box.
        """
        if count is not None and (type(count) is not int or count < 0):
            raise InvalidChoice("count", count, "a whole number from 0", "pass one, or None")
        return self._change(tx, member_of(tx, box), Role.OFFICE, now, open_offers_allowed=count)

    def choose(
        self,
        tx: Transaction,
        box: BoxNumber,
        now: datetime,
        *,
        mail_candidates: bool | None = None,
        mail_deals: bool | None = None,
        mail_news: bool | None = None,
    ) -> Member:
        """Keep a member's choice of e-mails; ``None`` leaves a choice as it is (X4, M8)."""
        member = member_of(tx, box)
        given: dict[str, bool | None] = {
            "mail_candidates": mail_candidates,
            "mail_deals": mail_deals,
            "mail_news": mail_news,
        }
        chosen: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        for name, value in chosen.items():
            choice(value, name, bool)
        return self._change(tx, member, box, now, **chosen)

    def allow_charging(self, tx: Transaction, box: BoxNumber, account: str | None, now: datetime) -> Member:
        """Let the broker charge an account, or no account any more (S4)."""
        if account is not None:
            text(account, "account", self.policy.name_length)
        member = member_of(tx, box)
        present = contact_of(tx, member.contact)
        return self._change(
            tx, member, box, now, contact=self._version(tx, evolve(present, charged_account=account), now)
        )

    def _version(self, tx: Transaction, contact: Contact, now: datetime) -> ContactNumber:
        """Keep a contact under a number of its own."""
        number = ContactNumber(tx.numbers.next(Series.CONTACT))
        tx.contacts.add(evolve(contact, number=number, at=now, version=0))
        return number

    def _change(
        self,
        tx: Transaction,
        member: Member,
        by: Actor,
        now: datetime,
        kind: EventKind = EventKind.MEMBER_CHANGED,
        **changes: Any,
    ) -> Member:
        new = next_version(member, **changes)
        tx.members.replace(member, new)
        tx.journal.append(Event(now, by, kind, new))
        return new
