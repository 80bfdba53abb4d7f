"""``python -m benchmarks``: measure everybody, print a table for each size, and write the figures down."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.judging import RESERVATIONS
from benchmarks.peers import PEERS
from benchmarks.report import Results, markdown, surroundings, text
from benchmarks.standing import OFFERS_OF_A_MEMBER
from benchmarks.timing import Figure, pin
from benchmarks.work import Work

__all__ = ["in_turns", "main"]

_ROOT = Path(__file__).parents[1]
_SIZES = (10_000, 100_000, 1_000_000)
_MEMBERS = 20_000
_FEWEST, _MOST_A_MEMBER = 200, 80
_MOST_LOSERS = 100_000


def _scenes(offers: int, members: int) -> list[tuple[str, int, int, tuple[str, ...]]]:
    """Each scene, how many offers and members it has, and who take turns in it."""
    both = ("floor", "engine")
    return [
        ("rounds", offers, members, both),
        ("at once", offers, members, both),
        ("seldom collected", offers, members, both),
        *(("peer", offers, members, (name,)) for name in PEERS if PEERS[name].version is not None),
        ("losers", min(offers, _MOST_LOSERS), members, both),
        ("standing", offers, offers // OFFERS_OF_A_MEMBER, both),
        ("judging", RESERVATIONS, members, both),
    ]


def in_turns(scene: str, offers: int, members: int, who: tuple[str, ...]) -> dict[str, dict[str, list[float]]]:
    """Measure contestants, each in a process of its own, one block of each after the other."""
    rows = Work.rows_of(offers)
    processes = {
        name: subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", name, scene, str(offers), str(members), str(rows)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
        for name in who
    }
    costs: dict[str, dict[str, list[float]]] = {name: {} for name in who}
    working = list(who)
    while working:
        for name in tuple(working):
            step = _step(processes[name])
            if step is None:
                working.remove(name)
            elif step[0]:
                costs[name].setdefault(step[0], []).append(step[1])
    return costs


def _step(process: "subprocess.Popen[str]") -> tuple[str, float] | None:
    """Let a contestant do one block; return what it says, ``None`` at its end."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if line:
        name, cost = json.loads(line)
        return str(name), float(cost)
    if process.wait():
        raise SystemExit("a contestant failed; what it said is above")
    process.stdin.close()
    process.stdout.close()
    return None


def _measured(offers: int, members: int) -> Results:
    """Measure everybody in a market of one size, and say on the way who is at work."""
    results: Results = {}
    for scene, count, of_scene, who in _scenes(offers, members):
        print(f"  {count:,} offers, {scene}: {' and '.join(who)} …", file=sys.stderr, flush=True)  # noqa: T201
        for name, costs in in_turns(scene, count, of_scene, who).items():
            results.setdefault(name, {}).update({what: Figure(tuple(values)) for what, values in costs.items()})
    return results


def main(arguments: list[str] | None = None) -> None:
    """Measure the sizes asked for, print their tables, and write them into a directory."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, help="how many offers; 10,000, 100,000 and 1,000,000 by default")
    parser.add_argument("--members", type=int, default=_MEMBERS, help="how many members")
    parser.add_argument("--into", type=Path, default=Path("build/benchmarks"), help="where figures are written")
    chosen = parser.parse_args(arguments)
    for offers in chosen.sizes:
        if offers < _FEWEST or offers % 2 or offers > _MOST_A_MEMBER * chosen.members:
            parser.error(f"{offers}: an even number from {_FEWEST} to {_MOST_A_MEMBER} a member is wanted")
    about = surroundings(pin())
    sizes: dict[int, Results] = {}
    for offers in chosen.sizes or _SIZES:
        sizes[offers] = _measured(offers, chosen.members)
        print(text(offers, sizes[offers]), flush=True)  # noqa: T201
    chosen.into.mkdir(parents=True, exist_ok=True)
    costs = {
        offers: {who: {what: figure.costs for what, figure in figures.items()} for who, figures in results.items()}
        for offers, results in sizes.items()
    }
    written = json.dumps({"surroundings": about, "offers": costs}, indent=1)
    (chosen.into / "figures.json").write_text(written + "\n", encoding="utf-8")
    (chosen.into / "figures.md").write_text(markdown(about, sizes), encoding="utf-8")
    print(f"written into {chosen.into}")  # noqa: T201


if __name__ == "__main__":
    main()
