"""Where a demo is played: a broker with a clock that is set by hand, and the console on which it is shown."""

from datetime import UTC, datetime, timedelta

from attrs import frozen
from rich.console import Console
from rich.text import Text

from brokerage.adapters.system import ManualClock, SeededEntropy
from brokerage.cli.tables import rich_table
from brokerage.desks import MemberDesk
from brokerage.engine import Brokerage
from brokerage.tables import Table

__all__ = ["Stage", "open_stage"]


@frozen
class Stage:
    """A broker, its clock, and the console."""

    broker: Brokerage
    clock: ManualClock
    console: Console

    def enter(self, name: str) -> MemberDesk:
        """Register a member with an invented address, and return the desk."""
        return self.broker.register(
            name=name,
            address=f"{len(name)} Sample Street",
            telephone="555 01" + "".join(f"{ord(letter):03d}" for letter in name),
            email=f"{name.lower()}@demo.invalid",
            bank_account=f"DEMO-{name.upper()}",
        )

    def wait(self, days: int) -> None:
        """Let days pass, and do what is due then."""
        self.clock.set(self.clock.now() + timedelta(days=days))
        self.broker.run_due()

    def say(self, sentence: str) -> None:
        """Say what happens next."""
        self.console.print(Text(f"\n{sentence}", style="bold green"))

    def show(self, *tables: Table) -> None:
        """Show tables, without the empty ones."""
        for table in tables:
            if table.rows:
                self.console.print(rich_table(table))


def open_stage(console: Console) -> Stage:
    """Open a broker that does the same each time."""
    clock = ManualClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    return Stage(Brokerage(clock=clock, entropy=SeededEntropy(7)), clock, console)
