"""Canaries: through whole lives of deals, nothing addressed to a member contains another's secrets."""

from datetime import timedelta
from fractions import Fraction

import attrs
import pytest
from attrs import frozen

from appointed import appoint
from brokerage import AccountCharge, BankTransfer, Buy, Card, DealNumber, DeliveryStep, MemberDesk, Sell
from brokerage.adapters.memory.gateways import Mood
from brokerage.errors import GatewayError
from brokerage.records.complaints import ComplaintKind
from brokerage.records.contractors import Trade
from brokerage.records.numbers import BoxNumber
from brokerage.tables import Shown
from brokerage.testing.market.naive_pricing import prices
from prying_members import CODE, START, House, forms, looks, pestered, told, tried
from reachable import strings

pytestmark = pytest.mark.once


@frozen
class Party:
    """A member in whom every secret is a text that occurs nowhere else."""

    mark: str
    telephone: str
    limit: int
    password: str
    token: str
    charged: str

    @property
    def delivery(self) -> set[str]:
        """What delivering needs."""
        return {f"Name{self.mark}", f"Street{self.mark}", self.telephone}

    @property
    def secrets(self) -> set[str]:
        """Everything that nobody else may ever see."""
        account = {f"mail{self.mark}@", f"IBAN{self.mark}", self.token, self.charged, self.password}
        return account | amounts(self.limit)


ANN = Party("ANNQX", "7001112223", 8_123_457, "hush-ANN-lantern", "tok-ANN-5577", "acct-ANN-9911")
BOB = Party("BOBQX", "7003334445", 9_654_321, "hush-BOB-lantern", "tok-BOB-6688", "acct-BOB-8822")
CAT = Party("CATQX", "7005556667", 9_777_333, "hush-CAT-lantern", "tok-CAT-7799", "acct-CAT-7733")
DAN = Party("DANQX", "7007778889", 8_444_222, "hush-DAN-lantern", "tok-DAN-8800", "acct-DAN-6644")
EVE = Party("EVEQX", "7009990001", 7_131_719, "hush-EVE-lantern", "tok-EVE-9911", "acct-EVE-5555")
FAY = Party("FAYQX", "7002223334", 6_161_616, "hush-FAY-lantern", "tok-FAY-1100", "acct-FAY-4466")
PARTIES = (ANN, BOB, CAT, DAN, EVE, FAY)
CARRIAGE, PAYMENT_FEE = 314_159, 271_828
"""What Fay carries and settles for: buyers see it, and nobody else does."""
CARD_NUMBER = "4929 1234 5678 9012"
WRONG_PASSWORD = "hush-wrong-lantern"


def amounts(units: int) -> set[str]:
    """Return how an amount of dollars may be written."""
    return {str(units), f"{units:_}", f"{units // 100}.{units % 100:02}", f"{units // 100:,}.{units % 100:02}"}


class Life:
    """Tells whole lives of deals among five, served by a sixth, and checks after each step what each gets to see."""

    def __init__(self) -> None:
        self.house = House()
        self.house.cards.cards |= {BOB.token: 10**9, CAT.token: 10}
        self.house.accounts.accounts[CAT.charged] = 10**9
        self.desks = {party: self.enter(party) for party in PARTIES}
        for trade, fee in ((Trade.CARRIER, CARRIAGE), (Trade.PROVIDER, PAYMENT_FEE)):
            appoint(self.house.store, trade, self.desks[FAY].number, category=CODE, fixed=fee)
        self.paid: list[tuple[Party, Party]] = []
        self.forbidden: dict[Party, set[str]] = {party: set() for party in PARTIES}
        for seller in (ANN, DAN):
            for buyer in (BOB, CAT):
                self.hide_prices(seller, buyer)

    def enter(self, party: Party) -> MemberDesk:
        """Register a party, with a password, and sign it in."""
        desk = self.house.broker.register(
            name=f"Name{party.mark}",
            address=f"Street{party.mark} 1",
            telephone=party.telephone,
            email=f"mail{party.mark}@x.example",
            bank_account=f"IBAN{party.mark}",
            password=party.password,
        )
        desk.account.choose_mail(candidates=True, deals=True, news=True)
        return self.house.broker.sign_in(desk.number, party.password)

    def check(self, *more: tuple[Party, list[str]]) -> None:
        """Search everything addressed to each party for what is another's."""
        for party, desk in self.desks.items():
            seen = looks(self.house, desk) + pestered(desk, 9, 4, forge=True)
            seen += self.every_form(desk)
            seen += [text for reader, texts in more if reader is party for text in texts]
            known: set[str] = set()
            for pair in self.paid:
                if party in pair:
                    known |= pair[0].delivery | pair[1].delivery
            for other in PARTIES:
                if other is not party:
                    self.search(party, seen, (other.secrets | other.delivery) - known)
            self.search(party, seen, self.forbidden[party] | {party.password, party.token, CARD_NUMBER, WRONG_PASSWORD})

    def every_form(self, desk: MemberDesk) -> list[str]:
        """Return every form of everything that shows itself to a member."""
        box = desk.box()
        things: list[Shown] = [box, desk.deals(size=100), desk.unsold(CODE, size=100), *box.sales, *box.purchases]
        things += [desk.account.history(size=100), desk.categories()]
        things += [desk.complaints.page(size=100), desk.news(size=100), *box.news]
        things += [desk.candidates(view.number, size=100) for view in box.purchases]
        return [text for thing in things for text in forms(thing)]

    def search(self, party: Party, seen: list[str], canaries: set[str]) -> None:
        """Fail if one of the canaries occurs."""
        for text in seen:
            for canary in canaries:
                assert canary not in text, f"{party.mark} sees {canary} in {text[:500]}"

    def hide_prices(self, seller: Party, buyer: Party) -> None:
        """Forbid the seller the buying price, the buyer the selling price, and everyone else both."""
        selling, buying = prices(seller.limit, buyer.limit, Fraction("0.1"), "spread", "half-even")
        fees = CARRIAGE + PAYMENT_FEE
        for party in (ANN, DAN, EVE):
            self.forbidden[party] |= amounts(CARRIAGE) | amounts(PAYMENT_FEE) | amounts(fees) | amounts(buying + fees)
        for party in PARTIES:
            self.forbidden[party] |= set() if party is buyer else amounts(buying)
            self.forbidden[party] |= set() if party is seller else amounts(selling)
            self.forbidden[party] |= amounts(buying - selling)


