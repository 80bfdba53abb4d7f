"""The manager's carriers and payment providers: who is registered, and whose terms stand where (spec N6)."""

from brokerage.house import House
from brokerage.money import currency_exponent
from brokerage.pages import Listing, Page
from brokerage.ports import Transaction
from brokerage.records.contractors import EVERYWHERE, Contractor, Trade
from brokerage.records.numbers import BoxNumber
from brokerage.services.inputs import page_size, text
from brokerage.services.tendering import service_trade
from brokerage.services.tendering.files import ContractorRow, TermsRow

__all__ = ["ContractorsOffice"]


class ContractorsOffice:
    """Where the manager keeps carriers and payment providers; get it as the office's ``contractors``."""

    def __init__(self, house: House) -> None:
        self._house = house

    def register(self, box: BoxNumber, trade: Trade) -> Contractor:
        """Register a member as a carrier or as a payment provider; one who is registered stays so.

        Args:
            box: whose.
            trade: ``Trade.CARRIER`` or ``Trade.PROVIDER``.

        Raises:
            InvalidChoice: the trade is neither.
            UnknownMember: nobody has the box.
        """
        house, now = self._house, self._house.clock.now()
        return house.commit(lambda tx: house.contractors.register(tx, box, trade, now))

    def remove(self, box: BoxNumber, trade: Trade) -> Contractor:
        """Take a contractor out: its bids are withdrawn, a question to it counts as declined, its standing terms end.

        For each of the terms that end the manager gets a case; and for each order that the contractor was appointed
        for and that is undecided, or has deals in flight. Orders and deals keep their charges.

        Args:
            box: whose.
            trade: of which trade.

        Raises:
            InvalidChoice: the trade is neither carriers nor payment providers.
            NotRegistered: the member is not registered for it.
        """
        house, now = self._house, self._house.clock.now()
        return house.commit(lambda tx: house.contractors.remove(tx, box, trade, now))

    def page(self, trade: Trade, *, size: int | None = None, after: str | None = None) -> Page[ContractorRow]:
        """Return a page of the contractors of a trade, by box.

        Args:
            trade: ``Trade.CARRIER`` or ``Trade.PROVIDER``.
            size: how many, 10 as the policy says.
            after: the ``next`` of the page before.

        Raises:
            InvalidCursor: ``after`` is no mark of this list.
            InvalidChoice: the trade is neither; ``size`` is more than the policy's largest page, or no whole number
                above 0.
        """
        house, length = self._house, page_size(size, self._house.policy)
        known = service_trade(trade)
        return house.store.read(lambda tx: house.tender_files.contractors(tx, known, length, after))

    def terms(self, trade: Trade, category: str, *, currency: str, zone: str = EVERYWHERE) -> Listing[TermsRow]:
        """Return the standing terms of a category and a zone, those that hold and those that will, by their beginning.

        Args:
            trade: ``Trade.CARRIER`` or ``Trade.PROVIDER``.
            category: the code of a category.
            currency: an ISO 4217 code.
            zone: one of those that the policy's ``zoning`` gives.

        Raises:
            InvalidChoice: the trade is neither.
            InvalidText: a text is none, or too long.
            UnknownCategory: there is no such category.
            UnknownCurrency: the currency is not known.
        """
        house, now, known = self._house, self._house.clock.now(), service_trade(trade)
        place = text(zone, "zone", house.policy.name_length, may_be_empty=True)
        currency_exponent(currency)

        def work(tx: Transaction) -> Listing[TermsRow]:
            code = house.categories.find(tx, category).code
            return house.tender_files.terms(tx, known, code, place, currency, now)

        return house.store.read(work)
