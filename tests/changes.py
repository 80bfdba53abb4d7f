"""A store that holds something of everything, and one change of each kind that can be made to it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from brokerage import BankTransfer, Card
from brokerage.errors import NotACandidate
from brokerage.ports import Series, Transaction
from brokerage.records.checks import Check, Loss
from brokerage.records.complaints import Complaint, ComplaintKind
from brokerage.records.deals import Deal, change
from brokerage.records.effects import (
    Authorisation,
    AuthorisationState,
    Effect,
    EffectState,
    VoidAuthorisation,
    answered,
)
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.ledger import BANK, SUSPENSE, Entry, Posting
from brokerage.records.members import Activity, Credentials, Fingerprint, Person
from brokerage.records.news import News
from brokerage.records.notices import PaymentNotice, ReceivedNotice
from brokerage.records.numbers import (
    Arrival,
    BoxNumber,
    ComplaintNumber,
    ContactNumber,
    DealNumber,
    EntryNumber,
    NewsNumber,
    OfferNumber,
    PersonNumber,
)
from brokerage.records.offers import WAITING, Outcome, Standing, agree, amend, cancel, close, expire, look, tell
from brokerage.records.pauses import Pause
from brokerage.records.requests import Request
from brokerage.records.secrets import Secret
from builders import AGES, DAY, MANY, START, World, trade, world
from changes_of_items import ITEM_CHANGES, look_at_items, populate_items
from changes_of_people import PEOPLE_CHANGES, populate_people
from observing import observed

Change = Callable[[Transaction], object]
LATER = START + DAY


def populated() -> World:
    """Return a store that holds something of everything: open, told, waiting and agreed offers, deals, effects."""
    place = world()
    made = trade(place, Card("token"))
    other = made.bob.buy("goods", max_price="90.00", currency="USD", words=["none"])
    made.ann.sell("goods", "Another", min_price="85.00", currency="USD", limit=LATER)
    made.ann.sell("goods", "Third", min_price="85.00", currency="USD")
    made.bob.cancel(other)
    made.bob.buy("goods", max_price="95.00", currency="USD", words=["third"])
    made.bob.buy("services", max_price="95.00", currency="EUR")
    with pytest.raises(NotACandidate):
        made.bob.decide(OfferNumber(6), made.sale, price=1, pay_by=BankTransfer())
    place.store.run(lambda tx: tx.checks.add(Check(OfferNumber(5), 5, True, (1, 1), START)))
    place.store.run(lambda tx: tx.authorisations.add(Authorisation("kept", BoxNumber(1), 5, "USD", START)))
    place.store.run(lambda tx: tx.outbox.add(Effect("kept", VoidAuthorisation("kept"), LATER)))
    made.ann.complaints.file(made.number, ComplaintKind.DELAY, "late")
    place.broker.office.news.write("To all", "Read this", mail=True)
    place.store.run(lambda tx: tx.losses.add(Loss(DealNumber(7), START)))
    place.store.run(lambda tx: tx.credentials.add(Credentials(BoxNumber(1), "hash")))
    for person in (PersonNumber(1), PersonNumber(2)):
        place.store.run(lambda tx, person=person: tx.pauses.add(Pause(person, "goods", LATER)))  # type: ignore[misc]
    populate_people(place)
    populate_items(place)
    return place


def found(fact: Any) -> Any:
    """Return a fact that must be there."""
    assert fact is not None
    return fact


def next_version(fact: Any, **changes: Any) -> Any:
    """Return the next version of a fact."""
    return evolve(fact, version=fact.version + 1, **changes)


def offer(tx: Transaction, number: int) -> Any:
    """Return an offer by number."""
    return found(tx.offers.get(OfferNumber(number)))


def first_deal(tx: Transaction) -> Deal:
    """Return the only deal."""
    deal = tx.deals.get(DealNumber(1))
    assert deal is not None
    return deal


def last_pause(tx: Transaction) -> Pause:
    """Return the pause that ends last."""
    return tx.pauses.due(AGES, MANY)[-1]


def entry(tx: Transaction) -> Entry:
    """Return a new entry of the ledger."""
    number = EntryNumber(tx.numbers.next(Series.ENTRY))
    return Entry(number, START, None, "test", (Posting(BANK, "USD", 5), Posting(SUSPENSE, "USD", -5)))


def put_offer(step: Callable[[Any], Any], number: int) -> Change:
    """Replace an offer by what a step makes of it."""
    return lambda tx: tx.offers.replace(offer(tx, number), step(offer(tx, number)))


def put_standing(step: Callable[[Standing], Standing], number: int) -> Change:
    """Let an offer stand as a step says."""

    def work(tx: Transaction) -> None:
        standing = tx.offers.standing(OfferNumber(number))
        tx.offers.stand(offer(tx, number), standing, step(standing))

    return work


def add_offer(number: int, standing: Standing | None = None, **changes: Any) -> Change:
    """Add a copy of an offer under the next numbers; it stands as the other one does, or as it is told to."""

    def work(tx: Transaction) -> None:
        numbers = {"number": tx.numbers.next(Series.OFFER), "arrival": tx.numbers.next(Series.ARRIVAL)}
        stands = tx.offers.standing(OfferNumber(number)) if standing is None else standing
        tx.offers.add(evolve(offer(tx, number), **numbers, **changes), stands)

    return work


def put_deal(**changes: Any) -> Change:
    """Replace the deal by its next version."""
    return lambda tx: tx.deals.replace(
        found(tx.deals.get(DealNumber(1))), change(found(tx.deals.get(DealNumber(1))), **changes)
    )


def add_deal(tx: Transaction) -> None:
    """Add a copy of the deal under the next number."""
    number = DealNumber(tx.numbers.next(Series.DEAL))
    tx.deals.add(evolve(first_deal(tx), number=number, reference=f"R-{number}", deadline=LATER))


def add_member(tx: Transaction) -> None:
    """Add a copy of the first member under the next number."""
    box = BoxNumber(tx.numbers.next(Series.BOX))
    tx.members.add(evolve(found(tx.members.get(BoxNumber(1))), box=box))
    tx.activities.add(Activity(box))


def add_complaint(tx: Transaction) -> None:
    """Add a complaint of the manager about the first member."""
    number = ComplaintNumber(tx.numbers.next(Series.COMPLAINT))
    tx.complaints.add(Complaint(number, None, BoxNumber(1), DealNumber(1), ComplaintKind.PAYMENT, 10, "so", START))


def add_news(tx: Transaction) -> None:
    """Add an item of news for both members."""
    number = NewsNumber(tx.numbers.next(Series.NEWS))
    tx.news.add(News(number, START, "To two", "Read", (BoxNumber(1), BoxNumber(2)), mailing=True))


def put_news(**changes: Any) -> Change:
    """Replace the first item of news by its next version."""
    return lambda tx: tx.news.replace(
        found(tx.news.get(NewsNumber(1))), found(tx.news.get(NewsNumber(1))).changed(**changes)
    )


CHANGES: dict[str, Change] = {
    **ITEM_CHANGES,
    **PEOPLE_CHANGES,
    **{f"numbers {series.value}": lambda tx, series=series: tx.numbers.next(series) for series in Series},  # type: ignore[misc]
    "members add": add_member,
    "members replace": lambda tx: tx.members.replace(
        found(tx.members.get(BoxNumber(1))), next_version(tx.members.get(BoxNumber(1)), person=PersonNumber(2))
    ),
    "activities replace": lambda tx: tx.activities.replace(
        found(tx.activities.get(BoxNumber(1))), found(tx.activities.get(BoxNumber(1))).changed(open_offers=3)
    ),
    "credentials add": lambda tx: tx.credentials.add(Credentials(BoxNumber(2), "hash")),
    "credentials replace": lambda tx: tx.credentials.replace(
        found(tx.credentials.get(BoxNumber(1))), next_version(tx.credentials.get(BoxNumber(1)), password_hash="new")
    ),
    "persons add": lambda tx: tx.persons.add(Person(PersonNumber(tx.numbers.next(Series.PERSON)))),
    "persons fingerprint": lambda tx: tx.persons.add_fingerprint(Fingerprint("digest", PersonNumber(1))),
    "persons replace": lambda tx: tx.persons.replace(
        found(tx.persons.get(PersonNumber(2))), found(tx.persons.get(PersonNumber(2))).join(PersonNumber(1))
    ),
    "pauses add": lambda tx: tx.pauses.add(Pause(PersonNumber(1), "services", START)),
    "pauses replace": lambda tx: tx.pauses.replace(last_pause(tx), last_pause(tx).prolonged(AGES)),
    "pauses remove": lambda tx: tx.pauses.remove(last_pause(tx)),
    "persons complain": lambda tx: tx.persons.replace(
        found(tx.persons.get(PersonNumber(1))), next_version(tx.persons.get(PersonNumber(1)), filed=4)
    ),
    "categories add": lambda tx: tx.categories.add(evolve(tx.categories.all()[0], key="other", code="other")),
    "categories replace": lambda tx: tx.categories.replace(
        tx.categories.all()[0], next_version(tx.categories.all()[0], is_open=False)
    ),
    "categories remove": lambda tx: tx.categories.remove(tx.categories.all()[0]),
    "offers add sale": add_offer(4),
    "offers add cheap sale": add_offer(4, min_price=1, limit=LATER, factor=Decimal("0.5")),
    "offers add waiting sale": add_offer(4, WAITING),
    "offers add purchase": add_offer(6, Standing(True, True), max_price=99),
    "offers agree sale": put_offer(lambda old: agree(old, DealNumber(9)), 4),
    "offers agree purchase": put_offer(lambda old: agree(old, DealNumber(9)), 7),
    "offers cancel sale": put_offer(cancel, 5),
    "offers cancel purchase": put_offer(cancel, 6),
    "offers expire": put_offer(expire, 4),
    "offers tell": put_standing(tell, 7),
    "offers look": put_standing(lambda old: look(old, DealNumber(1)), 6),
    "offers amend": put_offer(lambda old: amend(old, Arrival(90), START, min_price=7, limit=LATER + DAY), 5),
    "offers wait": put_standing(lambda old: WAITING, 5),
    "offers lapse": put_offer(
        lambda old: evolve(old, state=old.state.OPEN, deal=None, arrival=Arrival(91), version=old.version + 1), 1
    ),
    "offers complete": put_offer(lambda old: close(old, Outcome.COMPLETED), 1),
    "checks add": lambda tx: tx.checks.add(Check(OfferNumber(4), 4, False, (1, 1), START)),
    "checks remove": lambda tx: tx.checks.remove(tx.checks.first(1)[0]),
    "losses add": lambda tx: tx.losses.add(Loss(DealNumber(8), START)),
    "losses remove": lambda tx: tx.losses.remove(tx.losses.first(1)[0]),
    "losses replace": lambda tx: tx.losses.replace(tx.losses.first(1)[0], next_version(tx.losses.first(1)[0])),
    "complaints add": add_complaint,
    "complaints replace": lambda tx: tx.complaints.replace(
        found(tx.complaints.get(ComplaintNumber(1))), found(tx.complaints.get(ComplaintNumber(1))).corrected(points=7)
    ),
    "news add": add_news,
    "news mail": put_news(mailing=False, mailed=BoxNumber(2)),
    "news withdraw": put_news(withdrawn=True),
    "deals add": add_deal,
    "deals replace": put_deal(deadline=START + timedelta(hours=1)),
    "deals no deadline": put_deal(deadline=None),
    "authorisations add": lambda tx: tx.authorisations.add(Authorisation("new", BoxNumber(1), 5, "USD", START)),
    "authorisations replace": lambda tx: tx.authorisations.replace(
        found(tx.authorisations.get("kept")), found(tx.authorisations.get("kept")).to(AuthorisationState.VOID)
    ),
    "ledger add": lambda tx: tx.ledger.add(entry(tx)),
    "journal append": lambda tx: tx.journal.append(Event(START, Role.OFFICE, EventKind.OFFER_TOLD, offer(tx, 1))),
    "outbox add": lambda tx: tx.outbox.add(Effect("new", VoidAuthorisation("new"), LATER)),
    "outbox add another": lambda tx: tx.outbox.add(Effect("another", VoidAuthorisation("another"), LATER)),
    "outbox replace": lambda tx: tx.outbox.replace(
        found(tx.outbox.get("kept")), answered(found(tx.outbox.get("kept")), EffectState.DONE, "")
    ),
    "inbox add": lambda tx: tx.inbox.add(ReceivedNotice(PaymentNotice("bank", "1", "r", 5, "USD"), START, "taken")),
    "requests add": lambda tx: tx.requests.add(Request(BoxNumber(1), "id", "digest", (1,))),
    "secrets add": lambda tx: tx.secrets.add(Secret("of a test", "digest")),
}


def everything(place: World) -> dict[str, object]:
    """Return everything that can be seen, with what only a key can ask for."""

    def look_closely(tx: Transaction) -> dict[str, object]:
        keys = ("kept", "new", "another")
        return {
            **observed(tx),
            "reserved and bid": look_at_items(tx),
            "effects": [tx.outbox.get(key) for key in keys],
            "all authorisations": [tx.authorisations.get(key) for key in keys],
            "inbox": tx.inbox.get(("payment:bank", "1")),
            "requests": tx.requests.get((BoxNumber(1), "id")),
            "secrets": tx.secrets.get("of a test"),
            "fingerprint": tx.persons.fingerprint("digest"),
            "former": [tx.former.get(BoxNumber(box)) for box in (101, 102)],
            "contacts": [tx.contacts.get(ContactNumber(number)) for number in (1, 1001, 1002)],
        }

    return place.read(look_closely)


def try_change(tx: Transaction, name: str) -> None:
    """Make a change unless an earlier one has made it impossible."""
    if name.startswith("losses") and not tx.losses.first(1):
        return
    if name == "offers complete" and offer(tx, 1).state is not offer(tx, 1).state.AGREED:
        return
    if name.startswith("offers") and name.split()[1] in ("agree", "cancel", "expire"):
        number = {"agree sale": 4, "agree purchase": 7, "cancel sale": 5, "cancel purchase": 6, "expire": 4}
        if offer(tx, number[name.removeprefix("offers ")]).state is not offer(tx, 1).state.OPEN:
            return
    if name == "offers amend" and offer(tx, 5).state is not offer(tx, 5).state.OPEN:
        return
    if name == "offers lapse" and offer(tx, 1).state is not offer(tx, 1).state.AGREED:
        return
    CHANGES[name](tx)
