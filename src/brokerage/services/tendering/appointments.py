"""Who was appointed to carry and to settle: what stands at an instant, and what a deal is charged for it (spec N6)."""

from datetime import datetime

from brokerage.policy import Policy
from brokerage.ports import Transaction
from brokerage.records.categories import Fulfilment, category_key
from brokerage.records.contractors import EVERYWHERE, Service, Trade
from brokerage.records.deals import Charge
from brokerage.records.numbers import BoxNumber
from brokerage.services.contacts import present_contact
from brokerage.services.settlement.charging import NO_FEES, FeeTerms, standing_carrier

__all__ = ["fee_terms", "standing_service", "zone_of"]


def zone_of(tx: Transaction, policy: Policy, box: BoxNumber) -> str:
    """Return the zone of the address to which a member's goods are delivered; raises ``ZoningError`` as the policy."""
    return EVERYWHERE if policy.zoning is None else policy.zone(present_contact(tx, box).address)


def standing_service(
    tx: Transaction, trade: Trade, category: str, zone: str, currency: str, now: datetime
) -> Service | None:
    """Return who serves deals of a category in a zone by standing terms, and for what. O(1).

    Args:
        tx: the unit of work.
        trade: carriers or payment providers.
        category: the category's code.
        zone: where it is delivered.
        currency: in which it is paid.
        now: the present instant.

    Returns:
        ``None`` where no terms stand now, or whose they are is not registered any more.
    """
    return _standing(tx, trade, category_key(category), zone, currency, now)


def fee_terms(
    tx: Transaction, policy: Policy, category: str, currency: str, deliver_to: BoxNumber, now: datetime
) -> FeeTerms:
    """Return who carries and who settles a deal that is not made yet, and for what. O(1).

    Both are looked up by the zone to which it would be delivered, wherever it is collected. Where no carrier was
    appointed the standing one carries goods; services are carried by nobody.

    Args:
        tx: the unit of work.
        policy: the broker's choices.
        category: the code of what is bought.
        currency: in which it is paid.
        deliver_to: the buyer's box.
        now: the present instant.

    Raises:
        ZoningError: the policy's zoning rule gave no zone.
    """
    key, zone = category_key(category), zone_of(tx, policy, deliver_to)
    carrier: Service | Charge | None = _standing(tx, Trade.CARRIER, key, zone, currency, now)
    provider = _standing(tx, Trade.PROVIDER, key, zone, currency, now)
    if carrier is None and provider is None and policy.carriage is None:
        return NO_FEES  # whatever the category is
    kept = tx.categories.get(key)
    if kept is None:
        return NO_FEES
    if kept.fulfilment is not Fulfilment.CARRIER:
        return FeeTerms(None, provider, policy.rounding)
    return FeeTerms(carrier or standing_carrier(policy, currency), provider, policy.rounding)


def _standing(tx: Transaction, trade: Trade, category: str, zone: str, currency: str, now: datetime) -> Service | None:
    terms = tx.standing_terms.get((trade, category, zone, currency))
    service = None if terms is None else terms.at(now)
    if service is None or tx.contractors.get((service.box, trade)) is None:
        return None
    return service
