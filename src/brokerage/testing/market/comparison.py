"""What must be the same in the broker and in the naive market, whatever has happened in both."""

from typing import Any

from hypothesis.stateful import invariant

from brokerage.boxes import BuyersDeal, CandidateView, PurchaseView, SaleView
from brokerage.desks import MemberDesk
from brokerage.records.ledger import BANK, REVENUE, SUSPENSE, Debtor, debt_of, escrow_of, refunds_of
from brokerage.records.members import Activity
from brokerage.records.numbers import BoxNumber, DealNumber, EntryNumber, OfferNumber
from brokerage.testing.market.naive_market import Deal, Offer
from brokerage.testing.market.naive_records import ENDED
from brokerage.testing.market.side_by_side import PAGE, TwoMarkets
from brokerage.testing.strategies import CURRENCIES

__all__ = ["MarketComparison"]


class MarketComparison(TwoMarkets):
    """Compares all that anybody can see in both markets."""

    # what is the same

    @invariant()
    def boxes_agree(self) -> None:
        """Every member sees the same offers, statuses, candidates, losses and deals."""
        for desk in self.desks:
            box = desk.box()
            sales = [offer for offer in self.naive.shown(desk.number) if offer.is_sale]
            purchases = [offer for offer in self.naive.shown(desk.number) if not offer.is_sale]
            assert [self.sale_row(view) for view in box.sales] == [self.naive_sale(offer) for offer in sales]
            assert [self.purchase_row(v) for v in box.purchases] == [self.naive_purchase(offer) for offer in purchases]
            assert (box.sale_count, box.purchase_count) == (len(sales), len(purchases))
            for offer in purchases:
                self.candidates_agree(desk, offer)
            self.deals_agree(desk)

    def candidates_agree(self, desk: MemberDesk, offer: Offer) -> None:
        """A purchase's candidates are the same whole and by pages of two."""
        expected = [
            (pair.sale.number, *self.naive_amounts(offer, pair.buying), pair.sale.name)
            for pair in self.naive.candidates(offer.number)
        ]
        number = OfferNumber(offer.number)
        whole = desk.candidates(number, size=1000)
        assert expected == [(v.sale, *amounts(v), v.name) for v in whole]
        pages, after, turned = [], None, 0
        while turned == 0 or after is not None:
            page = desk.candidates(number, size=2, after=after)
            pages += list(page)
            after, turned = page.next, turned + 1
            assert len(page) == 2 or after is None
        assert list(whole) == pages

    def deals_agree(self, desk: MemberDesk) -> None:
        """A member's deals are the same, newest first, by pages of two."""
        views, after, turned = [], None, 0
        while turned == 0 or after is not None:
            page = desk.deals(size=2, after=after)
            views += list(page)
            after, turned = page.next, turned + 1
        expected = [self.naive_deal(deal, desk.number) for deal in self.naive.deals_of(desk.number)]
        assert expected == [self.deal_row(view) for view in views]

    @invariant()
    def mails_agree(self) -> None:
        """The same members were told the same number of times of the same offers."""
        sent = []
        for mail in self.mailbox.sent:
            words = mail.subject.replace(":", "").split()
            if words[1:2] == ["offer"]:
                sent.append((mail.box, "ended" if words[-1] == "ended" else "candidate", int(words[2])))
        assert sorted(self.naive.mails) == sorted(sent)

    @invariant()
    def office_agrees(self) -> None:
        """The transaction file has the same pairs at the same prices, and everyone may see the same unsold goods."""
        for code in self.naive.categories:
            rows = {row.sale: row for row in self.broker.office.transactions(code, size=1000).rows}
            listed = [offer for offer in self.naive.offers if offer.is_sale and offer.category == code]
            listed = [offer for offer in listed if offer in self.naive.shown(offer.box)]
            assert [offer.number for offer in listed] == list(rows)
            for offer in listed:
                row = rows[OfferNumber(offer.number)]
                shown = sorted(
                    (c.purchase, c.buyer, c.selling_price.units, c.buying_price.units) for c in row.candidates
                )
                assert (row.status, shown) == (self.naive.sale_words(offer), self.naive_pairs(offer))
            unsold = self.desks[0].unsold(code, size=1000)
            assert [offer.number for offer in self.naive.unsold(code)] == [view.number for view in unsold]

    @invariant()
    def books_agree(self) -> None:
        """Every posting balances, and every account holds what it should."""
        postings, after = [], EntryNumber(0)
        while entries := self.broker.office.entries(after=after, size=1000):
            postings += [posting for entry in entries for posting in entry.postings]
            after = entries[-1].number
        for currency in (*CURRENCIES, "EUR"):
            assert sum(posting.units for posting in postings if posting.currency == currency) == 0
            for account in (BANK, REVENUE, SUSPENSE):
                balance = self.broker.office.balance(account, currency).units
                assert self.naive.balance(str(account), currency) == balance
        for deal in self.naive.deals:
            number, currency = DealNumber(deal.number), deal.sale.currency
            escrow = self.naive.balance(f"escrow {deal.number}", currency)
            assert escrow == self.broker.office.balance(escrow_of(number), currency).units
            assert self.broker.office.balance(refunds_of(number), currency).units == 0
            assert deal.state not in ENDED or escrow == 0
            for debtor in Debtor:
                account = debt_of(debtor, number)
                assert self.naive.balance(str(account), currency) == self.broker.office.balance(account, currency).units

    @invariant()
    def charges_agree(self) -> None:
        """Every deal is charged with the same amounts, for the same purposes, and members get the same of them."""
        for deal in self.naive.deals:
            charges = self.broker.office.deal(DealNumber(deal.number)).charges
            share, commission = (deal.sale.box, deal.selling, "seller's share"), deal.buying - deal.selling
            fees = [(fee.box, fee.units, fee.purpose) for fee in deal.fees]
            assert [share, (None, commission, "commission"), *fees] == [
                (charge.payee.box, charge.units, charge.purpose.value) for charge in charges
            ]

    @invariant()
    def activities_agree(self) -> None:
        """The counts that guard a member's limits are the numbers of open offers and of deals in flight."""
        for desk in self.desks:
            box = desk.number
            activity = self._activity(box)
            assert activity is not None
            counts = self.naive.open_offers(box), self.naive.deals_in_flight(box)
            assert counts == (activity.open_offers, activity.deals_in_flight)

    def _activity(self, box: BoxNumber) -> Activity | None:
        return self.store.read(lambda tx: tx.activities.get(box))

    # how it is read

    def sale_row(self, view: SaleView) -> tuple[object, ...]:
        """Return what a sale's row shows."""
        price = view.selling_price.units if view.selling_price else None
        return view.number, view.status, view.min_price.units, view.limit, view.purchase, price, view.deal

    def naive_sale(self, offer: Offer) -> tuple[object, ...]:
        """Return what a sale's row should show."""
        deal = self.naive.deals[offer.deal - 1] if offer.deal else None
        ends = (deal.purchase.number, deal.selling, deal.number) if deal else (None, None, None)
        return offer.number, self.naive.sale_words(offer), offer.price, offer.limit, *ends

    def purchase_row(self, view: PurchaseView) -> tuple[object, ...]:
        """Return what a purchase's row shows."""
        candidates = [(v.sale, v.status, *amounts(v)) for v in (*view.candidates, *view.lost)]
        return view.number, view.status, view.max_price.units, view.limit, candidates, view.deal

    def naive_purchase(self, offer: Offer) -> tuple[object, ...]:
        """Return what a purchase's row should show."""
        if offer.deal:
            deal = self.naive.deals[offer.deal - 1]
            status = "Purchase Failed" if deal.state in ENDED[1:] else "Purchase Decided"
            rows = [(deal.sale.number, status, *deal_amounts(deal))]
        else:
            pairs = [(pair, "Purchase Undecided") for pair in self.naive.candidates(offer.number)][:PAGE]
            pairs += [(pair, "Purchase Failed") for pair in self.naive.lost(offer.number)][:PAGE]
            rows = [(pair.sale.number, status, *self.naive_amounts(offer, pair.buying)) for pair, status in pairs]
        return offer.number, self.naive.purchase_words(offer), offer.price, offer.limit, rows, offer.deal

    def naive_amounts(self, offer: Offer, price: int) -> tuple[int, int, int, int]:
        """Return price, carriage, payment fee and total that a candidate should show."""
        fees = {fee.purpose: fee.units for fee in self.naive.fees_of(offer, price)}
        return price, fees.get("carriage", 0), fees.get("payment fee", 0), self.naive.total(offer, price)

    def naive_pairs(self, offer: Offer) -> list[tuple[int, int, int, int]]:
        """Return the candidate rows of the transaction file that a sale should have."""
        if offer.deal:
            deal = self.naive.deals[offer.deal - 1]
            return [(deal.purchase.number, deal.purchase.box, deal.selling, deal.buying)]
        pairs = self.naive.buyers_of(offer.number)
        return sorted((pair.purchase.number, pair.purchase.box, pair.selling, pair.buying) for pair in pairs)

    def deal_row(self, view: Any) -> tuple[object, ...]:
        """Return what a deal's party sees of it."""
        rows = view.number, view.sale, view.purchase, view.status, view.counterpart is not None
        if isinstance(view, BuyersDeal):
            return *rows, *amounts(view), view.refunded.units
        return *rows, view.selling_price.units

    def naive_deal(self, deal: Deal, box: int) -> tuple[object, ...]:
        """Return what a deal's party should see of it."""
        rows = deal.number, deal.sale.number, deal.purchase.number
        if box == deal.purchase.box:
            return *rows, self.naive.buyers_words(deal), deal.was_paid, *deal_amounts(deal), deal.refunded
        return *rows, self.naive.sellers_words(deal), deal.was_paid, deal.selling


def amounts(view: CandidateView | BuyersDeal) -> tuple[int, int, int, int]:
    """Return price, carriage, payment fee and total as a buyer sees them."""
    return view.price.units, view.carriage.units, view.payment_fee.units, view.total.units


def deal_amounts(deal: Deal) -> tuple[int, int, int, int]:
    """Return price, carriage, payment fee and total that the buyer of a deal should see."""
    return deal.buying, deal.fee("carriage"), deal.fee("payment fee"), deal.owed
