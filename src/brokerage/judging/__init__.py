"""How bids are judged: the demand that each would serve, the judges that rank them, and which are abnormally low.

Everything here is a pure function of what it is given: no clock, no store, nobody's name (spec N3, N4, N7).
"""

from brokerage.judging.assessing import Assessed, Judge, Ranked, abnormally_low, ranking
from brokerage.judging.judges import GreatestDemand, LowestPrice, LowestTotal
from brokerage.judging.pooling import Level, Pool, accepts
from brokerage.judging.serving import Served, chosen, served
from brokerage.judging.weighting import WeightedCriteria

__all__ = [
    "Assessed",
    "GreatestDemand",
    "Judge",
    "Level",
    "LowestPrice",
    "LowestTotal",
    "Pool",
    "Ranked",
    "Served",
    "WeightedCriteria",
    "abnormally_low",
    "accepts",
    "chosen",
    "ranking",
    "served",
]
