"""How every deal is settled, however it was found.

Money into escrow, goods on their way, everyone paid, the books balanced.
"""

from brokerage.services.settlement.cards import CardPayments
from brokerage.services.settlement.casework import Casework
from brokerage.services.settlement.course import Course, Origin
from brokerage.services.settlement.deals import Settlement
from brokerage.services.settlement.delivery import Delivery
from brokerage.services.settlement.disbursements import Disbursements
from brokerage.services.settlement.disputes import Disputes
from brokerage.services.settlement.payments import Payments
from brokerage.services.settlement.reception import Reception
from brokerage.services.settlement.refunds import Refunds
from brokerage.services.settlement.reversals import Reversals

__all__ = [
    "CardPayments",
    "Casework",
    "Course",
    "Delivery",
    "Disbursements",
    "Disputes",
    "Origin",
    "Payments",
    "Reception",
    "Refunds",
    "Reversals",
    "Settlement",
]
