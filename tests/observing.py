"""Everything that a transaction can be asked, so that tests can compare what two stores, or one store twice, show."""

from datetime import UTC, datetime

from brokerage.ports import Series, Transaction
from brokerage.records.cases import CaseKind
from brokerage.records.contractors import Trade
from brokerage.records.numbers import (
    BoxNumber,
    CaseNumber,
    ContactNumber,
    DealNumber,
    EntryNumber,
    ItemNumber,
    OfferNumber,
    OrderNumber,
    PersonNumber,
    TenderNumber,
)
from brokerage.records.tallies import ALL_MEMBERS
from brokerage.records.tenders import StandingService
from brokerage.records.watches import Topic

__all__ = ["balances", "observed"]

AGES = datetime(9000, 1, 1, tzinfo=UTC)
MANY = 1_000_000


def observed(tx: Transaction) -> dict[str, object]:
    """Return everything that a transaction can be asked, in a form that compares."""
    last = {series: tx.numbers.last(series) for series in Series}
    boxes = [BoxNumber(number) for number in range(1, last[Series.BOX] + 1)]
    persons = [PersonNumber(number) for number in range(1, last[Series.PERSON] + 1)]
    offers = [tx.offers.get(OfferNumber(number)) for number in range(1, last[Series.OFFER] + 1)]
    deals = [tx.deals.get(DealNumber(number)) for number in range(1, last[Series.DEAL] + 1)]
    return {
        "numbers": last,
        "members": [tx.members.get(box) for box in boxes],
        "of person": [tx.members.of_person(person) for person in persons],
        "quiet": (tx.members.quiet(AGES, MANY), tx.members.next_quiet()),
        "told": (tx.members.told(AGES, MANY), tx.members.next_told()),
        "former": [tx.former.get(box) for box in boxes],
        "former of person": [tx.former.of_person(person) for person in persons],
        "reasons": tx.reasons.all(),
        "tries": (tx.tries.due(AGES, MANY), tx.tries.next_due()),
        "contacts": [tx.contacts.get(ContactNumber(number)) for number in range(1, last[Series.CONTACT] + 1)],
        "of box": [tx.contacts.of_box(box) for box in boxes],
        "activities": [tx.activities.get(box) for box in boxes],
        "credentials": [tx.credentials.get(box) for box in boxes],
        "persons": [tx.persons.get(person) for person in persons],
        "pauses": (
            [tx.pauses.of_person(person) for person in persons],
            tx.pauses.due(AGES, MANY),
            tx.pauses.next_end(),
        ),
        "all members": tx.members.after(BoxNumber(0), MANY),
        "who filed": tx.persons.who_filed(1, None, MANY),
        "categories": tx.categories.all(),
        "offers": offers,
        "standings": [tx.offers.standing(OfferNumber(number)) for number in range(1, last[Series.OFFER] + 1)],
        "of member": [tx.offers.of_member(box) for box in boxes],
        "waiting": tx.offers.waiting(MANY),
        "limits": (tx.offers.due(AGES, MANY), tx.offers.next_limit()),
        "books": [_book(tx, *key) for key in sorted({(o.category, o.currency) for o in offers if o})],
        "lists": [_lists(tx, name) for name in sorted({offer.category for offer in offers if offer})],
        "checks": tx.checks.first(MANY),
        "losses": tx.losses.first(MANY),
        "complaints": [tx.complaints.of_member(box, None, MANY) for box in boxes],
        "complaints of deals": [tx.complaints.of_deal(deal.number) for deal in deals if deal],
        "news": (tx.news.latest(None, MANY), tx.news.to_mail(MANY)),
        "news for boxes": [tx.news.for_box(box, None, MANY) for box in boxes],
        "deals": deals,
        "cases": [tx.cases.get(CaseNumber(number)) for number in range(1, last[Series.CASE] + 1)],
        "open cases": [tx.cases.open_ones(kind, CaseNumber(0), MANY) for kind in (None, *CaseKind)],
        "cases of deals": [tx.cases.of_deal(deal.number) for deal in deals if deal],
        "statements": [tx.statements.of_deal(deal.number) for deal in deals if deal],
        "references": [tx.deals.by_reference(deal.reference) for deal in deals if deal],
        "deals of member": [tx.deals.of_member(box, None, MANY) for box in boxes],
        "deadlines": (tx.deals.due(AGES, MANY), tx.deals.next_deadline()),
        "authorisations": (tx.authorisations.intended(AGES, MANY), tx.authorisations.next_intended()),
        "entries": tx.ledger.entries(EntryNumber(0), MANY),
        "balances": balances(tx),
        "journal": (tx.journal.last(), tx.journal.read(0, MANY)),
        "tallies": [tx.tallies.of_member(box) for box in (ALL_MEMBERS, *boxes)],
        "progress": [tx.progress.get(name) for name in ("tallies", "rating")],
        "outbox": (tx.outbox.due(AGES, MANY), tx.outbox.next_due()),
        **_reserved(tx),
        **_tendered(tx),
    }


