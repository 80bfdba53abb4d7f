"""How deals of the naive market end badly: refunds, disputes, returns, chargebacks, and what parties then owe."""

from datetime import timedelta

from brokerage.testing.market.naive_matching import NaiveMatching
from brokerage.testing.market.naive_pricing import parts
from brokerage.testing.market.naive_records import ENDED, Deal, Refused

__all__ = ["NaiveEndings"]

_FILED_AFTER, _ANSWER, _DECISION, _RETURN = (timedelta(days=days) for days in (30, 7, 30, 14))


class NaiveEndings(NaiveMatching):
    """The lists of the market, where deals are disputed, undone, and paid back."""

    def call_off(self, box: int, number: int) -> None:
        """A party wants to call a deal off; once both do, it is."""
        deal = self._party(box, number)
        self._overdue(deal)
        if deal.state not in ("agreed", "paid"):
            raise Refused("WrongStep")
        deal.wishes.add(box)
        if len(deal.wishes) == 2:
            self._refund(deal, "cancelled")

    def dispute(self, box: int, number: int) -> None:
        """A party disputes a deal."""
        deal = self._party(box, number)
        self._overdue(deal)
        if deal.state not in ("paid", "collected", "delivered"):
            raise Refused("WrongStep")
        self._begin_dispute(deal, {box})

    def answer(self, box: int, number: int) -> None:
        """A party says something in a dispute."""
        deal = self._party(box, number)
        self._overdue(deal)
        if deal.state != "disputed":
            raise Refused("WrongStep")
        if box not in deal.spoken:
            deal.spoken.add(box)
            if len(deal.spoken) == 2 and deal.disputed_at is not None:
                deal.deadline = deal.disputed_at + _DECISION

    def send_back(self, box: int, number: int) -> None:
        """A buyer sends back what was delivered."""
        deal = self._party(box, number)
        if deal.purchase.box != box:
            raise Refused("UnknownDeal")
        self._overdue(deal)
        if deal.state != "delivered" or deal.performed:
            raise Refused("WrongStep")
        self._state(deal, "returning")
        deal.was_sent_back, deal.deadline = True, self.now + _RETURN

    def decide_dispute(self, number: int, refund: int | None) -> None:
        """The manager refunds an amount (``None``: releases; -1: in full)."""
        deal = self.deals[number - 1]
        self._overdue(deal)
        if deal.state != "disputed":
            raise Refused("WrongStep")
        if refund is None:
            self._complete(deal)
        elif refund < 0:
            self._refund(deal, "refunded")
        elif not 0 < refund < self._full(deal):
            raise Refused("InvalidAmount")
        else:
            self._refund_part(deal, refund)

    def charge_back(self, number: int) -> None:
        """The clearing house takes back what was captured from a card for a deal."""
        deal, currency = self.deals[number - 1], self.deals[number - 1].sale.currency
        units = deal.by_card
        if deal.was_charged_back:
            self._post(currency, suspense=units, bank=-units)
            return
        deal.was_charged_back = True
        if deal.state in ENDED and deal.state != "completed":
            self._post(currency, **{f"buyer's debt:{number}": units, "bank": -units})
            return
        self._owe(deal, "buyer", max(0, units + deal.refunded - deal.received))
        short = units - self._held(deal)
        if deal.state == "completed" and short > 0:
            commission = min(short, deal.commission)
            self._post(currency, **{"revenue": commission, f"escrow {number}": -commission})
            short -= commission
        self._owe(deal, "seller", max(0, short))
        self._post(currency, **{f"escrow {number}": units, "bank": -units})
        self._give_back(deal, self._held(deal))
        self._end(deal, "charged back")

    # inside

    def _party(self, box: int, number: int) -> Deal:
        deal = self._deal(number)
        if deal is None or box not in (deal.sale.box, deal.purchase.box):
            raise Refused("UnknownDeal")
        return deal

    def _state(self, deal: Deal, state: str) -> None:
        deal.state, deal.wishes = state, set()

    def _overdue(self, deal: Deal) -> None:
        if deal.deadline is not None and deal.deadline < self.now and deal.state not in ENDED:
            self._deadline(deal)

    def _begin_dispute(self, deal: Deal, spoken: set[int]) -> None:
        self._state(deal, "disputed")
        deal.spoken, deal.disputed_at, deal.deadline = spoken, self.now, self.now + _ANSWER

    def _decide_by_deadline(self, deal: Deal) -> None:
        """Whoever alone has spoken wins; otherwise the goods decide."""
        for_seller = deal.sale.box in deal.spoken if len(deal.spoken) == 1 else deal.was_delivered
        if for_seller:
            self._complete(deal)
        else:
            self._refund(deal, "refunded")

    def _full(self, deal: Deal) -> int:
        return deal.received - (deal.owed - deal.buying if deal.was_delivered else 0)

    def _held(self, deal: Deal) -> int:
        return -self.balance(f"escrow {deal.number}", deal.sale.currency)

    def _owe(self, deal: Deal, debtor: str, units: int) -> None:
        self._post(deal.sale.currency, **{f"{debtor}'s debt:{deal.number}": units, f"escrow {deal.number}": -units})

    def _give_back(self, deal: Deal, units: int) -> None:
        self._post(deal.sale.currency, **{f"escrow {deal.number}": units, "bank": -units})
        deal.refunded += units

    def _refund(self, deal: Deal, state: str, debtor: str = "seller") -> None:
        back = self._full(deal)
        if debtor == "carrier":
            self._pay_seller(deal)
        if deal.was_delivered:
            self._pay_services(deal)
        self._owe(deal, debtor, max(0, back - self._held(deal)))
        self._give_back(deal, back)
        self._end(deal, state)

    def _refund_part(self, deal: Deal, units: int) -> None:
        """Seller and broker bear it in proportion; what is above the price, who carries and settles it do."""
        of_price = min(units, deal.buying)
        deal.cut_seller, deal.cut_broker = parts(of_price, [deal.selling, deal.buying - deal.selling])
        for fee, cut in zip(deal.fees, parts(units - of_price, [fee.units for fee in deal.fees]), strict=True):
            fee.cut = cut
        if deal.seller_paid:
            self._owe(deal, "seller", deal.cut_seller)
        self._give_back(deal, units)
        self._complete(deal)

    def _end(self, deal: Deal, state: str) -> None:
        if deal.state not in ENDED:
            deal.deadline = self.now + _FILED_AFTER
            deal.sale.state = deal.purchase.state = "closed"
        self._state(deal, state)

    def _pay_services(self, deal: Deal) -> None:
        for fee in deal.fees:
            units = fee.units - fee.cut
            self._post(deal.sale.currency, **{f"escrow {deal.number}": units, "bank": -units})

    def _complete(self, deal: Deal) -> None:
        self._pay_seller(deal)
        self._pay_services(deal)
        commission = deal.commission
        self._post(deal.sale.currency, **{f"escrow {deal.number}": commission, "revenue": -commission})
        self._end(deal, "completed")

    def _pay_seller(self, deal: Deal) -> None:
        if not deal.seller_paid:
            deal.seller_paid = True
            share = deal.selling - deal.cut_seller
            self._post(deal.sale.currency, **{f"escrow {deal.number}": share, "bank": -share})

    def _deadline(self, deal: Deal) -> None:
        raise NotImplementedError

    def _post(self, currency: str, **sides: int) -> None:
        self.postings.extend((account, currency, units) for account, units in sides.items() if units)
