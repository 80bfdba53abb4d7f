"""The manager's office.

Categories, factors, the transaction file, the ledger and the journal (spec K1, M4, X5, A5, V5).
"""

from collections.abc import Sequence

from brokerage.errors import UnknownDeal
from brokerage.headings import CATEGORY_TERMS, ENTRIES
from brokerage.house import House
from brokerage.money import Money, Rate, currency_exponent
from brokerage.office.analysis import Analysis
from brokerage.office.cases import DealCases
from brokerage.office.complaints import ComplaintsOffice
from brokerage.office.contractors import ContractorsOffice
from brokerage.office.items import ItemsOffice
from brokerage.office.members import MembersOffice
from brokerage.office.news import NewsOffice
from brokerage.office.orders import OrdersOffice
from brokerage.office.tenders import TendersOffice
from brokerage.pages import Listing
from brokerage.ports import Transaction
from brokerage.pricing import MarginRule
from brokerage.records.categories import Category, Fulfilment
from brokerage.records.deals import Deal
from brokerage.records.events import Event
from brokerage.records.ledger import Account, Entry
from brokerage.records.members import Member
from brokerage.records.numbers import BoxNumber, DealNumber, EntryNumber
from brokerage.services.analysis import CategoryOrder
from brokerage.services.inputs import choice, page_size, position, whole_number
from brokerage.services.market.transactions import TransactionPage
from brokerage.services.membership.members import member_of

__all__ = ["Office"]