def _reserved(tx: Transaction) -> dict[str, object]:
    """Return everything about items, the demand for them, reservations and watches."""
    boxes = [BoxNumber(number) for number in range(1, tx.numbers.last(Series.BOX) + 1)]
    numbers = [ItemNumber(number) for number in range(1, tx.numbers.last(Series.ITEM) + 1)]
    orders = [OrderNumber(number) for number in range(1, tx.numbers.last(Series.ORDER) + 1)]
    offers = [OfferNumber(number) for number in range(1, tx.numbers.last(Series.OFFER) + 1)]
    codes = sorted({name for category in tx.categories.all() for name in (category.code, category.key)})
    topics = [(topic, code) for topic in Topic for code in codes]
    return {
        "items": [tx.items.get(item) for item in numbers],
        "latest items": tx.items.latest(None, MANY),
        "announced items": [tx.items.announced(code, None, MANY) for code in (None, *codes)],
        "items of members": [tx.items.of_member(box, None, MANY) for box in boxes],
        "changed items": [tx.items.changed(code, 0, MANY) for code in codes],
        "releases": (tx.items.due(AGES, MANY), tx.items.next_release()),
        "demands": [tx.demands.get(item) for item in numbers],
        "changed demands": [tx.demands.changed(code, 0, MANY) for code in codes],
        "items to mail and to close": (tx.items.to_mail(MANY), tx.demands.to_mail(MANY), tx.items.to_close(MANY)),
        "reservations": [tx.reservations.get(number) for number in offers],
        "unfinished reservations": [tx.reservations.has_unfinished(code) for code in codes],
        "open reservations": [tx.reservations.open_of(item, None, MANY) for item in numbers],
        "pools": [tx.reservations.pooled(item) for item in numbers],
        "reservations of orders": [tx.reservations.of_order(order, None, MANY) for order in orders],
        "reservations of members": [
            (tx.reservations.of_member(box), tx.reservations.listed(box, None, MANY)) for box in boxes
        ],
        "past": [tx.reservations.past_of(item, AGES.date()) for item in numbers],
        "wanted": (tx.reservations.wanted_before(AGES.date(), MANY), tx.reservations.next_wanted()),
        "watches": [tx.watches.of_member(box) for box in boxes],
        "who hears at once": [tx.watches.at_once(*about, BoxNumber(0), MANY) for about in topics],
        "who watches": [tx.watches.watching(*about, BoxNumber(0), MANY) for about in topics],
        "digests": (tx.watches.due(AGES, MANY), tx.watches.next_due()),
    }


def _tendered(tx: Transaction) -> dict[str, object]:
    """Return everything about tenders, bids, orders, contractors and standing terms."""
    boxes = [BoxNumber(number) for number in range(1, tx.numbers.last(Series.BOX) + 1)]
    numbers = [TenderNumber(number) for number in range(1, tx.numbers.last(Series.TENDER) + 1)]
    orders = [OrderNumber(number) for number in range(1, tx.numbers.last(Series.ORDER) + 1)]
    items = [ItemNumber(number) for number in range(1, tx.numbers.last(Series.ITEM) + 1)]
    tenders = [tx.tenders.get(number) for number in numbers]
    asked = [tender.asked for tender in tenders if tender and isinstance(tender.asked, StandingService)]
    standing = dict.fromkeys((one.trade, one.category, one.zone, one.currency) for one in asked)
    return {
        "tenders": tenders,
        "called": [tx.tenders.called(trade, None, MANY) for trade in Trade],
        "latest tenders": tx.tenders.latest(None, MANY),
        "tenders of items": [tx.tenders.of_item(item) for item in items],
        "tenders of orders": [tx.tenders.of_order(order) for order in orders],
        "tenders due": (tx.tenders.due(AGES, MANY), tx.tenders.next_due(), tx.tenders.to_mail(MANY)),
        "bids": [tx.bids.get(OfferNumber(number)) for number in range(1, tx.numbers.last(Series.OFFER) + 1)],
        "bids of tenders": [tx.bids.of_tender(number) for number in numbers],
        "bidders": [tx.bids.of_bidder(number, box) for number in numbers for box in boxes],
        "bids of members": [tx.bids.of_member(box, None, MANY) for box in boxes],
        "orders": [tx.orders.get(order) for order in orders],
        "orders of tenders": [tx.orders.of_tender(number) for number in numbers],
        "orders of sellers": [tx.orders.of_seller(box, None, MANY) for box in boxes],
        "orders due": (tx.orders.due(AGES, MANY), tx.orders.next_due()),
        "contractors": [tx.contractors.of_trade(trade, BoxNumber(0), MANY) for trade in Trade],
        "trades": [tx.contractors.get((box, trade)) for box in boxes for trade in Trade],
        "standing terms": [tx.standing_terms.get(key) for key in standing],
    }


def _book(tx: Transaction, category: str, currency: str) -> tuple[object, ...]:
    ladders = {ladder: list(tx.offers.ladder(ladder, 10**15)) for ladder in tx.offers.ladders(category, currency)}
    return (
        (category, currency),
        ladders,
        list(tx.offers.purchases(category, currency, 0)),
        list(tx.offers.untold_sales(category, currency, 10**15)),
        list(tx.offers.untold_purchases(category, currency, 0)),
        list(tx.offers.lost_sales(category, currency, DealNumber(0), 10**15)),
    )


def _lists(tx: Transaction, category: str) -> tuple[object, ...]:
    first = OfferNumber(0)
    return (
        category,
        tx.offers.has_unfinished(category),
        list(tx.offers.unsold(category, first)),
        list(tx.offers.listed_sales(category, first)),
    )


def balances(tx: Transaction) -> dict[tuple[str, str], int]:
    """Return the balance of every account that an entry names, by (account, currency)."""
    entries = tx.ledger.entries(EntryNumber(0), MANY)
    accounts = {(posting.account, posting.currency) for entry in entries for posting in entry.postings}
    return {(str(account), currency): tx.ledger.balance(account, currency) for account, currency in accounts}
