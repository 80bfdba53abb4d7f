"""The commands of ``python -m brokerage``, and how errors are shown."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from brokerage.adapters.memory import MemoryStore
from brokerage.cli.demo import show_demo
from brokerage.cli.tables import rich_table
from brokerage.errors import BrokerageError, InvalidChoice
from brokerage.money import exact_rate
from brokerage.policy import Immediate, Periodic
from brokerage.ports import Store
from brokerage.pricing import HIGHEST_RATE, Margin, Rounding
from brokerage.simulation import (
    check_is_empty,
    judge_bids,
    make_directory,
    read_offers_file,
    replay,
    write_awards,
    write_results,
)
from brokerage.tables import Table

__all__ = ["application"]

application = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="A broker between buyers and sellers.",
    pretty_exceptions_enable=False,
)


class MatchingChoice(StrEnum):
    """When offers meet."""

    IMMEDIATE = "immediate"
    FIVE_MINUTES = "5m"


@application.callback()
def any_terminal() -> None:
    """A broker between buyers and sellers."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


@application.command()
def demo() -> None:
    """Run a small invented market and show its boxes, its deal and its ledger."""
    show_demo(Console())


@application.command()
def run(
    offers: Annotated[Path, typer.Argument(metavar="OFFERS.csv", help="The file of offers.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The directory for the results.", show_default=False)],
    rate: Annotated[str, typer.Option(help="The commission rate of every category, from 0 to 0.5.")] = "0.10",
    margin: Annotated[Margin, typer.Option(help="The margin rule.")] = Margin.ON_SPREAD,
    rounding: Annotated[Rounding, typer.Option(help="How prices are rounded.")] = Rounding.HALF_EVEN,
    matching: Annotated[MatchingChoice, typer.Option(help="When offers meet.")] = MatchingChoice.IMMEDIATE,
    grid: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE=STEP", help="What prices are multiples of, such as USD=1.00."),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="The empty database in which the market is kept, such as sqlite:///market.db."
        ),
    ] = None,
) -> None:
    """Replay a file of offers from the first one to the last payout, and write what came of it."""
    messages = Console(stderr=True)
    try:
        exact = exact_rate(rate, "rate", HIGHEST_RATE)
        steps = None if grid is None else _steps(grid)
        file = read_offers_file(offers, price_grid=steps)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with _opened(store) as kept:
            make_directory(out)
            with Progress(*columns, console=messages) as progress:
                task = progress.add_task("offers", total=len(file.rows))
                market = replay(
                    file.rows,
                    rate=exact,
                    margin=margin,
                    rounding=rounding,
                    matching=Immediate() if matching is MatchingChoice.IMMEDIATE else Periodic(),
                    price_grid=steps,
                    store=kept,
                    progress=lambda done: progress.update(task, completed=done),
                )
            figures = write_results(market, file.refused, out)
    except BrokerageError as error:
        raise _refused(error, messages) from None
    _show_figures(figures, out)


@application.command()
def tender(
    bids: Annotated[Path, typer.Argument(metavar="BIDS.csv", help="The file of bids.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The directory for the results.", show_default=False)],
) -> None:
    """Judge a file of bids: the lowest price wins, then the earlier bid; write every bidder's place and the reason."""
    messages = Console(stderr=True)
    try:
        awards = judge_bids(bids)
        figures = write_awards(awards, out)
    except BrokerageError as error:
        raise _refused(error, messages) from None
    _show_figures(figures, out)


@application.command()
def migrate(
    store: Annotated[str, typer.Option(metavar="URL", help="The database, such as sqlite:///market.db.")],
    create: Annotated[bool, typer.Option("--create", help="Make the tables where there are none yet.")] = False,
) -> None:
    """Bring a database's tables to this version of the library: all steps or none. Make a backup before."""
    try:
        from brokerage.adapters.sql import REVISION
        from brokerage.adapters.sql import migrate as migrated

        steps = migrated(store, create=create)
    except BrokerageError as error:
        raise _refused(error, Console(stderr=True)) from None
    done = f"Migrated: {', '.join(steps)}" if steps else "Nothing to do"
    Console().print(f"{done}; the tables are of revision {REVISION}", soft_wrap=True)


@contextmanager
def _opened(url: str | None) -> Iterator[Store]:
    """Open the empty store that a market is kept in, in memory if none is asked for, and close it in the end."""
    if url is None:
        yield MemoryStore()
        return
    from brokerage.adapters.sql import SqlStore  # whoever keeps nothing needs none of its libraries

    with SqlStore(url) as store:
        check_is_empty(store)
        yield store


def _refused(error: BrokerageError, messages: Console) -> typer.Exit:
    """Say in one line what is refused, and return the end of the command."""
    messages.print(Text.assemble(("Refused. ", "bold red"), str(error)), soft_wrap=True)
    return typer.Exit(2)


def _show_figures(figures: dict[str, object], out: Path) -> None:
    lines = [(name, _shown(value)) for name, value in figures.items()]
    Console().print(rich_table(Table(f"Results in {out}", ("figure", "value"), lines)))


def _steps(given: list[str]) -> dict[str, str]:
    """The step of each currency, as it was written."""
    for pair in given:
        if "=" not in pair:
            raise InvalidChoice("grid", pair, "a currency and its step", "write it like USD=1.00")
    return {code: step for code, _, step in (pair.partition("=") for pair in given)}


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{amount} {currency}" for currency, amount in value.items()) or "-"
    return str(value)
