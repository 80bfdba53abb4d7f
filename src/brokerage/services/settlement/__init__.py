"""How every deal is settled, however it was found.

Money into escrow, goods on their way, everyone paid, the books balanced.
"""

from brokerage.services.settlement.cards import CardPayments
from brokerage.services.settlement.deals import Origin, Settlement
from brokerage.services.settlement.delivery import Delivery
from brokerage.services.settlement.payments import Payments

__all__ = ["CardPayments", "Delivery", "Origin", "Payments", "Settlement"]
