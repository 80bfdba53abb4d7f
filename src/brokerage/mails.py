"""The broker's e-mails, each made from what its reader may see and nothing else.

Spec X4, M1, M3, M5, M8, K3, N1–N6, T1, V3.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from brokerage.boxes import FAILED, BuyersDeal, PurchaseView, SaleView, SellersDeal
from brokerage.messages import ComplaintAbout, FiledComplaint, NewsView
from brokerage.money import Money
from brokerage.order_views import OrderView
from brokerage.records.cases import Case
from brokerage.records.contacts import Contact
from brokerage.records.effects import Mail
from brokerage.records.members import Member
from brokerage.reserving_views import DemandView, ItemView, ReservationView
from brokerage.tables import counted
from brokerage.tender_views import AppointmentView, BidView, CallView, QuestionView

__all__ = [
    "accepted_as_member",
    "appointed",
    "appointment_fallen",
    "bid_decided",
    "bid_selected",
    "call_made",
    "call_taken_back",
    "candidate_found",
    "case_opened",
    "complaint_annulled",
    "complaint_filed",
    "deal_changed",
    "demand_digest",
    "demand_news",
    "item_digest",
    "item_news",
    "member_left",
    "member_removed",
    "news_written",
    "not_accepted",
    "offer_expired",
    "order_fallen",
    "order_waits",
    "reservation_agreed",
    "reservation_asked",
    "reservation_ended",
    "reservation_reopened",
    "sale_lost",
    "service_selected",
    "told_dormant",
]

_DEMAND_ROWS = 20


def _mail(member: Member, subject: str, body: str) -> Mail:
    return Mail(member.box, member.contact, _line(subject), body)


def _line(text: str) -> str:
    """Put what somebody else wrote on one line: a line break in a subject would be taken for another header."""
    return " ".join(text.split())


def accepted_as_member(member: Member) -> Mail:
    """Tell a new member the number of the box."""
    return _mail(member, "Welcome", f"You are a member now. The number of your box is {member.box}.")


def not_accepted(applicant: Contact) -> Mail:
    """Tell an applicant of having been refused, and nothing of anybody's history."""
    return Mail(
        None, applicant.number, "Your application", "We cannot accept you as a member. Our office can tell more."
    )


def told_dormant(member: Member, until: datetime) -> Mail:
    """Tell a member who made no deal for long until when an answer is waited for."""
    return _mail(
        member,
        "Are you still there?",
        f"There was no deal in your box {member.box} for a long time. Sign in or say that you stay before "
        f"{_minute(until)}; after that your membership ends.",
    )


def member_left(member: Member) -> Mail:
    """Tell a member that the membership has ended as he or she wished."""
    return _mail(member, "Farewell", f"You have left, and your box {member.box} is closed. Thank you.")


def member_removed(member: Member) -> Mail:
    """Tell a dormant member that the membership has ended."""
    return _mail(member, "Your membership has ended", f"There was no answer from you: your box {member.box} is closed.")


def candidate_found(member: Member, offer: SaleView | PurchaseView) -> Mail:
    """Tell a member that there is something to see, and no more than that."""
    return _mail(
        member,
        f"{offer.side} offer {offer.number}: {offer.status}",
        f"There is news about your {offer.side.lower()} offer {offer.number} in {offer.category}: look into your box.",
    )


def offer_expired(member: Member, offer: SaleView | PurchaseView) -> Mail:
    """Tell a member that the time limit of an offer has come."""
    return _mail(
        member,
        f"{offer.side} offer {offer.number} has ended",
        f"The time limit of your {offer.side.lower()} offer {offer.number} in {offer.category} has come.",
    )


def deal_changed(member: Member, deal: SellersDeal | BuyersDeal) -> Mail:
    """Tell a party of a deal its new status."""
    return _mail(member, f"Deal {deal.number}: {deal.status}", f"{deal.name}: the deal is now {deal.status!r}.")


def sale_lost(member: Member, offer: PurchaseView) -> Mail:
    """Tell a candidate buyer that a sale went to somebody else, and no more than that."""
    return _mail(
        member,
        f"{offer.side} offer {offer.number}: {FAILED}",
        f"A candidate of your {offer.side.lower()} offer {offer.number} in {offer.category} went to somebody else: "
        "look into your box.",
    )


def complaint_filed(member: Member, complaint: ComplaintAbout) -> Mail:
    """Tell a member of a complaint about him or her."""
    points = counted(complaint.points, "point")
    return _mail(
        member,
        f"Complaint {complaint.number}",
        f"A complaint about you was filed{_of_deal(complaint)}: {complaint.kind.value}, {points}.",
    )


