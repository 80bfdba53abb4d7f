"""What the figures say: tables for each size, with the ratio to the floor, the best peer, and the mark to reach."""

import platform
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from benchmarks.peers import PEERS
from benchmarks.timing import Figure
from brokerage.tables import Table

__all__ = ["MARKS", "Mark", "Results", "lines_of", "markdown", "processor", "surroundings", "text"]

Results = dict[str, dict[str, Figure]]
"""Figures by who was measured and what was done."""


@frozen
class Mark:
    """What is to be reached at a million open offers: so many times the floor, or so much in the figure's own unit.

    ``peers`` names what the peers do that comes nearest; ``beats_peers`` says that every one of pure Python must be
    slower.
    """

    times_floor: float | None = None
    at_most: float | None = None
    peers: str | None = None
    beats_peers: bool = False

    def words(self) -> str:
        """Say it."""
        if self.beats_peers:
            return "< every peer in Python"
        if self.times_floor is not None:
            return f"≤ {self.times_floor:g} × floor"
        return "" if self.at_most is None else f"≤ {self.at_most:,.0f}"

    def verdict(self, ours: Figure, floor: Figure, peers: Sequence[Figure]) -> str:
        """Say whether it is met."""
        if not self.words():
            return ""
        is_met = all(ours.median < peer.median for peer in peers) if self.beats_peers else True
        if self.times_floor is not None:
            is_met &= ours.times(floor) <= self.times_floor
        if self.at_most is not None:
            is_met &= ours.median <= self.at_most
        return "met" if is_met else "missed"


MARKS = {
    "accept in bulk": Mark(times_floor=4),
    "accept in bulk, requests made too": Mark(peers="insert", beats_peers=True),
    "accept in bulk, collected seldom": Mark(times_floor=4),
    "accept in bulk, requests made too, collected seldom": Mark(peers="insert", beats_peers=True),
    "accept in bulk, matched at once": Mark(times_floor=4),
    "accept one by one": Mark(times_floor=8, peers="insert"),
    "accept one by one, collected seldom": Mark(times_floor=8, peers="insert"),
    "accept one by one, matched at once": Mark(times_floor=8, peers="insert"),
    "first page of ten": Mark(times_floor=3, peers="page"),
    "decide": Mark(times_floor=8),
    "decide, paid from an account": Mark(times_floor=8),
    "cancel": Mark(times_floor=4, peers="remove"),
    "a box of ten purchases": Mark(at_most=1000),
    "run_due, nothing due": Mark(at_most=1000),
    "run_due, nothing due, ten offers a member": Mark(at_most=1000),
    "run_due, for 1,000 things due": Mark(at_most=1_000_000),
    "pool 10⁵ reservations, judge 100 bids": Mark(times_floor=3),
    "pool 10⁵ reservations, judge 100 bids, beside two lists": Mark(times_floor=3),
    "pool 10⁵ reservations, judge 100 bids, capacities short": Mark(times_floor=3),
    "memory an open offer": Mark(at_most=600, peers="memory"),
    "memory an open offer, collected seldom": Mark(at_most=600, peers="memory"),
    "memory an open offer, matched at once": Mark(at_most=600, peers="memory"),
}
"""What has a mark, in the order of the tables; what has none comes behind it."""

_COLUMNS = ("µs each (memory: bytes)", "engine", "floor", "× floor", "best peer", "to reach at 10⁶", "")
_PEER_COLUMNS = ("µs each (memory: bytes)", "insert", "page", "remove", "memory", "offers")
_SAME = 1.25
_PAGE_GROWTH = 2.0


def surroundings(pinning: str) -> dict[str, str]:
    """Say what was measured on, without naming the machine."""
    versions = {name: kind.version for name, kind in PEERS.items()}
    return {
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "machine": f"{processor()}, {platform.system()} {platform.machine()}, {pinning}",
        "time": "processor time of one of each; the median of at least five blocks, the least and the most in brackets",
        "ratio": "the median over the blocks, in which engine and floor take turns",
        "peers": ", ".join(f"{name} {found or '(not installed)'}" for name, found in versions.items()),
    }


