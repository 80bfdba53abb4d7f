"""What follows on a deal of the naive market: money, carriage, performance, inspection and lapse."""

from datetime import timedelta

from brokerage.testing.market.naive_matching import NaiveMatching
from brokerage.testing.market.naive_records import Deal, Refused

__all__ = ["NaiveSettlement"]

_INSPECTION, _FILED_AFTER = timedelta(days=3), timedelta(days=30)


class NaiveSettlement(NaiveMatching):
    """The lists of the market, where deals are paid, delivered and ended."""

    def pay(self, notice: str, number: int | None, units: int, currency: str) -> None:
        """The bank reports money under a deal's reference, ``None`` for a reference that nobody knows."""
        if notice in self.notices:
            return
        self.notices.add(notice)
        deal = self._deal(number)
        if deal is None or deal.purchase.currency != currency:
            self._post(currency, bank=units, suspense=-units)
        else:
            self._receive(deal, units)

    def pay_by_card(self, box: int, number: int) -> None:
        """A buyer pays later, by a card that is good for it."""
        deal = self._deal(number)
        if deal is None or deal.purchase.box != box:
            raise Refused("UnknownDeal")
        if deal.state != "agreed" or deal.deadline is None or deal.deadline < self.now:
            raise Refused("NotPayable")
        self._receive(deal, deal.owed - deal.received)

    def carried(self, notice: str, number: int, step: str) -> None:
        """The carrier reports goods as "collected" or "delivered"."""
        if notice in self.notices:
            return
        self.notices.add(notice)
        deal = self._deal(number)
        if deal is None or deal.performed:
            return
        if deal.state == "paid":
            deal.state, deal.was_collected = "collected", True
            if self.payout_on == "collection":
                self._pay_seller(deal)
        if deal.state == "collected" and step == "delivered":
            self._delivered(deal)

    def performed(self, box: int, number: int) -> None:
        """A seller says that services were performed."""
        deal = self._deal(number)
        if deal is None or deal.sale.box != box:
            raise Refused("UnknownDeal")
        if not deal.performed or deal.state != "paid":
            raise Refused("NotDeliverable")
        self._delivered(deal)
        if self.payout_on != "inspection":
            self._pay_seller(deal)

    def confirm(self, box: int, number: int) -> None:
        """A buyer says that what was delivered is good."""
        deal = self._deal(number)
        if deal is None or deal.purchase.box != box:
            raise Refused("UnknownDeal")
        if deal.state != "delivered":
            raise Refused("NotDeliverable")
        self._complete(deal)

    # inside

    def _deadline(self, deal: Deal) -> None:
        if deal.state == "agreed":
            self._lapse(deal)
        elif deal.state == "delivered":
            self._complete(deal)
        else:
            deal.deadline = None
            for offer in (deal.sale, deal.purchase):
                offer.filed = offer.filed or offer.deal == deal.number

    def _lapse(self, deal: Deal) -> None:
        self._post(deal.sale.currency, **{f"escrow {deal.number}": deal.received, "bank": -deal.received})
        deal.state, deal.deadline = "lapsed", self.now + _FILED_AFTER
        deal.purchase.state = "closed"
        self.losses = [loss for loss in self.losses if loss.deal != deal.number]
        deal.sale.state, deal.sale.deal = "open", None
        self._arrive(deal.sale)

    def _receive(self, deal: Deal, units: int) -> None:
        """Keep what is owed and in time; what is over never stays, so it is not even booked."""
        if deal.state == "agreed" and deal.deadline is not None and deal.deadline < self.now:
            self._lapse(deal)
        kept = min(units, deal.owed - deal.received) if deal.state == "agreed" else 0
        self._post(deal.sale.currency, **{"bank": kept, f"escrow {deal.number}": -kept})
        deal.received += kept
        if deal.state == "agreed" and deal.received == deal.owed:
            self._paid(deal)

    def _paid(self, deal: Deal) -> None:
        deal.state, deal.was_paid, deal.deadline = "paid", True, None
        if self.payout_on == "order" and not deal.performed:
            self._pay_seller(deal)

    def _delivered(self, deal: Deal) -> None:
        deal.state, deal.was_delivered, deal.deadline = "delivered", True, self.now + _INSPECTION

    def _pay_seller(self, deal: Deal) -> None:
        if not deal.seller_paid:
            deal.seller_paid = True
            self._post(deal.sale.currency, **{f"escrow {deal.number}": deal.selling, "bank": -deal.selling})

    def _complete(self, deal: Deal) -> None:
        self._pay_seller(deal)
        commission = deal.buying - deal.selling
        self._post(deal.sale.currency, **{f"escrow {deal.number}": deal.carriage, "bank": -deal.carriage})
        self._post(deal.sale.currency, **{f"escrow {deal.number}": commission, "revenue": -commission})
        deal.state, deal.deadline = "completed", self.now + _FILED_AFTER
        deal.sale.state = deal.purchase.state = "closed"

    def _post(self, currency: str, **sides: int) -> None:
        self.postings.extend((account, currency, units) for account, units in sides.items() if units)
