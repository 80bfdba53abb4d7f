"""A new item in the demo: reserved by buyers, tendered to sellers, carriers and a payment provider, and confirmed."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from brokerage.cli.stage import Stage
from brokerage.desks import MemberDesk
from brokerage.money import Money
from brokerage.records.contractors import Trade
from brokerage.records.deals import Deal, Purpose
from brokerage.records.numbers import OfferNumber, TenderNumber
from brokerage.tables import Table

__all__ = ["show_new_item"]

_RELEASE, _DELIVERY = datetime(2026, 6, 1, 9, 0, tzinfo=UTC), date(2026, 6, 10)

_Reserved = Sequence[tuple[MemberDesk, OfferNumber]]


def show_new_item(stage: Stage, sellers: tuple[MemberDesk, MemberDesk], buyers: tuple[MemberDesk, MemberDesk]) -> None:
    """Show how a phone that is not on the market yet is reserved, tendered and sold.

    Args:
        stage: where it is shown; its broker has the category ``phones``.
        sellers: who bids.
        buyers: who reserves, with one more who changes her mind.
    """
    carrier, provider = stage.enter("Max"), stage.enter("Pia")
    stage.broker.office.contractors.register(carrier.number, Trade.CARRIER)
    stage.broker.office.contractors.register(provider.number, Trade.PROVIDER)
    reserved, tender = _reserve_and_call(stage, sellers[0], (*buyers, stage.enter("Eve")))
    _bid_and_judge(stage, tender, sellers)
    _find_services(stage, carrier, provider)
    _confirm(stage, sellers[0], reserved)


def _reserve_and_call(stage: Stage, seller: MemberDesk, buyers: Sequence[MemberDesk]) -> tuple[_Reserved, TenderNumber]:
    stage.say("A new phone comes on the market in June. Three buyers reserve it; sellers see the demand without names.")
    item = seller.seller.offer_item("phones", "Pixel 12", currency="USD", release_at=_RELEASE)
    wanted = ((3, "100.00"), (5, "90.00"), (2, "95.00"))
    reserved = [
        (desk, desk.buyer.reserve(item, quantity=quantity, max_price=limit))
        for desk, (quantity, limit) in zip(buyers, wanted, strict=True)
    ]
    stage.show(seller.seller.demand(item).table())
    until = stage.clock.now() + timedelta(days=7)
    return reserved, stage.broker.office.tenders.call_supply(item, bids_until=until).tender.number


def _bid_and_judge(stage: Stage, tender: TenderNumber, sellers: tuple[MemberDesk, MemberDesk]) -> None:
    stage.say("Two sellers bid, sealed. After a week the bids are judged by what each would really serve.")
    first, second = sellers
    first.seller.bid(tender, tiers={1: "97.00", 4: "94.00", 8: "90.00"}, delivery=_DELIVERY)
    second.seller.bid(tender, tiers={1: "92.00"}, most=6, delivery=_DELIVERY)
    stage.show(first.seller.bids().table(), second.seller.bids().table())
    stage.wait(7)
    stage.show(stage.broker.office.tenders.show(tender).table())

    stage.say("The selected seller sees the broker's terms, and accepts them.")
    question = first.seller.question(tender)
    stage.show(question.table())
    first.seller.accept(tender, price=question.price)


def _find_services(stage: Stage, carrier: MemberDesk, provider: MemberDesk) -> None:
    stage.say("A carrier and a payment provider bid for their part of it, for a day, and are appointed.")
    stage.show(carrier.carrier.calls().table())
    for call in carrier.carrier.calls():
        carrier.carrier.bid(call.number, fixed="4.00", each="0.50")
    for call in provider.provider.calls():
        provider.provider.bid(call.number, fixed="0.30", rate="0.01")
    stage.wait(1)


def _confirm(stage: Stage, seller: MemberDesk, reserved: _Reserved) -> None:
    stage.say("The buyers see all that it costs. Two confirm, one declines; eight are enough, and the seller confirms.")
    *sure, (doubtful, number) = reserved
    for desk, reservation in sure:
        stage.show(desk.buyer.reservations().table())
        desk.buyer.confirm(reservation, total=_total(desk, reservation))
    doubtful.buyer.decline(number)
    [order] = seller.seller.orders()
    stage.show(order.table())
    seller.seller.confirm_order(order.number)
    numbers = [desk.buyer.reservation(reservation).deal for desk, reservation in sure]
    stage.show(_deals_table(stage.broker.office.deal(number) for number in numbers if number is not None))


def _total(desk: MemberDesk, reservation: OfferNumber) -> Money:
    total = desk.buyer.reservation(reservation).total
    assert total is not None
    return total


def _deals_table(deals: Iterable[Deal]) -> Table:
    purposes = (Purpose.SELLERS_SHARE, Purpose.COMMISSION, Purpose.CARRIAGE, Purpose.PAYMENT_FEE)
    columns = ("deal", "units", *(purpose.value for purpose in purposes), "the buyer pays")
    rows = [
        (
            deal.number,
            deal.quantity,
            *(Money(deal.charged_for(purpose), deal.currency) for purpose in purposes),
            Money(deal.owed, deal.currency),
        )
        for deal in deals
    ]
    return Table("The deals, as only the manager sees them", columns, rows)
