"""Markets and tenders run from files, for notebooks and for the command line."""

from brokerage.simulation.awards import Award, Awards, award_bids, judge_bids, write_awards
from brokerage.simulation.bids_file import BidRow, BidsFile, read_bids_file
from brokerage.simulation.files import RefusedLine, make_directory
from brokerage.simulation.invented import invented_bids
from brokerage.simulation.offers_file import OfferRow, OffersFile, Side, read_offers_file
from brokerage.simulation.replay import Replay, check_is_empty, replay
from brokerage.simulation.results import Results, results, write_results

__all__ = [
    "Award",
    "Awards",
    "BidRow",
    "BidsFile",
    "OfferRow",
    "OffersFile",
    "RefusedLine",
    "Replay",
    "Results",
    "Side",
    "award_bids",
    "check_is_empty",
    "invented_bids",
    "judge_bids",
    "make_directory",
    "read_bids_file",
    "read_offers_file",
    "replay",
    "results",
    "write_awards",
    "write_results",
]
