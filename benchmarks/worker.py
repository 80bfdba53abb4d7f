"""One contestant measured in a process of its own, so that nobody's memory is in anybody's way."""

import gc
import json
import sys

from attrs import asdict

from benchmarks.markets import EngineMarket, FloorMarket, Market
from benchmarks.peers import PEERS, measure_peer
from benchmarks.runs import Figures, decide_with_losers, measure
from benchmarks.work import Work

__all__ = ["CONTESTANTS", "main"]

CONTESTANTS = {"engine": EngineMarket, "floor": FloorMarket}
_THRESHOLDS = (50_000, 20, 100)


def run(contestant: str, scene: str, work: Work) -> Figures:
    """Measure one contestant in one scene.

    Args:
        contestant: ``engine``, ``floor``, or the name of a peer.
        scene: ``rounds``, ``at once`` or ``losers``; ``seldom collected`` is ``rounds`` with the collector's
            thresholds raised as the documentation tells users of large markets.
        work: what it is given.
    """
    if contestant in PEERS:
        return measure_peer(PEERS[contestant], work)
    market: Market = CONTESTANTS[contestant](scene in ("at once", "losers"))
    if scene == "losers":
        return decide_with_losers(market, work.offers)
    if scene == "seldom collected":
        gc.set_threshold(*_THRESHOLDS)
    return measure(market, work, at_once=scene == "at once")


def main(arguments: list[str]) -> None:
    """Measure what the arguments say and write the figures as JSON."""
    contestant, scene, offers, members, rows = arguments
    figures = run(contestant, scene, Work(int(offers), int(members), int(rows)))
    json.dump({name: asdict(figure) for name, figure in figures.items()}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
