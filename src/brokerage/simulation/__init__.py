"""Markets run from files, for notebooks and for the command line."""

from brokerage.simulation.offers_file import OfferRow, OffersFile, RefusedLine, Side, read_offers_file
from brokerage.simulation.replay import Replay, replay
from brokerage.simulation.results import Results, make_directory, results, write_results

__all__ = [
    "OfferRow",
    "OffersFile",
    "RefusedLine",
    "Replay",
    "Results",
    "Side",
    "make_directory",
    "read_offers_file",
    "replay",
    "results",
    "write_results",
]
