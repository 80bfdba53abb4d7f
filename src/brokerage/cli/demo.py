"""A small invented market from the first offer to the last payout, and invented bids judged, shown step by step."""

from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.text import Text

from brokerage.adapters.system import ManualClock, SeededEntropy
from brokerage.cli.tables import rich_table
from brokerage.desks import MemberDesk
from brokerage.engine import Brokerage
from brokerage.money import Money
from brokerage.records.deals import Deal
from brokerage.records.notices import DeliveryStep
from brokerage.services.market.decisions import BankTransfer
from brokerage.simulation import award_bids, invented_bids
from brokerage.simulation.bids_file import parse_bids
from brokerage.tables import Table

__all__ = ["show_demo"]


def show_demo(console: Console) -> None:
    """Run the market of :func:`demo_market` and show it on a console."""
    clock = ManualClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    broker = Brokerage(clock=clock, entropy=SeededEntropy(7))
    broker.office.add_category("phones", rate="0.10")
    ann, ben, cleo, dan = (_member(broker, name) for name in ("Ann", "Ben", "Cleo", "Dan"))

    _step(console, "Two sellers and two buyers state their limits. Nobody sees another's.")
    pixel = ann.sell("phones", "Pixel 7, boxed", min_price="80.00", currency="USD", description="One year old.")
    ben.sell("phones", "Pixel 7, scratched", min_price="70.00", currency="USD")
    want = cleo.buy("phones", max_price="100.00", currency="USD", words=["pixel"])
    dan.buy("phones", max_price="90.00", currency="USD")
    broker.match()
    _show(console, *cleo.box().tables()[:3])
    _show(console, *dan.box().tables()[1:3])

    _step(console, "Cleo takes Ann's phone at her own price; Dan has lost it and keeps his other candidate.")
    chosen = next(candidate for candidate in cleo.candidates(want) if candidate.sale == pixel)
    bought = cleo.decide(want, chosen.sale, price=chosen.total, pay_by=BankTransfer())
    _show(console, ann.box().tables()[0], *dan.box().tables()[1:3])
    _show(console, _deal_table(broker.office.deal(bought.number)))

    _step(console, "Cleo pays, a carrier collects and delivers, inspection passes, and Ann is paid.")
    broker.advise_payment(reference=bought.reference, amount=bought.total.text(), currency="USD", notice="bank-1")
    for day, step in ((1, DeliveryStep.COLLECTED), (3, DeliveryStep.DELIVERED)):
        clock.set(clock.now() + timedelta(days=day))
        broker.advise_delivery(bought.number, step, notice=f"carrier-{day}")
    clock.set(clock.now() + timedelta(days=4))
    broker.run_due()
    _show(console, ann.box().tables()[0], *cleo.box().tables()[1:3])
    _show(console, _ledger_table(broker))

    _step(console, "A file of invented bids is judged: the lowest price wins, then the earlier bid.")
    _show(console, award_bids(parse_bids(invented_bids(), "the invented bids").rows).table())


def _member(broker: Brokerage, name: str) -> MemberDesk:
    return broker.register(
        name=name,
        address=f"{len(name)} Sample Street",
        telephone="555 01" + "".join(f"{ord(letter):03d}" for letter in name),
        email=f"{name.lower()}@demo.invalid",
        bank_account=f"DEMO-{name.upper()}",
    )


def _step(console: Console, sentence: str) -> None:
    console.print(Text(f"\n{sentence}", style="bold green"))


def _show(console: Console, *tables: Table) -> None:
    for table in tables:
        if table.rows:
            console.print(rich_table(table))


def _deal_table(deal: Deal) -> Table:
    columns = ("deal", "SPmin", "selling price", "buying price", "BPmax", "the broker keeps")
    prices = (deal.min_price, deal.selling_price, deal.buying_price, deal.max_price)
    kept = deal.buying_price - deal.selling_price
    amounts = (Money(units, deal.currency) for units in (*prices, kept))
    return Table("The deal, as only the manager sees it", columns, [(deal.number, *amounts)])


def _ledger_table(broker: Brokerage) -> Table:
    lines = [
        (entry.number, f"{entry.at:%Y-%m-%d}", entry.purpose, posting.account, Money(posting.units, posting.currency))
        for entry in broker.office.entries(size=100)
        for posting in entry.postings
    ]
    return Table("The ledger: every entry adds up to nothing", ("entry", "on", "purpose", "account", "amount"), lines)
