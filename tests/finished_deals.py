"""Deals from offer to end in a line each, at one price for both sides: what tests of running totals begin with."""

from brokerage import BankTransfer, BuyersDeal, DeliveryStep, MemberDesk
from builders import World

__all__ = ["agreed", "completed"]


def agreed(
    place: World, seller: MemberDesk, buyer: MemberDesk, price: int, category: str = "goods", currency: str = "USD"
) -> BuyersDeal:
    """Make a deal in which both limits are the price, so that it is both prices too."""
    sale = seller.sell(category, "Thing", min_price=price, currency=currency)
    want = buyer.buy(category, max_price=price, currency=currency)
    return buyer.decide(want, sale, price=price, pay_by=BankTransfer())


def completed(
    place: World, seller: MemberDesk, buyer: MemberDesk, price: int, category: str = "goods", currency: str = "USD"
) -> BuyersDeal:
    """Make such a deal in goods, and let it be paid, delivered and confirmed at once."""
    deal = agreed(place, seller, buyer, price, category, currency)
    name = f"of deal {deal.number}"
    if price:
        place.broker.advise_payment(reference=deal.reference, amount=price, currency=currency, notice=name)
    place.broker.advise_delivery(deal.number, DeliveryStep.DELIVERED, notice=name)
    buyer.confirm(deal.number)
    return deal
