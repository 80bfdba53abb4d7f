"""What the broker knows of itself: running totals off the journal, rating by them, histories, and the analysis."""

from brokerage.services.analysis.figures import CategoryRank, Figures, MemberRank, RankBy, UnsoldCount
from brokerage.services.analysis.histories import Histories, OfficeDeal
from brokerage.services.analysis.ratings import RatingChange, Ratings
from brokerage.services.analysis.reports import CategoryOrder, Reports
from brokerage.services.analysis.tallying import Tallying

__all__ = [
    "CategoryOrder",
    "CategoryRank",
    "Figures",
    "Histories",
    "MemberRank",
    "OfficeDeal",
    "RankBy",
    "RatingChange",
    "Ratings",
    "Reports",
    "Tallying",
    "UnsoldCount",
]
