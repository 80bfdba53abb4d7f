"""A member's account: what a member can do and see of the membership itself (spec M1–M8, X4, S4)."""

from brokerage.accounts import AccountView, ReasonView
from brokerage.house import House
from brokerage.overviews import HistoryRow
from brokerage.pages import Listing, Page
from brokerage.records.numbers import BoxNumber
from brokerage.services.inputs import page_size

__all__ = ["MemberAccount"]


class MemberAccount:
    """Acts for one member, as :class:`~brokerage.desks.market.MemberDesk` does; get it as that desk's ``account``."""

    def __init__(self, house: House, box: BoxNumber) -> None:
        self._house = house
        self._box = box

    def choose_mail(
        self, *, candidates: bool | None = None, deals: bool | None = None, news: bool | None = None
    ) -> None:
        """Choose to be told by e-mail (spec X4).

        Args:
            candidates: of offers that have a candidate, and of candidates that went to others where the policy says
                so; ``None`` leaves the choice as it is.
            deals: of every change of a deal's status; ``None`` leaves the choice as it is.
            news: of the manager's news; ``None`` leaves the choice as it is.

        Raises:
            InvalidChoice: a choice is neither true nor false nor ``None``.
        """
        house, now = self._house, self._house.clock.now()
        house.commit(
            lambda tx: house.membership.choose(
                tx, self._box, now, mail_candidates=candidates, mail_deals=deals, mail_news=news
            )
        )

    def history(self, *, size: int | None = None, after: str | None = None) -> Page[HistoryRow]:
        """Return a page of the member's buying and selling history, newest first (spec M8). O(log n + page).

        Args:
            size: how many deals, 10 as the policy says.
            after: the ``next`` of the page before.

        Raises:
            InvalidCursor: ``after`` is no mark of this list.
            InvalidChoice: ``size`` is more than the policy's largest page, or no whole number above 0.
        """
        house, length = self._house, page_size(size, self._house.policy)
        return house.store.read(lambda tx: house.histories.own(tx, self._box, length, after))

    def allow_charging(self, account: str | None) -> None:
        """Let the broker charge an account for what the member decides (spec S4).

        Args:
            account: how the account charger knows the account; ``None``: none any more.

        Raises:
            InvalidText: the text is blank or too long.
        """
        house, now = self._house, self._house.clock.now()
        house.commit(lambda tx: house.membership.allow_charging(tx, self._box, account, now))

    def show(self) -> AccountView:
        """Return the member's own data as the broker knows them (spec M2).

        Raises:
            UnknownMember: the member has left.
        """
        house = self._house
        return house.store.read(lambda tx: house.membership.show(tx, self._box))

    def versions(self) -> Listing[AccountView]:
        """Return every version of the member's data, the first one first (spec M2).

        Raises:
            UnknownMember: the member has left.
        """
        house = self._house
        return house.store.read(lambda tx: house.membership.versions(tx, self._box))

    def correct(
        self,
        *,
        name: str | None = None,
        address: str | None = None,
        telephone: str | None = None,
        email: str | None = None,
        bank_account: str | None = None,
    ) -> AccountView:
        """Correct the member's data; each correction is a version, and all are kept (spec M2).

        Deals keep the address that they were agreed with; money that is paid out from now on goes to the new account.
        Whoever shares the new data with a member, past or present, is one person with him or her for good (spec M9).

        Args:
            name: as for :meth:`Brokerage.register`, and like every argument here ``None`` leaves it as it is.
            address: the postal address.
            telephone: with at least one digit.
            email: with its @.
            bank_account: where the member is paid.

        Returns:
            The data as they are now; where nothing differs, there is no new version.

        Raises:
            InvalidText: a text is blank, too long, or not what it should be.
            UnknownMember: the member has left.
        """
        given = {
            "name": name,
            "address": address,
            "telephone": telephone,
            "email": email,
            "bank_account": bank_account,
        }
        changes = {field: value for field, value in given.items() if value is not None}
        house, now = self._house, self._house.clock.now()
        return house.commit(lambda tx: house.membership.correct(tx, self._box, changes, now))

    def reasons(self) -> Listing[ReasonView]:
        """Return the reasons for leaving that the manager offers (spec K2)."""
        return self._house.store.read(self._house.reasons.choices)

    def withdraw(self, reason: str) -> None:
        """Leave: open offers are cancelled, the box is closed, and the data go to the history (spec M3).

        Whoever comes back later gets a new box, and is recognised as the same person.

        Args:
            reason: the code of one of :meth:`reasons`.

        Raises:
            UnknownReason: no such reason is offered.
            DealsInFlight: a deal of the member has not ended.
            UnknownMember: the member has left before.
        """
        house, now = self._house, self._house.clock.now()
        house.commit(lambda tx: house.leaving.withdraw(tx, self._box, reason, now))

    def stay(self) -> None:
        """Answer that the membership is to go on, where the broker asks because there was no deal for long (spec M5).

        Raises:
            UnknownMember: the member has left, or was removed.
        """
        house, now = self._house, self._house.clock.now()
        house.commit(lambda tx: house.dormancy.stay(tx, self._box, now))
