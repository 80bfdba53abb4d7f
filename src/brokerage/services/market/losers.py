"""Telling the losers of a sale by e-mail, where the policy says so: noted at the decision, done by rounds (spec X4)."""

from datetime import datetime
from itertools import islice

from brokerage.boxes import CandidateView, purchase_view
from brokerage.mails import sale_lost
from brokerage.pages import Page
from brokerage.policy import Policy
from brokerage.ports import Transaction
from brokerage.records.checks import Loss
from brokerage.records.deals import Deal
from brokerage.records.offers import PurchaseOffer, SaleOffer, is_open
from brokerage.records.versions import next_version
from brokerage.services.effects import send

__all__ = ["note_loss", "take_losses"]

_SOME: Page[CandidateView] = Page((), may_be_more=True)


def note_loss(tx: Transaction, deal: Deal, policy: Policy, now: datetime) -> None:
    """Write down at a decision that the sale's other candidate buyers are to be told. O(log n)."""
    if policy.mail_losers:
        tx.losses.add(Loss(deal.number, now))


def take_losses(tx: Transaction, policy: Policy, cut: datetime | None, now: datetime) -> int:
    """Tell the losers of the first sales that were decided before ``cut``; ``None``: of any.

    One unit of work looks at no more purchases than an arrival may pass over; the rest is left for the next. Return
    how many losses were taken up, 0 when there are none.
    """
    room, taken = policy.checks_per_arrival, 0
    for loss in tx.losses.first(policy.arrivals_per_work):
        if room <= 0:
            break
        if cut is None or loss.since < cut:
            room -= max(1, _take(tx, loss, room, now))
            taken += 1
    return taken


def _take(tx: Transaction, loss: Loss, room: int, now: datetime) -> int:
    """Go on with the losers of a sale, and return how many purchases were looked at."""
    deal = tx.deals.get(loss.deal)
    sale = None if deal is None else tx.offers.get(deal.sale)
    if deal is None or not isinstance(sale, SaleOffer) or sale.deal != loss.deal:
        tx.losses.remove(loss)  # a sale that is open again is lost no more
        return 0
    found = tx.offers.purchases(sale.category, sale.currency, sale.min_price, loss.after)
    purchases = list(islice(found, room))
    parties = [member.person for box in (deal.seller, deal.buyer) if (member := tx.members.get(box)) is not None]
    for purchase in purchases:
        if purchase.person not in parties and _has_lost(tx, purchase, sale, deal, now):
            _tell(tx, purchase, deal, now)
    if len(purchases) < room:
        tx.losses.remove(loss)
    else:
        last = purchases[-1]
        tx.losses.replace(loss, next_version(loss, after=(last.max_price, last.number)))
    return len(purchases)


def _has_lost(tx: Transaction, purchase: PurchaseOffer, sale: SaleOffer, deal: Deal, now: datetime) -> bool:
    """Say whether a purchase in the book could have had a sale, and its member has not looked since it was lost."""
    return (
        is_open(purchase, now)
        and tx.offers.standing(purchase.number).seen_deal < deal.number
        and (purchase.requirements is None or purchase.requirements.met_by(sale))
    )


def _tell(tx: Transaction, purchase: PurchaseOffer, deal: Deal, now: datetime) -> None:
    member = tx.members.get(purchase.box)
    if member is not None and member.mail_candidates:
        view = purchase_view(purchase, None, _SOME, ())
        send(tx, f"mail:lost:{deal.number}:{purchase.number}", sale_lost(member, view), now)