@pytest.fixture(scope="module")
def life() -> Life:
    """The six after everything has happened, checked at every step."""
    life = Life()
    house, broker, desks = life.house, life.house.broker, life.desks
    ann, bob, cat, dan = (desks[party] for party in (ANN, BOB, CAT, DAN))
    life.check()

    # Each refusal of a password or a card number says nothing of it.
    refusals = tried(lambda: broker.sign_in(bob.number, WRONG_PASSWORD))
    refusals += tried(lambda: broker.sign_in(BoxNumber(99), BOB.password))
    refusals += tried(lambda: Card(CARD_NUMBER)) + tried(lambda: Card(CARD_NUMBER.replace(" ", "")))
    refusals += tried(lambda: life.enter(attrs.evolve(EVE, password=WRONG_PASSWORD[:4])))
    refusals += tried(lambda: life.enter(attrs.evolve(EVE, password=WRONG_PASSWORD * 100)))
    life.search(EVE, refusals, {WRONG_PASSWORD, WRONG_PASSWORD[:4], BOB.password, CARD_NUMBER, CARD_NUMBER[:9]})

    sale = ann.sell(CODE, "Pixel 7", min_price=ANN.limit, currency="USD", description="like new")
    dans = dan.sell(CODE, "Pixel 7 Pro", min_price=DAN.limit, currency="USD")
    desks[EVE].sell(CODE, "Pixel 6", min_price=EVE.limit, currency="EUR")
    want = bob.buy(CODE, max_price=BOB.limit, currency="USD")
    cats = cat.buy(CODE, max_price=CAT.limit, currency="USD")
    bulk = tried(lambda: bob.offer_many([Sell(category="none", name="x", min_price=1, currency="USD"), row_of(BOB)]))
    life.check((BOB, bulk))

    # Declined, unknown, no answer, then a transfer that never comes: the deal lapses.
    first = next(view for view in bob.candidates(want) if view.sale == sale)
    assert (first.carriage.units, first.payment_fee.units) == (CARRIAGE, PAYMENT_FEE)
    refused = tried(lambda: bob.decide(want, sale, price=first.total, pay_by=Card(ANN.token), request_id="r1"))
    house.cards.temper.expect(Mood.SLOW)
    with pytest.raises(GatewayError) as silent:
        bob.decide(want, sale, price=first.total, pay_by=Card(BOB.token))
    refused += told(silent.value)
    life.search(BOB, refused, {ANN.token, BOB.token})
    deal = bob.decide(want, sale, price=first.total, pay_by=BankTransfer(), request_id="r2")
    reused = tried(lambda: bob.decide(want, dans, price=first.total, pay_by=BankTransfer(), request_id="r2"))
    broker.run_due()  # the rival is told of the loss
    assert any(mail.box == cat.number and "Purchase Failed" in mail.subject for mail in house.mailbox.sent)
    life.check((BOB, refused + reused), (BOB, forms(deal)))

    # Both complain, in words that would tell everything; the manager writes news to one of them alone.
    words = " ".join(sorted(ANN.delivery | BOB.delivery | amounts(ANN.limit) | amounts(BOB.limit)))
    own = forms(ann.complaints.file(deal.number, ComplaintKind.PAYMENT, f"Name{ANN.mark} wants {ANN.limit}"))
    told_bob = forms(bob.complaints.file(deal.number, ComplaintKind.COMMODITY, f"Name{BOB.mark} paid {BOB.limit}"))
    broker.office.complaints.file(cat.number, ComplaintKind.DELAY, text=words)
    broker.office.complaints.annul(broker.office.complaints.of_deal(deal.number)[0].number, words)
    broker.office.news.write("For one", f"Dear Name{EVE.mark}", boxes=[desks[EVE].number], mail=True)
    withdrawn = broker.office.news.write("For nobody", words, mail=True)
    broker.office.news.withdraw(withdrawn.number)
    broker.run_due()
    life.check((ANN, own), (BOB, told_bob))
    refused = tried(lambda: cat.decide(cats, sale, price=1, pay_by=BankTransfer()))
    house.clock.set(START + timedelta(days=8))
    broker.run_due()
    life.check((CAT, refused))

    # Again, by card, to the end.
    want = bob.buy(CODE, max_price=BOB.limit, currency="USD")
    again = next(view for view in bob.candidates(want) if view.sale == sale)
    bought = bob.decide(want, sale, price=again.total, pay_by=Card(BOB.token))
    assert bob.deal(bought.number).status == "Paid"
    life.paid.append((ANN, BOB))
    life.check()
    broker.advise_delivery(bought.number, DeliveryStep.COLLECTED, notice="c1")
    life.check()
    broker.advise_delivery(bought.number, DeliveryStep.DELIVERED, notice="c2")
    confirmed = bob.confirm(bought.number)
    life.check((BOB, forms(confirmed)))

    # The rival takes the other sale, from an account that may be charged.
    other = next(view for view in cat.candidates(cats) if view.sale == dans)
    refused = tried(lambda: cat.decide(cats, dans, price=other.total, pay_by=AccountCharge()))
    refused += tried(lambda: cat.decide(cats, dans, price=other.total, pay_by=Card(CAT.token)))
    life.check((CAT, refused))
    cat.account.allow_charging(CAT.charged)
    charged = cat.decide(cats, dans, price=other.total, pay_by=AccountCharge())
    assert cat.deal(charged.number).status == "Paid"
    life.paid.append((CAT, DAN))
    life.check()
    for desk in desks.values():
        desk.acknowledge()
    life.check()
    return life