def complaint_annulled(member: Member, complaint: FiledComplaint | ComplaintAbout) -> Mail:
    """Tell a party of a complaint that it counts no more."""
    about = "about you" if isinstance(complaint, ComplaintAbout) else "that you filed"
    return _mail(
        member,
        f"Complaint {complaint.number} is annulled",
        f"The complaint {about}{_of_deal(complaint)} was annulled.",
    )


def _of_deal(complaint: FiledComplaint | ComplaintAbout) -> str:
    return "" if complaint.deal is None else f" over deal {complaint.deal}"


def news_written(member: Member, item: NewsView) -> Mail:
    """Send a member an item of news."""
    return _mail(member, item.subject, item.text)


def item_news(member: Member, item: ItemView) -> Mail:
    """Tell a member at once what is new of an item."""
    return _mail(member, f"Item {item.number}: {item.status}", _of_item(item))


def item_digest(member: Member, category: str, items: Sequence[ItemView], is_whole: bool) -> Mail:
    """Tell a member what is new of the items of a category since the last digest."""
    lines = [_of_item(item) for item in items]
    rest = [] if is_whole else ["There is more: look at the list of items."]
    return _mail(member, f"New items in {category}", "\n".join([*lines, *rest]))


def _of_item(item: ItemView) -> str:
    return f"Item {item.number} in {item.category}, {item.name!r}: {item.status}, release {_minute(item.release_at)}."


def demand_news(member: Member, demand: DemandView) -> Mail:
    """Tell a member at once what is reserved of an item now, in units at each price and nothing of whose."""
    return _mail(member, f"Demand for item {demand.item}", _of_demand(demand))


def demand_digest(member: Member, category: str, demands: Sequence[DemandView], is_whole: bool) -> Mail:
    """Tell a member what is reserved now of the items of a category whose demand changed since the last digest."""
    parts = [_of_demand(demand) for demand in demands]
    rest = [] if is_whole else ["There is more: look at the demand of the other items."]
    return _mail(member, f"Demand in {category}", "\n\n".join([*parts, *rest]))


def _of_demand(demand: DemandView) -> str:
    lines = [f"{counted(demand.units, 'unit')} of item {demand.item} in {demand.category}, {demand.name!r}, reserved."]
    rows = demand.rows[:_DEMAND_ROWS]
    lines += [f"{row.price}: {row.units}, at that price or more {row.units_or_more}" for row in rows]
    if len(rows) < len(demand.rows):
        lines.append("There are lower prices too: look at the demand of the item.")
    return "\n".join(lines)


def reservation_ended(member: Member, reservation: ReservationView, why: str) -> Mail:
    """Tell a buyer that a reservation has ended without an order, and why."""
    return _mail(
        member,
        f"Reservation {reservation.number} has ended",
        f"Your reservation {reservation.number} of {reservation.name!r} has ended: {why}.",
    )


def reservation_asked(member: Member, reservation: ReservationView) -> Mail:
    """Ask a buyer to confirm what an order would cost all told."""
    return _mail(
        member,
        f"Reservation {reservation.number}: please confirm",
        f"{_reserved(reservation)} can be delivered by {reservation.delivery} for {_made_up(reservation)}. "
        f"Confirm or decline it before {_minute(reservation.deadline)}; after that it ends.",
    )


def reservation_reopened(member: Member, reservation: ReservationView, why: str) -> Mail:
    """Tell a buyer that nothing came of an order for now, and why."""
    return _mail(
        member,
        f"Reservation {reservation.number} is open again",
        f"{_reserved(reservation)} will not be delivered by the order that was prepared: {why}. You owe nothing, and "
        "your reservation stands where it stood before.",
    )


def reservation_agreed(member: Member, reservation: ReservationView, deal: BuyersDeal) -> Mail:
    """Tell a buyer that the seller has confirmed too: from now on there is a deal to pay."""
    return _mail(
        member,
        f"Reservation {reservation.number}: deal {deal.number}",
        f"{_reserved(reservation)} will be delivered for {_made_up(reservation)}. "
        f"Please pay under {deal.reference} before {_minute(deal.deadline)}.",
    )


def order_waits(member: Member, order: OrderView) -> Mail:
    """Ask a seller to confirm what the buyers have confirmed."""
    return _mail(
        member,
        f"Order {order.number}: please confirm",
        f"Buyers have confirmed {counted(order.confirmed, 'unit')} of {order.name!r}. Confirm or decline the order "
        f"before {_minute(order.deadline)}; after that it falls.",
    )


def order_fallen(member: Member, order: OrderView) -> Mail:
    """Tell a seller that an order has fallen, and why."""
    return _mail(
        member,
        f"Order {order.number} has fallen",
        f"Your order {order.number} of {order.name!r} has fallen: {order.outcome}. You owe nothing.",
    )


def _reserved(reservation: ReservationView) -> str:
    return f"What you reserved ({counted(reservation.quantity, 'unit')} of {reservation.name!r})"


