"""The manager's analysis: who offered, sold and bought what, ranks, histories, and rating (spec M4, M8)."""

from brokerage.errors import InvalidChoice, UnknownMember
from brokerage.house import House
from brokerage.money import currency_exponent
from brokerage.pages import Listing, Page
from brokerage.rating import Rating
from brokerage.records.events import Role
from brokerage.records.numbers import BoxNumber
from brokerage.records.tallies import ALL_CATEGORIES, ALL_MEMBERS
from brokerage.services.analysis import CategoryRank, Figures, MemberRank, OfficeDeal, RankBy, RatingChange, UnsoldCount
from brokerage.services.analysis.headings import RATING_CHANGES
from brokerage.services.contacts import was_ever_member
from brokerage.services.inputs import choice, page_size, whole_number

__all__ = ["Analysis"]


class Analysis:
    """Analyses the market for the manager; get it as the office's ``analysis``.

    It reads running totals and never the offers or deals themselves; asking brings them up to date first, which costs
    by what has happened since the last time. A member of old keeps his or her figures under the box of then.
    """

    def __init__(self, house: House) -> None:
        self._house = house

    def member(self, box: BoxNumber) -> Listing[Figures]:
        """Return a member's figures, a line for each category and currency (spec M8).

        Args:
            box: whose; somebody who has offered nothing has none.

        Raises:
            UnknownMember: nobody has or had the box.
        """
        found = self._box(box)
        house = self._counted()
        return house.store.read(lambda tx: house.reports.member(tx, found))

    def category(self, category: str) -> Listing[Figures]:
        """Return the figures of a category over all members, a line for each currency (spec M8).

        Args:
            category: the category's code.

        Raises:
            UnknownCategory: there is no such category.
        """
        key = self._key(category)
        house = self._counted()
        return house.store.read(lambda tx: house.reports.category(tx, key))

    def totals(self, box: BoxNumber | None = None) -> Listing[Figures]:
        """Return the figures over all categories, a line for each currency (spec M8).

        Args:
            box: whose; ``None``: of all members together.

        Raises:
            UnknownMember: nobody has or had the box.
        """
        found = ALL_MEMBERS if box is None else self._box(box)
        house = self._counted()
        return house.store.read(lambda tx: house.reports.totals(tx, found))

    def category_ranks(self, by: RankBy = RankBy.SOLD, *, currency: str | None = None) -> Listing[CategoryRank]:
        """Return the ranks of categories, the greatest first; equal ones share a rank and come by code (spec M8).

        Args:
            by: what is ranked; categories that have nothing of it are left out.
            currency: an ISO 4217 code; ``None``: numbers over all currencies.

        Raises:
            InvalidChoice: ``by`` is none, or ranks amounts without a currency.
            UnknownCurrency: the currency is not known.
        """
        self._check(by, currency)
        house = self._counted()
        return house.store.read(lambda tx: house.reports.category_ranks(tx, by, currency))

    def member_ranks(
        self,
        by: RankBy = RankBy.SOLD,
        *,
        currency: str | None = None,
        category: str | None = None,
        size: int | None = None,
        after: str | None = None,
    ) -> Page[MemberRank]:
        """Return a page of the ranks of members, the greatest first; equal ones share a rank and come by box (spec M8).

        O(n log page) of the members with running totals.

        Args:
            by: what is ranked; members who have nothing of it are left out.
            currency: an ISO 4217 code; ``None``: numbers over all currencies.
            category: the code of the only category that counts; ``None``: all together.
            size: how many, 10 as the policy says.
            after: the ``next`` of the page before.

        Raises:
            InvalidChoice: ``by`` is none, or ranks amounts without a currency; or ``size`` is more than the policy's
                largest page, or no whole number above 0.
            UnknownCurrency: the currency is not known.
            UnknownCategory: there is no such category.
            InvalidCursor: ``after`` is no mark of this list.
        """
        self._check(by, currency)
        length = page_size(size, self._house.policy)
        place = self._house.reports.place(by, currency, key := self._key(category), after)
        house = self._counted()
        return house.store.read(lambda tx: house.reports.member_ranks(tx, by, currency, key, length, place))

    def unsold(self, category: str | None = None) -> Listing[UnsoldCount]:
        """Return how many sale offers ended without being sold, the most first, equal ones by code (spec M8).

        Args:
            category: the code of a category; ``None``: a line for each.

        Raises:
            UnknownCategory: there is no such category.
        """
        key = self._key(category)
        house = self._counted()
        return house.store.read(lambda tx: house.reports.unsold(tx, key))

    def history(self, box: BoxNumber, *, size: int | None = None, after: str | None = None) -> Page[OfficeDeal]:
        """Return a page of a member's buying and selling history with both prices, newest first (spec M8).

        O(log n + page).

        Args:
            box: whose.
            size: how many deals, 10 as the policy says.
            after: the ``next`` of the page before.

        Raises:
            UnknownMember: nobody has or had the box.
            InvalidCursor: ``after`` is no mark of this list.
            InvalidChoice: ``size`` is more than the policy's largest page, or no whole number above 0.
        """
        house, found, length = self._house, self._box(box), page_size(size, self._house.policy)
        return house.store.read(lambda tx: house.histories.of(tx, found, length, after))

    def rate(self, rating: Rating | None = None) -> Listing[RatingChange]:
        """Rate the members now, and return those whose factor changed, by box (spec M4).

        When it is done next by itself does not change. Factors that were set by hand stay; a new factor serves offers
        accepted from now on.

        Args:
            rating: how; ``None``: as the policy says.

        Raises:
            InvalidChoice: ``rating`` is none, and the policy has none either.
        """
        house, now = self._house, self._house.clock.now()
        chosen = house.policy.rating if rating is None else rating
        if not isinstance(chosen, Rating):
            raise InvalidChoice("rating", rating, "a Rating", "pass one, or give the policy one")
        return Listing(house.after(lambda: house.ratings.apply(chosen, Role.OFFICE, now)), RATING_CHANGES)

    def _counted(self) -> House:
        """Bring the running totals up to date."""
        self._house.tallying.catch_up(self._house.clock.now())
        return self._house

    def _box(self, box: object) -> BoxNumber:
        """Return a box that somebody has or had."""
        found = whole_number(box)
        if found is None or not self._house.store.read(lambda tx: was_ever_member(tx, BoxNumber(found))):
            raise UnknownMember(box)
        return BoxNumber(found)

    def _key(self, category: str | None) -> str:
        """Return the key of a category, or of all of them."""
        house = self._house
        return (
            ALL_CATEGORIES if category is None else house.store.read(lambda tx: house.categories.find(tx, category)).key
        )

    def _check(self, by: RankBy, currency: str | None) -> None:
        choice(by, "by", RankBy)
        if currency is not None:
            currency_exponent(currency)
        elif by.is_of_amounts:
            raise InvalidChoice("currency", None, "a currency to rank amounts in", 'pass its code, such as "USD"')
