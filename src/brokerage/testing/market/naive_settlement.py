"""What follows on a deal of the naive market: money, carriage, performance, inspection and lapse."""

from datetime import timedelta

from brokerage.testing.market.naive_endings import NaiveEndings
from brokerage.testing.market.naive_records import Deal, Refused

__all__ = ["NaiveSettlement"]

_COLLECTION, _DELIVERY, _INSPECTION, _FILED_AFTER = (timedelta(days=days) for days in (14, 30, 3, 30))


class NaiveSettlement(NaiveEndings):
    """The lists of the market, where deals are paid, delivered and ended."""

    def pay(self, notice: str, number: int | None, units: int, currency: str) -> None:
        """The bank reports money under a deal's reference, ``None`` for a reference that nobody knows."""
        if notice in self.notices:
            return
        self.notices.add(notice)
        if not units:  # a payment of nothing is not believed
            return
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
        deal.by_card = deal.owed - deal.received
        self._receive(deal, deal.by_card)

    def carried(self, notice: str, number: int, step: str) -> None:
        """The carrier reports goods as "collected", "delivered", "refused", "lost" or "returned"."""
        if notice in self.notices:
            return
        self.notices.add(notice)
        deal = self._deal(number)
        if deal is None or deal.performed:
            return
        self._overdue(deal)
        if deal.state == "disputed" and step in ("collected", "delivered"):
            deal.was_collected, deal.was_delivered = True, deal.was_delivered or step == "delivered"
            return
        if deal.state == "paid" and step != "returned":
            self._collected(deal)
        on_the_way = deal.state in ("collected", "returning", "disputed")
        if deal.state == "collected" and step == "delivered":
            self._delivered(deal)
        elif step == "lost" and on_the_way and (deal.was_sent_back or not deal.was_delivered):
            self._refund(deal, "refunded", "carrier")
        elif step == "refused" and deal.state == "collected":
            self._begin_dispute(deal, set())
        elif step == "returned" and deal.was_sent_back and deal.state in ("returning", "disputed"):
            self._refund(deal, "refunded")

    def performed(self, box: int, number: int) -> None:
        """A seller says that services were performed."""
        deal = self._deal(number)
        if deal is None or deal.sale.box != box:
            raise Refused("UnknownDeal")
        self._overdue(deal)
        if not deal.performed or deal.state != "paid":
            raise Refused("WrongStep")
        self._delivered(deal)
        if self.payout_on != "inspection":
            self._pay_seller(deal)

    def confirm(self, box: int, number: int) -> None:
        """A buyer says that what was delivered is good."""
        deal = self._deal(number)
        if deal is None or deal.purchase.box != box:
            raise Refused("UnknownDeal")
        if deal.state != "delivered":
            raise Refused("WrongStep")
        self._complete(deal)

    # inside

    def _deadline(self, deal: Deal) -> None:
        if deal.state == "agreed":
            self._lapse(deal)
        elif deal.state == "paid":
            self._refund(deal, "refunded")
        elif deal.state in ("collected", "returning"):
            self._begin_dispute(deal, set())
        elif deal.state == "delivered":
            self._complete(deal)
        elif deal.state == "disputed":
            self._decide_by_deadline(deal)
        else:
            deal.deadline = None
            for offer in (deal.sale, deal.purchase):
                offer.filed = offer.filed or offer.deal == deal.number

    def _lapse(self, deal: Deal) -> None:
        self._post(deal.sale.currency, **{f"escrow {deal.number}": deal.received, "bank": -deal.received})
        deal.refunded = deal.received
        self._state(deal, "lapsed")
        deal.deadline = self.now + _FILED_AFTER
        deal.purchase.state = "closed"
        self.losses = [loss for loss in self.losses if loss.deal != deal.number]
        deal.sale.state, deal.sale.deal = "open", None
        self._arrive(deal.sale)

    def _receive(self, deal: Deal, units: int) -> None:
        """Keep what is owed and in time; what is over never stays, so it is not even booked."""
        self._overdue(deal)
        kept = min(units, deal.owed - deal.received) if deal.state == "agreed" else 0
        self._post(deal.sale.currency, **{"bank": kept, f"escrow {deal.number}": -kept})
        deal.received += kept
        if deal.state == "agreed" and deal.received == deal.owed:
            self._paid(deal)

    def _paid(self, deal: Deal) -> None:
        self._state(deal, "paid")
        deal.was_paid, deal.deadline = True, self.now + _COLLECTION
        if self.payout_on == "order" and not deal.performed:
            self._pay_seller(deal)

    def _collected(self, deal: Deal) -> None:
        self._state(deal, "collected")
        deal.was_collected, deal.deadline = True, self.now + _DELIVERY
        if self.payout_on == "collection":
            self._pay_seller(deal)

    def _delivered(self, deal: Deal) -> None:
        self._state(deal, "delivered")
        deal.was_delivered, deal.deadline = True, self.now + _INSPECTION
