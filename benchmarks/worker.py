"""One contestant measured in a process of its own, so that nobody's memory is in anybody's way.

It works for one block at a time: a line that comes in lets it go on, and a line that goes out says what it measured.
"""

import gc
import json
import sys
from collections.abc import Callable, Iterator

from benchmarks.judging import measure_judging
from benchmarks.markets import EngineMarket, FloorMarket, Market
from benchmarks.peers import PEERS, measure_peer
from benchmarks.runs import Step, decide_with_losers, measure
from benchmarks.standing import WAIT, measure_standing
from benchmarks.work import Work

__all__ = ["CONTESTANTS", "main", "steps"]

CONTESTANTS: dict[str, Callable[[bool], Market]] = {"engine": EngineMarket, "floor": FloorMarket}
"""Who has a whole market, made with whether it matches at once."""

_THRESHOLDS = (50_000, 20, 100)


def steps(contestant: str, scene: str, work: Work) -> Iterator[Step]:
    """Measure one contestant in one scene.

    Args:
        contestant: ``engine``, ``floor``, or the name of a peer.
        scene: ``rounds``, ``at once``, ``losers``, ``standing`` or ``judging``; ``seldom collected`` is ``rounds``
            with the collector's thresholds raised as the documentation tells users of large markets. Peers have one
            scene of their own.
        work: what it is given.
    """
    if contestant in PEERS:
        return measure_peer(PEERS[contestant].make(), work)
    if scene == "judging":
        return measure_judging(contestant, work.offers)
    if scene == "standing":
        return measure_standing(EngineMarket(False, WAIT) if contestant == "engine" else FloorMarket(False), work)
    market = CONTESTANTS[contestant](scene in ("at once", "losers"))
    if scene == "losers":
        return decide_with_losers(market, work.offers)
    if scene == "at once":
        return measure(market, work, True, ", matched at once")
    if scene == "seldom collected":
        gc.set_threshold(*_THRESHOLDS)
        return measure(market, work, False, ", collected seldom")
    return measure(market, work, False)


def main(arguments: list[str]) -> None:
    """Measure what the arguments say, a step for each line of input."""
    contestant, scene, offers, members, rows = arguments
    measured = steps(contestant, scene, Work(int(offers), int(members), int(rows)))
    for _ in sys.stdin:
        step = next(measured, None)
        if step is None:
            break
        print(json.dumps(step), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
