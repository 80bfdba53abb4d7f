"""A member's account: what a member can do and see of the membership itself (spec M1–M8, X4, S4)."""

from brokerage.house import House
from brokerage.records.numbers import BoxNumber

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

    def allow_charging(self, account: str | None) -> None:
        """Let the broker charge an account for what the member decides (spec S4).

        Args:
            account: how the account charger knows the account; ``None``: none any more.

        Raises:
            InvalidText: the text is blank or too long.
        """
        house, now = self._house, self._house.clock.now()
        house.commit(lambda tx: house.membership.allow_charging(tx, self._box, account, now))
