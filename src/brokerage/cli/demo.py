"""A small invented market, step by step: a deal that limits make, deals that a reservation leads to, bids judged."""

from rich.console import Console

from brokerage.cli.reserving_demo import show_new_item
from brokerage.cli.stage import Stage, open_stage
from brokerage.desks import MemberDesk
from brokerage.money import Money
from brokerage.records.deals import Deal
from brokerage.records.notices import DeliveryStep
from brokerage.services.market.decisions import BankTransfer
from brokerage.simulation import award_bids, invented_bids
from brokerage.simulation.bids_file import parse_bids
from brokerage.tables import Table

__all__ = ["show_demo"]


def show_demo(console: Console) -> None:
    """Show on a console how a phone is sold in the blind market, how a new one is reserved, and how bids are judged."""
    stage = open_stage(console)
    stage.broker.office.add_category("phones", rate="0.10")
    ann, ben, cleo, dan = (stage.enter(name) for name in ("Ann", "Ben", "Cleo", "Dan"))
    _show_blind_market(stage, ann, ben, cleo, dan)
    show_new_item(stage, (ann, ben), (cleo, dan))
    stage.say("A file of invented bids is judged: the lowest price wins, then the earlier bid.")
    stage.show(award_bids(parse_bids(invented_bids(), "the invented bids").rows).table())


def _show_blind_market(stage: Stage, ann: MemberDesk, ben: MemberDesk, cleo: MemberDesk, dan: MemberDesk) -> None:
    broker = stage.broker
    stage.say("Two sellers and two buyers state their limits. Nobody sees another's.")
    pixel = ann.sell("phones", "Pixel 7, boxed", min_price="80.00", currency="USD", description="One year old.")
    ben.sell("phones", "Pixel 7, scratched", min_price="70.00", currency="USD")
    want = cleo.buy("phones", max_price="100.00", currency="USD", words=["pixel"])
    dan.buy("phones", max_price="90.00", currency="USD")
    broker.match()
    stage.show(*cleo.box().tables()[:3])
    stage.show(*dan.box().tables()[1:3])

    stage.say("Cleo takes Ann's phone at her own price; Dan has lost it and keeps his other candidate.")
    chosen = next(candidate for candidate in cleo.candidates(want) if candidate.sale == pixel)
    bought = cleo.decide(want, chosen.sale, price=chosen.total, pay_by=BankTransfer())
    stage.show(ann.box().tables()[0], *dan.box().tables()[1:3])
    stage.show(_deal_table(broker.office.deal(bought.number)))

    stage.say("Cleo pays, a carrier collects and delivers, inspection passes, and Ann is paid.")
    broker.advise_payment(reference=bought.reference, amount=bought.total.text(), currency="USD", notice="bank-1")
    for day, step in ((1, DeliveryStep.COLLECTED), (3, DeliveryStep.DELIVERED)):
        stage.wait(day)
        broker.advise_delivery(bought.number, step, notice=f"carrier-{day}")
    stage.wait(4)
    stage.show(ann.box().tables()[0], *cleo.box().tables()[1:3])
    stage.show(_ledger_table(stage))


def _deal_table(deal: Deal) -> Table:
    columns = ("deal", "SPmin", "selling price", "buying price", "BPmax", "the broker keeps")
    prices = (deal.min_price, deal.selling_price, deal.buying_price, deal.max_price)
    kept = deal.buying_price - deal.selling_price
    amounts = (Money(units, deal.currency) for units in (*prices, kept))
    return Table("The deal, as only the manager sees it", columns, [(deal.number, *amounts)])


def _ledger_table(stage: Stage) -> Table:
    lines = [
        (entry.number, f"{entry.at:%Y-%m-%d}", entry.purpose, posting.account, Money(posting.units, posting.currency))
        for entry in stage.broker.office.entries(size=100)
        for posting in entry.postings
    ]
    return Table("The ledger: every entry adds up to nothing", ("entry", "on", "purpose", "account", "amount"), lines)