class Office:
    """Where the manager works. What it shows is not for members.

    Its ``analysis`` is an :class:`~brokerage.office.analysis.Analysis`.
    What waits for the manager is at its ``cases``, a :class:`~brokerage.office.cases.DealCases`. Its ``members`` is a
    :class:`~brokerage.office.members.MembersOffice`, its ``complaints`` are a
    :class:`~brokerage.office.complaints.ComplaintsOffice`, its ``news`` a
    :class:`~brokerage.office.news.NewsOffice`. Items that are not yet on the market are at its ``items``, an
    :class:`~brokerage.office.items.ItemsOffice`; bids are called for at its ``tenders``, a
    :class:`~brokerage.office.tenders.TendersOffice`, what came of accepted bids is at its ``orders``, an
    :class:`~brokerage.office.orders.OrdersOffice`, and carriers and payment providers kept at its ``contractors``, a
    :class:`~brokerage.office.contractors.ContractorsOffice`.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self.analysis = Analysis(house)
        self.complaints = ComplaintsOffice(house)
        self.news = NewsOffice(house)
        self.cases = DealCases(house)
        self.members = MembersOffice(house)
        self.tenders = TendersOffice(house)
        self.contractors = ContractorsOffice(house)
        self.items = ItemsOffice(house)
        self.orders = OrdersOffice(house)

    def add_category(
        self,
        code: str,
        *,
        rate: Rate,
        name: str | None = None,
        group: str = "",
        margin: MarginRule | None = None,
        fulfilment: Fulfilment = Fulfilment.CARRIER,
    ) -> Category:
        """Open a category.

        Args:
            code: what members write; codes that differ only by case or compatibility form are one.
            rate: Rc, text such as ``"0.10"``, a Decimal or an int, from 0 to 0.5.
            name: the code, unless it has a better name.
            group: the group it belongs to.
            margin: its margin rule; the policy's by default.
            fulfilment: whether goods are carried or services performed.

        Raises:
            InvalidRate: the rate is no exact decimal from 0 to 0.5.
            InvalidText: a text is blank or too long.
            CategoryExists: the code is taken.
        """
        house, now = self._house, self._house.clock.now()
        return house.commit(lambda tx: house.categories.add(tx, code, rate, name, group, margin, fulfilment, now))

    def correct_category(
        self,
        code: str,
        *,
        rate: Rate | None = None,
        name: str | None = None,
        group: str | None = None,
        margin: MarginRule | None = None,
        fulfilment: Fulfilment | None = None,
    ) -> Category:
        """Correct a category, for offers and deals from now on.

        Args:
            code: which category.
            rate: the new Rc; as for :meth:`add_category`, and like every argument here ``None`` leaves it as it is.
            name: the new name.
            group: the new group.
            margin: the new margin rule.
            fulfilment: whether goods are carried or services performed.

        Raises:
            UnknownCategory: there is no such category.
            InvalidInput: as for :meth:`add_category`.
        """
        house, now = self._house, self._house.clock.now()
        return house.commit(lambda tx: house.categories.correct(tx, code, rate, name, group, margin, fulfilment, now))

    def delete_category(self, code: str) -> None:
        """Delete a category that nothing is open or in flight in.

        Raises:
            UnknownCategory: there is no such category.
            CategoryInUse: it has open offers or deals in flight.
        """
        house, now = self._house, self._house.clock.now()

        def work(tx: Transaction) -> None:
            house.categories.close(tx, code, now)
            house.categories.delete(tx, code, now)

        house.commit(work)

    def categories(self, *, order: CategoryOrder = CategoryOrder.BEST_SELLING) -> Listing[Category]:
        """Return every category, those of which most was sold first (spec M8).

        Args:
            order: best-selling first, equal ones by code; or all by code.

        Raises:
            InvalidChoice: the order is none.
        """
        house, now = self._house, self._house.clock.now()
        choice(order, "order", CategoryOrder)
        house.tallying.catch_up(now)
        return Listing(house.store.read(lambda tx: house.reports.categories(tx, order)), CATEGORY_TERMS)

    def set_factor(self, box: BoxNumber, factor: Rate | None) -> Member:
        """Set a member's commission factor Rm for offers accepted from now on (spec M4).

        Rating leaves a factor alone that was set by hand, until it is released.

        Args:
            box: whose.
            factor: text such as ``"0.9"``, a Decimal or an int, from 0 to 1; ``None`` releases the member to rating,
                with the factor 1 until it is applied next.

        Raises:
            UnknownMember: nobody has the box.
            InvalidRate: the factor is no exact decimal from 0 to 1.
        """
        house, now = self._house, self._house.clock.now()
        return house.commit(lambda tx: house.membership.set_factor(tx, box, factor, now))

    def allow_open_offers(self, box: BoxNumber, count: int | None) -> Member:
        """Give a member a limit of open offers of his or her own (spec V2).

        Args:
            box: whose.
            count: how many; ``None``: the policy's number.

        Raises:
            UnknownMember: nobody has the box.
            InvalidChoice: the count is not a whole number from 0.
        """
        house, now = self._house, self._house.clock.now()
        return house.commit(lambda tx: house.membership.allow_open_offers(tx, box, count, now))

    def member(self, box: BoxNumber) -> Member:
        """Return a member's record; raises ``UnknownMember`` if nobody has the box."""
        return self._house.store.read(lambda tx: member_of(tx, box))

    def deal(self, number: DealNumber) -> Deal:
        """Return a deal with everything in it; raises ``UnknownDeal`` if there is none."""
        deal = None
        if whole_number(number) is not None:
            deal = self._house.store.read(lambda tx: tx.deals.get(number))
        if deal is None:
            raise UnknownDeal(number)
        return deal

    def transactions(self, category: str, *, size: int | None = None, after: str | None = None) -> TransactionPage:
        """Return a page of a category's intermediary transaction file (spec X5, TABLE II).

        It lists the sales of the blind market with their candidates. Of items that are not yet on the market, what is
        reserved stands in ``items``, and who bids in ``tenders``.

        Args:
            category: the category's code.
            size: how many sales, 10 as the policy says.
            after: the ``next`` of the page before.

        Raises:
            UnknownCategory: there is no such category.
            InvalidCursor: ``after`` is no mark of this list.
            InvalidChoice: ``size`` is more than the policy's largest page, or no whole number above 0.
        """
        house, now = self._house, self._house.clock.now()
        length = page_size(size, house.policy)
        return house.store.read(
            lambda tx: house.transactions.page(tx, house.categories.find(tx, category), now, length, after)
        )

    def entries(self, *, after: EntryNumber | None = None, size: int | None = None) -> Listing[Entry]:
        """Return a page of the ledger's entries, which shows itself as a table of postings (spec A5).

        Args:
            after: the number of the last entry that was read, ``None`` to begin.
            size: how many, 10 as the policy says.

        Raises:
            InvalidChoice: ``after`` or ``size`` is no whole number of the right range.
        """
        length, start = (
            page_size(size, self._house.policy),
            EntryNumber(position(0 if after is None else after, "after")),
        )
        return Listing(self._house.store.read(lambda tx: tx.ledger.entries(start, length)), ENTRIES)

    def balance(self, account: Account, currency: str) -> Money:
        """Return the balance of an account; positive is a debit.

        Args:
            account: such as ``BANK``, ``REVENUE``, ``SUSPENSE`` or ``escrow_of(deal)``.
            currency: an ISO 4217 code.

        Raises:
            InvalidChoice: the account is none.
            UnknownCurrency: the currency is not known.
        """
        choice(account, "account", Account)
        currency_exponent(currency)
        return Money(self._house.store.read(lambda tx: tx.ledger.balance(account, currency)), currency)

    def events(self, *, after: int = 0, size: int | None = None) -> Sequence[tuple[int, Event]]:
        """Return a page of the journal's events, each with its position (spec V5).

        Args:
            after: the position of the last event that was read, 0 to begin.
            size: how many, 10 as the policy says.

        Raises:
            InvalidChoice: ``after`` or ``size`` is no whole number of the right range.
        """
        length, start = page_size(size, self._house.policy), position(after, "after")
        return self._house.store.read(lambda tx: tx.journal.read(start, length))