def row_of(party: Party) -> Buy:
    """Return a row of bulk input that is good."""
    return Buy(category=CODE, max_price=party.limit, currency="EUR")


def test_the_whole_life_of_a_deal_shows_nobody_what_is_anothers(life: Life) -> None:
    """Through lapse, decline, card and charge, everything addressed to a member is free of others' canaries."""
    deals = [life.house.broker.office.deal(DealNumber(number)) for number in (1, 2, 3)]
    assert [deal.state.value for deal in deals] == ["lapsed", "completed", "paid"]
    assert (deals[1].selling_price, deals[1].buying_price) == prices(
        ANN.limit, BOB.limit, Fraction("0.1"), "spread", "half-even"
    )


def test_parties_learn_of_each_other_once_the_deal_is_paid(life: Life) -> None:
    """The canaries are really there to be found: what delivering needs is shown to the two parties after payment."""
    ann, bob = (repr(attrs.asdict(life.desks[party].deal(DealNumber(2)))) for party in (ANN, BOB))
    assert all(canary in ann for canary in BOB.delivery)
    assert all(canary in bob for canary in ANN.delivery)
    assert life.desks[BOB].deal(DealNumber(1)).counterpart is None


def test_passwords_and_card_numbers_are_kept_nowhere(life: Life) -> None:
    """Not one fact, event, effect, notice or e-mail in the store or outside holds a password or a card number."""
    journal = life.house.broker.office.events(size=1000)
    everything = list(strings([life.house.store, journal, life.house.mailbox.sent], set()))
    assert all(any(known in text for text in everything) for known in (ANN.telephone, BOB.charged[:4], "scrypt$2$"))
    for secret in (*(party.password for party in PARTIES), WRONG_PASSWORD, CARD_NUMBER, CARD_NUMBER.replace(" ", "")):
        assert not any(secret in text for text in everything), secret


def test_card_tokens_are_not_kept_by_the_broker(life: Life) -> None:
    """A card's token goes to the clearing house and is not in the store."""
    everything = list(strings(life.house.store, set()))
    for party in PARTIES:
        assert not any(party.token in text for text in everything)
