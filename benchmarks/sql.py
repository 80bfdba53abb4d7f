"""``python -m benchmarks.sql``: measure the SQL store beside the bare driver, print tables, write figures down."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from attrs import asdict, field, frozen

from benchmarks.report import lines_of, processor
from benchmarks.sql_databases import Database, PostgresqlDatabase, databases
from benchmarks.sql_markets import SqlMarket
from benchmarks.sql_runs import PairedStep, accepted_in_bulk, decided, first_pages
from benchmarks.sql_workers import Together, decided_together
from benchmarks.timing import Figure
from benchmarks.work import Work
from brokerage.tables import Table

__all__ = ["MARKS", "Measured", "main", "markdown", "tables"]

_SIZES = (10_000, 1_000_000)
_MEMBERS, _OFFERS_OF_A_MEMBER = 2_000, 50
_ROWS = (50, 1_000)
_ACCEPTED = 40_000
_WORKERS = (1, 8)
_DEALS = 800
_GROWTH, _GAIN = 2.0, 3.0
MARKS = {"accept": 2.0, "first page of ten": 3.0, "decide, one at a time": 3.0}
"""How many times as long as the bare driver each may take, by the beginning of its name."""

_COLUMNS = ("µs each", "engine", "bare driver", "ratio", "to reach", "")


@frozen
class Measured:
    """Figures of one database: the engine's and the bare driver's by size and what was done, and of many processes."""

    database: str
    ours: dict[int, dict[str, Figure]] = field(factory=dict)
    bare: dict[int, dict[str, Figure]] = field(factory=dict)
    together: list[Together] = field(factory=list)

    def take(self, offers: int, steps: Iterable[PairedStep]) -> None:
        """Take the figures of what was done among so many offers."""
        for name, ours, bare in steps:
            for figures, cost in ((self.ours, ours), (self.bare, bare)):
                kept = figures.setdefault(offers, {})
                kept[name] = Figure((*kept[name].costs, cost) if name in kept else (cost,))


def tables(measured: Measured, cores: int) -> list[Table]:
    """Return what was measured in one database, with what is to be reached."""
    made = []
    for offers, figures in measured.ours.items():
        rows = []
        for name, ours in figures.items():
            bare, mark = measured.bare[offers][name], next(MARKS[each] for each in MARKS if name.startswith(each))
            ratio = ours.times(bare)
            rows.append((name, str(ours), str(bare), f"{ratio:.2f}", f"≤ {mark:g}", _verdict(ratio <= mark)))
        made.append(Table(f"{measured.database}, {offers:,} offers", _COLUMNS, rows))
    pages = {offers: figures["first page of ten"] for offers, figures in measured.ours.items()}
    if len(pages) > 1:
        few, many = min(pages), max(pages)
        ratio = pages[many].median / pages[few].median
        name = f"first page of ten, {many:,} against {few:,} offers"
        row = (name, str(pages[few]), str(pages[many]), f"{ratio:.2f}", f"≤ {_GROWTH:g}", _verdict(ratio <= _GROWTH))
        made.append(
            Table(f"{measured.database}: what must not grow", ("", "from", "to", "ratio", "to reach", ""), [row])
        )
    if measured.together:
        made.append(_together(measured.together, cores))
    return made


def markdown(about: dict[str, str], made: Iterable[Table]) -> str:
    """Return what the documentation shows: where it was measured, and the tables."""
    lines = [f"- {name}: {value}" for name, value in about.items()]
    for table in made:
        lines += ["", f"**{table.title}**", "", *lines_of(table)]
    return "\n".join(lines) + "\n"


def _together(figures: list[Together], cores: int) -> Table:
    """Return how many deals processes decide together, and how many the cores could do at the most."""
    alone = figures[0].rate
    rows = []
    for each in figures:
        most, gain = each.most(cores), each.rate / alone
        enough = "" if each.workers == 1 else _verdict(gain >= _GAIN)
        if enough == "missed" and most < _GAIN * alone:
            enough = f"no more than × {most / alone:.1f} with {cores} cores"
        busy = each.rate * (each.worker_seconds + each.server_seconds) / cores
        costs = (f"{each.worker_seconds * 1e6:,.0f}", f"{each.server_seconds * 1e6:,.0f}", f"{busy:.0%}")
        rows.append((each.workers, f"{each.rate:,.0f}", f"{gain:.2f}", *costs, f"{most:,.0f}", enough))
    columns = (
        "processes", "deals a second", "gain", "µs of the processor", "and of the server's", "cores busy",
        "at most a second", "",
    )  # fmt: skip
    return Table(f"PostgreSQL: deciding together on {cores} cores, × {_GAIN:g} to reach", columns, rows)


def _verdict(is_met: bool) -> str:
    return "met" if is_met else "missed"


def _measure(database: Database, sizes: Sequence[int]) -> Measured:
    measured = Measured(database.name)
    for offers in sizes:
        members = max(20, min(_MEMBERS, offers // _OFFERS_OF_A_MEMBER))
        for rows in _ROWS if offers == min(sizes) else ():  # what stands in the market makes no difference to it
            _say(f"{database.name}: accept, {rows:,} in a call")
            some = max(min(4 * offers, _ACCEPTED), rows * 8)
            measured.take(offers, accepted_in_bulk(database, members, some, rows))
        _say(f"{database.name}: {offers:,} offers stand")
        work = Work(offers, members, Work.rows_of(offers))
        database.empty("standing")
        market = SqlMarket(database, "standing")
        market.join(members)
        market.fill(work)
        database.settle("standing")
        _say(f"{database.name}: first pages, and decisions")
        measured.take(offers, first_pages(database, market, work))
        market.close()
        measured.take(offers, decided(database, work))
        if isinstance(database, PostgresqlDatabase) and offers == max(sizes):
            _say(f"{database.name}: several processes")
            measured.together.extend(decided_together(database, work, min(_DEALS, offers // 40), _WORKERS))
    return measured


def _say(words: str) -> None:
    print(f"  {words} …", file=sys.stderr, flush=True)  # noqa: T201


def main(arguments: list[str] | None = None) -> None:
    """Measure the sizes asked for in both databases, print their tables, and write them into a directory."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sql", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, help="how many offers stand; 10,000 and 1,000,000 by default")
    parser.add_argument("--into", type=Path, default=Path("build/benchmarks"), help="where figures are written")
    chosen = parser.parse_args(arguments)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    about = {
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "machine": f"{processor()}, {platform.system()} {platform.machine()}, {cores} cores",
        "time": "of the clock, that of the disk and of the server in it; the median of seven blocks",
        "bare driver": "says the same statements with the same arguments in the same transactions, without the engine;"
        " of what is accepted it inserts the same rows",
    }
    with databases(chosen.into / "databases") as found:
        all_measured = [_measure(database, chosen.sizes or _SIZES) for database in found]
    made = [table for measured in all_measured for table in tables(measured, cores)]
    for table in made:
        print(f"\n{table.text()}", flush=True)  # noqa: T201
    written = json.dumps({"surroundings": about, "databases": [asdict(each) for each in all_measured]}, indent=1)
    (chosen.into / "sql.json").write_text(f"{written}\n", encoding="utf-8")
    (chosen.into / "sql.md").write_text(markdown(about, made), encoding="utf-8")
    print(f"\nwritten into {chosen.into}")  # noqa: T201


if __name__ == "__main__":
    main()
