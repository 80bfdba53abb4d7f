"""Members: registering, who is the same person, signing in, and the manager's hand on factors (spec M1, M4, M6, M9)."""

from decimal import Decimal
from typing import Any

import pytest

from brokerage import BankTransfer, MemberDesk, MemberKind
from brokerage.errors import InvalidCredentials, NotACandidate, UnknownMember
from brokerage.records.deals import DealState
from builders import START, World, trade, world

ANN: dict[str, Any] = {
    "telephone": "+1 (555) 010-0200",
    "email": "Ann.Lee@Shop.example",
    "bank_account": "de 12-3456 7890",
}
UNLIKE: dict[str, Any] = {"telephone": "999", "email": "nobody@else.example", "bank_account": "X-1"}


def person(place: World, desk: MemberDesk) -> int:
    """Return the number of a member's person."""
    return place.broker.office.member(desk.number).person


def test_registering() -> None:
    """A member gets the next box, a letter with its number, the factor 1 and a place in the journal."""
    place = world()
    ann = place.join("Ann", kind=MemberKind.CORPORATION)
    bob = place.join("Bob")
    assert (ann.number, bob.number) == (1, 2)
    member = place.broker.office.member(ann.number)
    assert (place.contact(ann).name, member.kind, member.since) == ("Ann", MemberKind.CORPORATION, START)
    assert member.factor == 1
    letters = [(mail.box, mail.address, mail.body) for mail in place.mailbox.sent]
    assert (1, "Ann@example.com", "You are a member now. The number of your box is 1.") in letters
    assert len(letters) == 2
    assert place.broker.desk(ann.number).number == ann.number


def test_no_password_no_signing_in() -> None:
    """A member whom an application signs in itself has no password that opens the box."""
    place = world()
    ann = place.join("Ann")
    for password in ("", "password", "None"):
        with pytest.raises(InvalidCredentials):
            place.broker.sign_in(ann.number, password)


def test_each_password_opens_its_own_box() -> None:
    """Passwords belong to boxes, equal ones are kept under different salts, and letters of every script are taken."""
    place = world()
    desks = [place.join(name, password="pässwörd٣") for name in ("Ann", "Bob")]
    other = place.join("Eve", password="another one")
    for desk in desks:
        assert desk.number == place.broker.sign_in(desk.number, "pässwörd٣").number
        with pytest.raises(InvalidCredentials):
            place.broker.sign_in(desk.number, "another one")
    with pytest.raises(InvalidCredentials):
        place.broker.sign_in(other.number, "pässwörd٣")
    kept = [place.read(lambda tx, box=desk.number: tx.credentials.get(box)) for desk in desks]  # type: ignore[misc]
    assert len({credentials.password_hash for credentials in kept if credentials}) == 2


SAME = [
    {"email": "ann.lee@shop.example"},
    {"email": "  ANN.LEE@SHOP.EXAMPLE "},
    {"email": "ａｎｎ.lee@shop.example"},
    {"telephone": "15550100200"},
    {"telephone": "001 555 0100 200"},
    {"telephone": "+1/555.0100.200"},
    {"telephone": "＋１ ５５５ ０１００２００"},
    {"bank_account": "DE1234567890"},
    {"bank_account": "DE12 3456 7890"},
    {"bank_account": "ＤＥ１２３４５６７８９０"},
]
OTHER = [
    {"email": "ann.lee@shop.example.org"},
    {"email": "annlee@shop.example"},
    {"telephone": "5550100200"},
    {"bank_account": "DE1234567891"},
    {},
]


@pytest.mark.parametrize("details", SAME, ids=lambda row: next(iter(row.values())))
def test_the_same_person(details: dict[str, str]) -> None:
    """Whoever shares an e-mail, telephone or bank account, however written, is the same person, and no candidate."""
    place = world()
    ann = place.join("Ann", **ANN)
    again = place.join("Bea", **{**UNLIKE, **details})
    assert person(place, ann) == person(place, again)
    sale = ann.sell("goods", "Thing", min_price="80.00", currency="USD")
    want = again.buy("goods", max_price="100.00", currency="USD")
    assert len(again.candidates(want)) == 0
    assert (ann.box().sales[0].status, again.box().purchases[0].status) == ("No Buyer", "No Seller")
    with pytest.raises(NotACandidate):
        again.decide(want, sale, price="92.00", pay_by=BankTransfer())


@pytest.mark.parametrize("details", OTHER, ids=lambda row: next(iter(row.values()), "nothing"))
def test_another_person(details: dict[str, str]) -> None:
    """Whoever shares none of the three is another person, and a candidate, also under the same name and address."""
    place = world()
    ann = place.join("Ann", **ANN)
    again = place.join("Ann", **{**UNLIKE, **details})
    assert person(place, ann) != person(place, again)
    ann.sell("goods", "Thing", min_price="80.00", currency="USD")
    assert len(again.candidates(again.buy("goods", max_price="100.00", currency="USD"))) == 1


