"""What a party of a deal can do when it goes wrong: call it off, send back, dispute (spec A8, A9)."""

from collections.abc import Callable
from datetime import datetime

from brokerage.boxes import BuyersDeal, SellersDeal
from brokerage.errors import UnknownDeal
from brokerage.house import House
from brokerage.ports import Transaction
from brokerage.records.deals import Deal
from brokerage.records.numbers import BoxNumber, DealNumber
from brokerage.services.inputs import text
from brokerage.services.market.reading import deal_view, own_deal

__all__ = ["DealClaims"]

_Step = Callable[[Transaction, Deal, datetime], Deal]


class DealClaims:
    """Acts for one member, as :class:`~brokerage.desks.market.MemberDesk` does; get it as that desk's ``claims``."""

    def __init__(self, house: House, box: BoxNumber) -> None:
        self._house = house
        self._box = box

    def call_off(self, deal: DealNumber) -> BuyersDeal | SellersDeal:
        """Say that the deal is not wanted any more: once both sides have said so, it is cancelled (spec A9).

        What was paid goes back, the carrier is recalled, and both offers are closed. A wish is void once the goods are
        on their way.

        Args:
            deal: the deal's number; it is agreed or paid.

        Returns:
            The deal as the member sees it from now on.

        Raises:
            UnknownDeal: the member has no such deal.
            WrongStep: it is past being called off.
        """
        return self._do(deal, lambda tx, found, now: self._house.settlement.call_off(tx, found, self._box, now))

    def send_back(self, deal: DealNumber) -> BuyersDeal | SellersDeal:
        """Send back what was delivered, within inspection: once the carrier has brought it back, the price is refunded.

        Args:
            deal: the deal's number; its goods are being inspected.

        Returns:
            The deal as the buyer sees it from now on.

        Raises:
            UnknownDeal: the member has bought nothing under that number.
            WrongStep: there is nothing to send back, or inspection is over.
        """

        def step(tx: Transaction, found: Deal, now: datetime) -> Deal:
            if found.buyer != self._box:
                raise UnknownDeal(deal)
            return self._house.settlement.send_back(tx, found, now)

        return self._do(deal, step)

    def dispute(self, deal: DealNumber, reason: str) -> BuyersDeal | SellersDeal:
        """Begin a dispute: nobody is paid until it is decided (spec A8).

        The other side has some days to answer (7, as the policy says): whoever is silent loses. Once both have spoken
        the manager decides, and after 30 days without a decision the goods do: undelivered, the buyer is refunded.

        Args:
            deal: the deal's number; it is paid, and its inspection is not over.
            reason: what is wrong, in the member's own words, up to 10,000 characters as the policy says; the other
                side and the manager read it.

        Returns:
            The deal as the member sees it from now on.

        Raises:
            UnknownDeal: the member has no such deal.
            WrongStep: it cannot be disputed now.
            InvalidText: the reason is blank or too long.
        """
        said = text(reason, "reason", self._house.policy.description_length)
        return self._do(
            deal, lambda tx, found, now: self._house.settlement.disputes.begin(tx, found, self._box, said, now)
        )

    def answer(self, deal: DealNumber, statement: str) -> BuyersDeal | SellersDeal:
        """Say something in a dispute, the first time so as not to lose by silence (spec A8).

        Args:
            deal: the deal's number; it is in dispute.
            statement: in the member's own words, up to 10,000 characters as the policy says; the other side and the
                manager read it.

        Returns:
            The deal as the member sees it from now on.

        Raises:
            UnknownDeal: the member has no such deal.
            WrongStep: it is in no dispute, or that was decided.
            InvalidText: the statement is blank or too long.
        """
        said = text(statement, "statement", self._house.policy.description_length)
        return self._do(
            deal, lambda tx, found, now: self._house.settlement.disputes.speak(tx, found, self._box, said, now)
        )

    def _do(self, number: object, step: _Step) -> BuyersDeal | SellersDeal:
        """Take a step of an own deal, after what its deadline asks for."""
        house = self._house
        done = house.take_step(lambda tx: own_deal(tx, self._box, number), step)
        return house.store.read(lambda tx: deal_view(tx, own_deal(tx, self._box, done), self._box))
