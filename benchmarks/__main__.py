"""``python -m benchmarks``: measure everybody, print a table for each size, and write the figures down."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from attrs import asdict

from benchmarks.peers import PEERS
from benchmarks.report import Results, markdown, surroundings, text
from benchmarks.timing import Figure, pin
from benchmarks.work import Work

__all__ = ["main"]

_SIZES = (10_000, 100_000, 1_000_000)
_MEMBERS = 20_000
_MOST_LOSERS = 100_000


def _scenes(offers: int) -> list[tuple[str, str, int]]:
    """Who is measured in what, with how many offers."""
    markets = [(name, scene) for scene in ("rounds", "at once") for name in ("floor", "engine")]
    return [
        *((name, scene, offers) for name, scene in markets),
        ("engine", "seldom collected", offers),
        *((name, "insert", offers) for name in PEERS if PEERS[name].version is not None),
        *((name, "losers", min(offers, _MOST_LOSERS)) for name in ("floor", "engine")),
    ]


def _measured(contestant: str, scene: str, offers: int, members: int) -> dict[str, Figure]:
    """Measure one contestant in a process of its own; hashes are the same each time."""
    work = Work(offers, members)
    rows = work.rows if offers >= 20 * work.rows else 2
    command = [sys.executable, "-m", "benchmarks.worker", contestant, scene, str(offers), str(members), str(rows)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, "PYTHONHASHSEED": "0"})
    return {name: Figure(**figure) for name, figure in json.loads(answer.stdout).items()}


def measured(offers: int, members: int) -> Results:
    """Measure everybody in a market of one size, and say on the way who is at work."""
    results: Results = {}
    for contestant, scene, count in _scenes(offers):
        print(f"  {count:,} offers: {contestant}, {scene} …", file=sys.stderr, flush=True)  # noqa: T201
        name = f"{contestant}, {scene}" if scene == "seldom collected" else contestant
        results.setdefault(name, {}).update(_measured(contestant, scene, count, members))
    return results


def main(arguments: list[str] | None = None) -> None:
    """Measure the sizes asked for, print their tables, and write them into a directory."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=list(_SIZES), help="how many offers; a multiple of 100")
    parser.add_argument("--members", type=int, default=_MEMBERS, help="how many members")
    parser.add_argument("--into", type=Path, default=Path("build/benchmarks"), help="where figures are written")
    chosen = parser.parse_args(arguments)
    about = surroundings(pin())
    sizes: dict[int, Results] = {}
    for offers in chosen.sizes:
        sizes[offers] = measured(offers, chosen.members)
        print(text(offers, sizes[offers]), flush=True)  # noqa: T201
    chosen.into.mkdir(parents=True, exist_ok=True)
    plain = {
        offers: {who: {what: asdict(figure) for what, figure in figures.items()} for who, figures in results.items()}
        for offers, results in sizes.items()
    }
    figures = json.dumps({"surroundings": about, "offers": plain}, indent=1)
    (chosen.into / "figures.json").write_text(figures + "\n", encoding="utf-8")
    (chosen.into / "figures.md").write_text(markdown(about, sizes), encoding="utf-8")
    print(f"written into {chosen.into}")  # noqa: T201


if __name__ == "__main__":
    main()