def test_a_person_is_found_by_what_was_used_once() -> None:
    """What one member of a person used counts for all: the third, who shares only with the second, is the first too."""
    place = world()
    ann = place.join("Ann", **ANN)
    bea = place.join("Bea", telephone="111", email=ANN["email"], bank_account="B-1")
    eve = place.join("Eve", telephone="222", email="eve@example.com", bank_account="b1")
    assert person(place, ann) == person(place, bea) == person(place, eve) == 1


def test_two_persons_who_turn_out_to_be_one() -> None:
    """A third who shares with two joins them for good: their open offers stop being candidates of each other."""
    place = world()
    ann, bob = place.join("Ann"), place.join("Bob")
    eve = place.join("Eve")
    sale = ann.sell("goods", "Thing", min_price="80.00", currency="USD")
    want = bob.buy("goods", max_price="100.00", currency="USD")
    hers = eve.buy("goods", max_price="100.00", currency="USD")
    assert len(bob.candidates(want)) == len(eve.candidates(hers)) == 1
    both = place.join("Both", email="ANN@example.com", bank_account=place.contact(bob).bank_account)
    assert person(place, ann) == person(place, bob) == person(place, both) == 1
    assert (len(bob.candidates(want)), len(eve.candidates(hers))) == (0, 1)
    assert bob.box().purchases[0].status == "No Seller"
    with pytest.raises(NotACandidate):
        bob.decide(want, sale, price="92.00", pay_by=BankTransfer())
    mine = both.buy("goods", max_price="100.00", currency="USD")
    assert len(both.candidates(mine)) == 0
    rows = place.broker.office.transactions("goods").rows
    assert [hers] == [candidate.purchase for candidate in rows[0].candidates]
    last = place.join("Last", telephone=place.contact(bob).telephone)
    assert person(place, last) == 1


def test_joining_leaves_deals_alone() -> None:
    """A deal between two who later turn out to be one is settled as it was agreed."""
    place = world()
    made = trade(place)
    place.join("Both", email="ann@example.com", bank_account=place.contact(made.bob).bank_account)
    assert place.sale(made.sale).person == place.purchase(made.purchase).person
    made.transfer("92.00")
    assert made.fact.state is DealState.PAID


def test_the_secret_is_the_key_of_the_fingerprints() -> None:
    """No contact detail stands in what persons are recognised by."""
    place = world()
    place.join("Ann", **ANN)
    digests = [
        digest
        for digest in ("email:ann.lee@shop.example", "telephone:15550100200", "account:DE1234567890")
        if place.read(lambda tx, digest=digest: tx.persons.fingerprint(digest)) is not None  # type: ignore[misc]
    ]
    assert digests == []


def test_a_factor_serves_later_offers_only() -> None:
    """A new factor prices offers accepted from then on; those that stand keep the factor they froze (spec M4, P8)."""
    place = world()
    ann, bob = place.join("Ann"), place.join("Bob")
    ann.sell("goods", "Thing", min_price="80.00", currency="USD")
    old = bob.buy("goods", max_price="100.00", currency="USD")
    assert place.broker.office.set_factor(bob.number, "0.5").factor == Decimal("0.5")
    assert place.broker.office.set_factor(bob.number, Decimal("0.5")).factor == Decimal("0.5")
    new = bob.buy("goods", max_price="100.00", currency="USD")
    assert (place.purchase(old).factor, place.purchase(new).factor) == (Decimal(1), Decimal("0.5"))
    # M = 20 × 0.1 × 1 = 2 for the old one, 20 × 0.1 × 0.5 = 1 for the new one, around 90
    assert [str(desk_page[0].price) for desk_page in (bob.candidates(old), bob.candidates(new))] == [
        "92.00 USD",
        "91.00 USD",
    ]
    bob.amend(old, price="100.00")
    assert place.purchase(old).factor == 1


def test_choices_are_kept_one_by_one() -> None:
    """Each choice of e-mails stays as it is until its member changes it."""
    place = world()
    ann = place.join("Ann")
    ann.account.choose_mail(candidates=True)
    ann.account.choose_mail(deals=True)
    member = place.broker.office.member(ann.number)
    assert (member.mail_candidates, member.mail_deals) == (True, True)
    ann.account.choose_mail(candidates=False)
    member = place.broker.office.member(ann.number)
    assert (member.mail_candidates, member.mail_deals) == (False, True)


def test_nobody_has_a_box_that_was_not_given() -> None:
    """A desk is given for a member's box only."""
    with pytest.raises(UnknownMember) as caught:
        world().broker.desk(1)  # type: ignore[arg-type]
    assert (caught.value.field, caught.value.value) == ("box", 1)