def markets_table(offers: int, results: Results) -> Table:
    """Return the table of engine and floor at one size."""
    ours, floor = results["engine"], results["floor"]
    rows = []
    for name in sorted(ours, key=[*MARKS, *ours].index):
        mark = MARKS.get(name, Mark())
        peers = {who: figures[mark.peers] for who, figures in results.items() if mark.peers in figures}
        slower = [figure for who, figure in peers.items() if PEERS[who].distribution is not None]
        beside = floor.get(name)  # the floor has nothing that could fall due
        verdict = mark.verdict(ours[name], beside or ours[name], slower)
        ratio = "" if beside is None else f"{ours[name].times(beside):.1f}"
        shown = "" if beside is None else str(beside)
        rows.append((name, str(ours[name]), shown, ratio, _best(ours[name], peers), mark.words(), verdict))
    return Table(f"{offers:,} open offers", _COLUMNS, rows)


def peers_table(offers: int, results: Results) -> Table:
    """Return the table of all the peers at one size; one that takes too long stops with fewer offers."""
    rows = []
    for who, figures in results.items():
        if who in PEERS:
            costs = (str(figures.get(what, "")) for what in ("insert", "page", "remove", "memory"))
            rows.append((who, *costs, f"{figures['offers'].median:,.0f}"))
    return Table(f"Peers, {offers:,} open offers", _PEER_COLUMNS, rows)


def growth_table(sizes: dict[int, Results]) -> Table:
    """Return what must not grow: a page with the market, and a decision with those who lose by it."""
    rows = []
    smallest, largest = sizes[min(sizes)]["engine"], sizes[max(sizes)]["engine"]
    if len(sizes) > 1:
        name = f"first page of ten, {max(sizes):,} against {min(sizes):,} offers"
        rows.append(_growth(name, smallest["first page of ten"], largest["first page of ten"], _PAGE_GROWTH))
    few, *many = sorted((name for name in largest if name.endswith("losers")), key=len)
    rows += [_growth(f"{name} against {few.split(', ')[1]}", largest[few], largest[name], _SAME) for name in many]
    return Table("What must not grow", ("engine", "from", "to", "ratio", "to reach", ""), rows)


def text(offers: int, results: Results) -> str:
    """Return the tables of one size as plain text."""
    tables = (markets_table(offers, results), peers_table(offers, results), growth_table({offers: results}))
    return "\n" + "\n\n".join(table.text() for table in tables) + "\n"


def markdown(about: dict[str, str], sizes: dict[int, Results]) -> str:
    """Return everything as Markdown, for the documentation to include."""
    tables = [made(offers, sizes[offers]) for offers in sizes for made in (markets_table, peers_table)]
    lines = [f"- {name}: {value}" for name, value in about.items()]
    for table in (growth_table(sizes), *reversed(tables[::2]), *reversed(tables[1::2])):
        lines += ["", f"**{table.title}**", "", *lines_of(table)]
    return "\n".join(lines) + "\n"


def _growth(name: str, before: Figure, after: Figure, most: float) -> tuple[str, ...]:
    ratio = after.times(before)
    return name, str(before), str(after), f"{ratio:.2f}", f"≤ {most:g}", "met" if ratio <= most else "missed"


def lines_of(table: Table) -> list[str]:
    """Return a table as lines of Markdown."""
    rows = [table.columns, tuple("---" for _ in table.columns), *table.rows]
    return ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]


def _best(ours: Figure, peers: dict[str, Figure]) -> str:
    if not peers:
        return ""
    who = min(peers, key=lambda name: peers[name].median)
    best = Figure((peers[who].median,))
    return f"{best} {who}, × {ours.median / best.median:.1f}"


def processor() -> str:
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "a processor that does not say its name"