def _made_up(reservation: ReservationView) -> str:
    """Say what a buyer pays and of what that is made up, as decided by an order."""
    fees = (reservation.carriage, "carriage"), (reservation.payment_fee, "payment fee")
    parts = [f"{reservation.price} for each", *(f"{fee} {what}" for fee, what in fees if fee.units)]
    return f"{_listed(parts)}: {reservation.total} all told"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def case_opened(case: Case) -> Mail:
    """Tell the manager that something waits."""
    about = "" if case.deal is None else f" about deal {case.deal}"
    return Mail(None, None, f"Case {case.number}: {case.kind.value}", f"A case{about} waits for you: {case.reason}.")


def call_made(member: Member, call: CallView) -> Mail:
    """Send a call for bids to somebody who may bid: what is to be delivered, moved or settled, and until when."""
    what = _line(call.what)
    facts = [f"{what} ({call.category})"]
    if call.release_at is not None:
        facts.append(f"on the market from {_minute(call.release_at)}")
    if call.since is not None and call.until is not None:
        facts.append(f"from {_minute(call.since)} to {_minute(call.until)}, for deals of {call.amount} or so")
    if call.deals is not None and call.units is not None:
        facts.append(f"{_lot(call.deals, call.units)}, {call.amount} in all")
    body = f"Bids are wanted: {'; '.join(facts)}. They can be made until {_minute(call.bids_until)}."
    return _mail(member, f"Call for bids {call.number}: {what}", body)


def call_taken_back(member: Member, bid: BidView) -> Mail:
    """Tell a bidder that a call was taken back, and the bid with it."""
    return _mail(
        member,
        f"Call for bids {bid.tender} is taken back",
        f"The call for {_line(bid.what)} was taken back: nothing comes of your bid {bid.number}.",
    )


def bid_selected(member: Member, question: QuestionView) -> Mail:
    """Send the broker's terms to the seller who is asked (spec N4)."""
    return _mail(
        member,
        _selected(question),
        f"{_line(question.what)}: {question.price} for each of {counted(question.units, 'unit')}, of which "
        f"{question.commission} is our commission and {question.share} yours. {_answer(question)}",
    )


def service_selected(member: Member, question: QuestionView, appointment: AppointmentView) -> Mail:
    """Ask a carrier or a payment provider to accept what it would be appointed for, at its own fee (spec N6)."""
    return _mail(member, _selected(question), f"You are asked for {_service(appointment)}. {_answer(question)}")


def bid_decided(member: Member, bid: BidView) -> Mail:
    """Tell a bidder what became of his or her own bid, and nothing of anybody else's."""
    return _mail(
        member,
        _decided(bid),
        f"The tender {bid.tender} for {_line(bid.what)} is over. Your bid: {bid.status}.",
    )


def appointed(member: Member, bid: BidView, appointment: AppointmentView) -> Mail:
    """Tell a carrier or a payment provider what its bid was accepted for, and at what fee (spec N6)."""
    return _mail(member, _decided(bid), f"You are appointed for {_service(appointment)}.")


def appointment_fallen(member: Member, bid: BidView) -> Mail:
    """Tell a carrier or a payment provider that the order for which it was appointed has fallen."""
    return _mail(
        member,
        f"Your bid {bid.number}: the order has fallen",
        f"The order for which you were appointed (call {bid.tender}: {_line(bid.what)}) has fallen. You have nothing "
        "to do for it, and get no fee.",
    )


def _selected(question: QuestionView) -> str:
    return f"Your bid {question.bid} is selected"


def _decided(bid: BidView) -> str:
    return f"Your bid {bid.number}: {bid.status}"


def _answer(question: QuestionView) -> str:
    return f"Accept or decline until {_minute(question.until)}."


def _service(appointment: AppointmentView) -> str:
    """Say what somebody is appointed for, for how long or how much, and at what fee."""
    facts = [f"{_line(appointment.what)} ({appointment.category})"]
    if appointment.since is not None and appointment.until is not None:
        facts.append(f"from {_minute(appointment.since)} to {_minute(appointment.until)}")
    if appointment.deals is not None and appointment.units is not None:
        facts.append(_lot(appointment.deals, appointment.units))
    return f"{', '.join(facts)}. Your fee: {_fee(appointment.fixed, appointment.each, appointment.rate)}"


def _fee(fixed: Money, each: Money, rate: Decimal) -> str:
    parts = [f"{fixed} a deal", f"{each} a unit"] if each.units else [f"{fixed} a deal"]
    return _listed([*parts, f"{rate:f} of the amount"] if rate else parts)


def _lot(deals: int, units: int) -> str:
    return f"{counted(deals, 'deal')}, {counted(units, 'unit')}"


def _minute(at: datetime | None) -> str:
    """Write an instant as every mail does."""
    return "" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
