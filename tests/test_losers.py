"""Losers of a sale are told by e-mail where the policy says so: after the decision, bounded, and nothing but that."""

from datetime import timedelta

from brokerage import BankTransfer, Immediate, MemberDesk, OfferNumber, Periodic, Policy
from brokerage.ports import Transaction
from brokerage.services.market.losers import take_losses
from builders import DAY, World, immediate, world

LOST = "Purchase Failed"


def told(place: World) -> list[tuple[int | None, str]]:
    """Return the box and the subject of every mail about a loss."""
    return [(mail.box, mail.subject) for mail in place.mailbox.sent if LOST in mail.subject]


def buyer(
    place: World, name: str, *, max_price: int = 100, mail: bool = True, words: tuple[str, ...] = ()
) -> MemberDesk:
    """Return a new member who wants something."""
    desk = place.join(name)
    desk.account.choose_mail(candidates=mail)
    desk.buy("goods", max_price=max_price, currency="USD", words=words)
    return desk


def decided(place: World, desk: MemberDesk, sale: OfferNumber) -> None:
    """Let a buyer take a sale."""
    if not isinstance(place.broker.policy.matching, Immediate):
        place.broker.match()
    [want] = [view.number for view in desk.box().purchases if view.candidates and view.deal is None][:1]
    [candidate] = [view for view in desk.candidates(want) if view.sale == sale]
    desk.decide(want, sale, price=candidate.total, pay_by=BankTransfer())


def offered(place: World, name: str = "Thing") -> OfferNumber:
    """Return a new sale of Ann's."""
    return place.join("Ann").sell("goods", name, min_price=80, currency="USD")


def test_the_other_candidate_buyers_are_told() -> None:
    """Whoever could have had the sale and asked for mails of candidates is told, once; the winner is not."""
    place = world(immediate(mail_losers=True))
    sale = offered(place)
    bob, eve = buyer(place, "Bob"), buyer(place, "Eve")
    buyer(place, "Mute", mail=False)
    buyer(place, "Poor", max_price=79)
    buyer(place, "Picky", words=("other",))
    bob.buy("goods", max_price=90, currency="USD")
    decided(place, bob, sale)
    assert told(place) == []
    assert place.broker.next_due() == place.clock.now()
    assert place.broker.run_due().losses == 1
    purchase = eve.box().purchases[0].number
    assert told(place) == [(eve.number, f"Purchase offer {purchase}: {LOST}")]
    assert place.broker.run_due().losses == 0
    assert len(told(place)) == 1


def test_the_words_tell_nothing_else() -> None:
    """The mail names the reader's own purchase and its category, and no sale, price, seller or winner."""
    place = world(immediate(mail_losers=True))
    sale = offered(place)
    bob, eve = buyer(place, "Bob"), buyer(place, "Eve")
    decided(place, bob, sale)
    place.broker.match()
    [mail] = [mail for mail in place.mailbox.sent if LOST in mail.subject]
    number = eve.box().purchases[0].number
    assert mail.subject == f"Purchase offer {number}: {LOST}"
    assert (
        mail.body == f"A candidate of your purchase offer {number} in goods went to somebody else: look into your box."
    )


def test_nobody_is_told_unless_the_policy_says_so() -> None:
    """By default losers are told by their boxes alone, and nothing is left over for rounds."""
    place = world()
    sale = offered(place)
    bob, eve = buyer(place, "Bob"), buyer(place, "Eve")
    decided(place, bob, sale)
    place.broker.run_due()
    assert (told(place), place.read(lambda tx: tx.losses.first(1))) == ([], [])
    assert eve.box().purchases[0].lost


def test_who_has_looked_is_not_told() -> None:
    """Whoever saw the loss in the box before the round is not told of it."""
    place = world(immediate(mail_losers=True))
    sale = offered(place)
    bob, eve = buyer(place, "Bob"), buyer(place, "Eve")
    decided(place, bob, sale)
    eve.acknowledge()
    place.broker.run_due()
    assert told(place) == []


def test_who_came_later_has_lost_nothing() -> None:
    """A purchase that was made after the decision, or amended since, was no candidate buyer's."""
    place = world(immediate(mail_losers=True))
    sale = offered(place)
    bob, eve = buyer(place, "Bob"), buyer(place, "Eve")
    decided(place, bob, sale)
    buyer(place, "Late")
    eve.amend(eve.box().purchases[0].number, price=99)
    place.broker.run_due()
    assert told(place) == []


def test_a_sale_that_is_open_again_is_lost_no_more() -> None:
    """Where the deal lapsed before the round came by, nobody is told of a loss."""
    place = world(Policy(matching=Periodic(timedelta(days=30)), payment=DAY, mail_losers=True))
    sale = offered(place)
    bob = buyer(place, "Bob")
    buyer(place, "Eve")
    decided(place, bob, sale)
    place.wait(2 * DAY)
    place.broker.match()
    assert told(place) == []
    assert place.read(lambda tx: tx.losses.first(1)) == []


def test_periodic_rounds_tell_at_their_time() -> None:
    """With periodic matching a loss is told by the next round and not before."""
    place = world(Policy(mail_losers=True))
    sale = offered(place)
    bob, eve = buyer(place, "Bob"), buyer(place, "Eve")
    decided(place, bob, sale)
    place.wait(timedelta(minutes=3))
    assert told(place) == []
    place.wait(timedelta(minutes=1))
    assert [box for box, _ in told(place)] == [eve.number]


def test_an_expired_purchase_is_not_told() -> None:
    """A purchase past its limit loses nothing any more."""
    place = world(Policy(matching=Periodic(timedelta(days=30)), mail_losers=True))
    sale = offered(place)
    bob, eve = buyer(place, "Bob"), place.join("Eve")
    eve.account.choose_mail(candidates=True)
    eve.buy("goods", max_price=100, currency="USD", limit=place.clock.now() + DAY)
    decided(place, bob, sale)
    place.clock.set(place.clock.now() + DAY)
    place.broker.match()
    assert told(place) == []


def test_many_losers_are_told_in_bounded_works() -> None:
    """One unit of work looks at no more purchases than the policy's bound; the works that follow tell the rest."""
    policy = immediate(mail_losers=True, checks_per_arrival=4)
    place = world(policy)
    sale = offered(place)
    losers = [buyer(place, f"Loser{at}", max_price=100 + at % 3) for at in range(10)]
    bob = buyer(place, "Bob", max_price=200)
    decided(place, bob, sale)
    sizes: list[int] = []

    now = place.clock.now()

    def count(tx: Transaction) -> int:
        return len(tx.outbox.due(now, 1000))

    while place.store.run(lambda tx: take_losses(tx, policy, None, now)):
        sizes.append(place.read(count))
    assert sizes == [4, 8, 10]
    place.broker.run_due()
    assert sorted(box for box, _ in told(place) if box) == sorted(desk.number for desk in losers)


def test_several_sales_in_one_work() -> None:
    """A unit of work goes on to the next lost sale while its bound lasts."""
    place = world(immediate(mail_losers=True))
    sales = [offered(place, f"Thing {at}") for at in range(3)]
    eve = buyer(place, "Eve")
    for at, sale in enumerate(sales):
        decided(place, buyer(place, f"Bob{at}"), sale)
    assert place.broker.run_due().losses == 3
    assert [box for box, _ in told(place)].count(eve.number) == 3
