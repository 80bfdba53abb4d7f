"""A member's account: what a member can do and see of the membership itself (spec M1–M8, X4, S4)."""

from brokerage.house import House
from brokerage.overviews import HistoryRow
from brokerage.pages import Page
from brokerage.records.numbers import BoxNumber
from brokerage.services.inputs import page_size

__all__ = ["MemberAccount"]


class MemberAccount:
    """Acts for one member, as :class:`~brokerage.desks.market.MemberDesk` does; get it as that desk's ``account``."""

    def __init__(self, house: House, box: BoxNumber) -> None:
        self._house = house
        self._box = box

    def choose_mail(self, *, candidates: bool | None = None, deals: bool | None = None) -> None:
        """Choose to be told by e-mail (spec X4).

        Args:
            candidates: of offers that have a candidate; ``None`` leaves the choice as it is.
            deals: of every change of a deal's status; ``None`` leaves the choice as it is.

        Raises:
            InvalidChoice: a choice is neither true nor false nor ``None``.
        """
        house, now = self._house, self._house.clock.now()
        house.commit(
            lambda tx: house.membership.choose(tx, self._box, now, mail_candidates=candidates, mail_deals=deals)
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
