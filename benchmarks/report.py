"""What the figures say: one table for each size, with the ratio to the floor, the best peer, and the mark to reach."""

import platform
from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from benchmarks.peers import PEERS
from benchmarks.timing import Figure
from brokerage.tables import Table

__all__ = ["MARKS", "Mark", "Results", "markdown", "surroundings", "text"]

Results = dict[str, dict[str, Figure]]
"""Figures by who was measured and what was done."""

_SEARCHED = ("pyorderbook", "akhil4n-orderbook", "lightmatchingengine", "order-matching")
"""The peers in pure Python."""


@frozen
class Mark:
    """What is to be reached at a million open offers: so many times the floor, or so much in the figure's own unit.

    ``peers`` names what the peers do that comes nearest, and ``beats_peers`` whether every one of pure Python must be
    slower.
    """

    times_floor: float | None = None
    at_most: float | None = None
    peers: str | None = None
    beats_peers: bool = False

    def words(self) -> str:
        """Say it."""
        if self.times_floor is not None:
            return f"≤ {self.times_floor:g} × floor" + (", < peers" if self.beats_peers else "")
        return "" if self.at_most is None else f"≤ {self.at_most:g}"

    def is_met(self, ours: Figure, floor: Figure | None, peers: list[Figure]) -> bool | None:
        """Say whether it is met; ``None`` if there is nothing to meet."""
        if self.times_floor is not None and floor is not None:
            beaten = not self.beats_peers or all(ours.median < peer.median for peer in peers)
            return ours.median <= self.times_floor * floor.median and beaten
        return None if self.at_most is None else ours.median <= self.at_most


MARKS = {
    "accept in bulk": Mark(times_floor=4, peers="insert", beats_peers=True),
    "accept in bulk, matched at once": Mark(times_floor=4, peers="insert", beats_peers=True),
    "accept one by one": Mark(times_floor=8, peers="insert"),
    "accept one by one, matched at once": Mark(times_floor=8, peers="insert"),
    "first page of ten": Mark(times_floor=3, peers="page"),
    "decide": Mark(times_floor=8),
    "decide, paid from an account": Mark(times_floor=8),
    "cancel": Mark(times_floor=4, peers="remove"),
    "a round, for each arrival": Mark(),
    "a round, nothing new": Mark(),
    "run_due, nothing due": Mark(at_most=1000),
    "memory an open offer": Mark(at_most=600, peers="memory"),
    "memory an open offer, matched at once": Mark(at_most=600, peers="memory"),
}
"""What is measured, in the order of the tables."""

_HEADER = ("µs each (memory: bytes)", "engine", "floor", "× floor", "best peer", "to reach at 10⁶", "")


def surroundings(pinning: str) -> dict[str, str]:
    """Say what was measured on, without naming the machine."""
    versions = {name: kind.version for name, kind in PEERS.items()}
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "core": pinning,
        "time": "processor time; median of the blocks, their least and most in brackets",
        "peers": ", ".join(f"{name} {found or 'is not installed'}" for name, found in versions.items()),
    }


def table(offers: int, results: Results) -> Table:
    """Return the table of one size."""
    ours, floor = results["engine"], results["floor"]
    rows = []
    for name, mark in [*MARKS.items(), *((name, Mark()) for name in ours if name.startswith("decide, ") and name not in MARKS)]:
        if name not in ours:
            continue
        peers = {who: figures[mark.peers] for who, figures in results.items() if mark.peers in figures}
        met = mark.is_met(ours[name], floor.get(name), [peers[who] for who in peers if who in _SEARCHED])
        rows.append(
            (
                name,
                _shown(ours[name]),
                _shown(floor.get(name)),
                _ratio(ours[name], floor.get(name)),
                _best(peers),
                mark.words(),
                {True: "met", False: "missed", None: ""}[met],
            )
        )
    seldom = results.get("engine, seldom collected", {})
    for name in ("accept in bulk", "accept one by one", "a round, for each arrival"):
        if name in seldom:
            shown = (f"{name}, collector seldom", _shown(seldom[name]), "", _ratio(seldom[name], floor.get(name)))
            rows.append((*shown, "", "", ""))
    return Table(f"{offers:,} open offers", _HEADER, rows)


def peers_table(offers: int, results: Results) -> Table:
    """Return the table of all the peers at one size."""
    header = ("µs each (memory: bytes)", "insert", "page", "remove", "memory", "")
    rows = [
        (
            who,
            *(_shown(figures.get(what)) for what in ("insert", "page", "remove", "memory")),
            figures["insert"].note,
        )
        for who, figures in results.items()
        if who in PEERS
    ]
    return Table(f"Peers, {offers:,} open offers", header, rows)


def text(offers: int, results: Results) -> str:
    """Return the tables of one size as plain text."""
    return f"\n{table(offers, results).text()}\n\n{peers_table(offers, results).text()}\n"


def markdown(about: dict[str, str], sizes: dict[int, Results]) -> str:
    """Return everything as Markdown, for the documentation to include."""
    lines = [f"- {name}: {value}" for name, value in about.items()]
    for offers, results in sizes.items():
        for made in (table(offers, results), peers_table(offers, results)):
            lines += ["", f"**{made.title}**", "", *_rows(made)]
    return "\n".join(lines) + "\n"


def _rows(made: Table) -> list[str]:
    rows = [made.columns, tuple("---" for _ in made.columns), *made.rows]
    return ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]


def _shown(figure: Figure | None) -> str:
    if figure is None:
        return ""
    if figure.blocks == 1:
        return f"{figure.median:,.0f}"
    digits: Callable[[float], str] = lambda value: f"{value:,.2f}" if value < 10 else f"{value:,.1f}"  # noqa: E731
    return f"{digits(figure.median)} ({digits(figure.least)}–{digits(figure.most)})"


def _ratio(ours: Figure, floor: Figure | None) -> str:
    return "" if floor is None else f"{ours.median / floor.median:.1f}"


def _best(peers: dict[str, Figure]) -> str:
    if not peers:
        return ""
    who = min(peers, key=lambda name: peers[name].median)
    return f"{peers[who].median:,.1f} {who}" if peers[who].blocks > 1 else f"{peers[who].median:,.0f} {who}"


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
