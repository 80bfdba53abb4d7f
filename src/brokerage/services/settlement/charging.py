"""What a deal is charged with: the seller's share, the commission, and the fees of who carries and settles it (A6, N6).

The blind market and orders make their charges here, so that a deal is the same however it was found.
"""

from attrs import frozen

from brokerage.making import quickly_made
from brokerage.policy import Policy
from brokerage.pricing import Rounding
from brokerage.records.contractors import Service
from brokerage.records.deals import BROKER, Charge, Payee, Purpose
from brokerage.records.numbers import BoxNumber

__all__ = ["NO_FEES", "FeeTerms", "charges_of", "fee_of", "member_payee", "standing_carrier"]


def member_payee(box: BoxNumber) -> Payee:
    """Return the payee that the member of a box is."""
    return Payee("member", box)


def fee_of(service: Service, quantity: int, amount: int, rounding: Rounding) -> int:
    """Return what a service costs for one deal, in minor units (spec N6).

    Args:
        service: what its carrier or payment provider is paid.
        quantity: how many units the deal has, from 1.
        amount: what the service's rate is taken of, in minor units from 0: for carriage the price of the goods, for the
            payment fee the price with the carriage.
        rounding: how a part of a minor unit becomes a whole one.

    5.00 a deal, 1.50 a unit and 1 % of 92.50 for two units:

    >>> from decimal import Decimal
    >>> fee_of(Service(BoxNumber(7), 500, 150, Decimal("0.01")), 2, 9250, Rounding.HALF_EVEN)
    892
    >>> [fee_of(Service(BoxNumber(7), rate=Decimal("0.01")), 1, 9250, rounding) for rounding in Rounding]
    [92, 92, 93]
    """
    numerator, denominator = service.rate.as_integer_ratio()
    part = rounding.round(amount * numerator, denominator) if numerator else 0
    return service.fixed + service.each * quantity + int(part)


@quickly_made
@frozen
class FeeTerms:
    """Who carries and who settles deals that are delivered to one place, and for what.

    Args:
        carrier: who was appointed to carry, or the charge of the standing carrier; ``None``: nobody is paid for it.
        provider: who was appointed to settle; ``None``: nobody is paid for it.
        rounding: how a part of a minor unit becomes a whole one.
    """

    carrier: Service | Charge | None = None
    provider: Service | None = None
    rounding: Rounding = Rounding.HALF_EVEN

    @property
    def is_flat(self) -> bool:
        """Whether the fees are the same whatever the price is."""
        carrier, provider = self.carrier, self.provider
        takes_part = isinstance(carrier, Service) and carrier.rate
        return not takes_part and (provider is None or not provider.rate)

    def fees(self, quantity: int, price: int) -> tuple[Charge, ...]:
        """Return the fees of a deal as charges, first the carriage; one of nothing is left out (spec A6, N6).

        Args:
            quantity: how many units the deal has, from 1.
            price: what the buyer pays for all of them, in minor units from 0.

        The payment provider takes its part of the price with the carriage: 1 % of 92.00 + 8.00.

        >>> from decimal import Decimal
        >>> terms = FeeTerms(Service(BoxNumber(7), fixed=800), Service(BoxNumber(9), rate=Decimal("0.01")))
        >>> [(fee.payee.box, fee.units, fee.purpose.value) for fee in terms.fees(1, 9200)]
        [(7, 800, 'carriage'), (9, 100, 'payment fee')]
        """
        found: list[Charge] = []
        carrier, provider = self.carrier, self.provider
        if isinstance(carrier, Service):
            units = fee_of(carrier, quantity, price, self.rounding)
            carrier = Charge(member_payee(carrier.box), units, Purpose.CARRIAGE)
        if carrier is not None and carrier.units:
            found.append(carrier)
            price += carrier.units
        if provider is not None:
            units = fee_of(provider, quantity, price, self.rounding)
            if units:
                found.append(Charge(member_payee(provider.box), units, Purpose.PAYMENT_FEE))
        return tuple(found)


NO_FEES = FeeTerms()
"""Nobody is paid for carrying or settling."""


def standing_carrier(policy: Policy, currency: str) -> Charge | None:
    """Return the charge of the standing carrier, who steps in where none was appointed; ``None`` if there is none."""
    carriage = policy.carriage
    units = 0 if carriage is None else carriage.fee(currency)
    if carriage is None or not units:
        return None
    return Charge(Payee(carriage.carrier, None, carriage.bank_account), units, Purpose.CARRIAGE)


def charges_of(
    seller: BoxNumber, selling_price: int, buying_price: int, fees: tuple[Charge, ...] = ()
) -> tuple[Charge, ...]:
    """Return what a deal is charged with; it adds up to what the buyer pays (spec A6).

    Args:
        seller: the seller's box.
        selling_price: what the seller gets for all units, in minor units.
        buying_price: what the buyer pays for them, in minor units, not below ``selling_price``.
        fees: what :meth:`FeeTerms.fees` says.

    >>> [(charge.units, charge.purpose.value) for charge in charges_of(BoxNumber(1), 8800, 9200)]
    [(8800, "seller's share"), (400, 'commission')]
    """
    share = Charge(member_payee(seller), selling_price, Purpose.SELLERS_SHARE)
    return share, Charge(BROKER, buying_price - selling_price, Purpose.COMMISSION), *fees
