"""Hypothesis strategies: people who register, offers, policies, and whole markets.

They lean towards what is hard: limits that are equal or overlap by a minor unit, nothing and the highest amounts,
people who are one and the same, currencies with no and with three decimals. Whatever is drawn is accepted by a broker.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

from attrs import evolve, frozen
from hypothesis import strategies as st

from brokerage.adapters.memory import pretend_gateways
from brokerage.adapters.system import ManualClock, ScryptHasher, SeededEntropy
from brokerage.desks import MemberDesk
from brokerage.engine import Brokerage
from brokerage.policy import Carriage, Immediate, PayoutOn, Periodic, Policy
from brokerage.ports import Gateways, Store
from brokerage.pricing import FactorRule, Margin, Rounding
from brokerage.records.categories import Fulfilment
from brokerage.services.market.requests import Buy, Sell

__all__ = [
    "CATEGORIES",
    "CURRENCIES",
    "ByLastWord",
    "Market",
    "NewCategory",
    "NewOffer",
    "Newcomer",
    "attributes",
    "categories",
    "currencies",
    "factors",
    "least_prices",
    "lives",
    "margins",
    "markets",
    "most_prices",
    "newcomers",
    "offers",
    "policies",
    "purchases",
    "rates",
    "requirements",
    "sales",
]

CATEGORIES = ("phones", "boats", "repairs")
"""The codes of the categories that offers are in, unless others are named; the last one's deals are performed."""

CURRENCIES = ("USD", "JPY", "KWD")
"""The currencies of offers, unless others are named: with two, no and three decimals."""

_HIGHEST = 10**15 - 1000  # with room for carriage, and for paying too much
_COLORS, _SIZES = st.sampled_from(("red", "blue")), st.sampled_from(("colour", "size"))
_Any = TypeVar("_Any")


def _mostly(values: Sequence[_Any]) -> st.SearchStrategy[_Any]:
    """The first one in most cases, so that offers meet."""
    return st.sampled_from((values[0],) * 14 + tuple(values[1:]))


@frozen(kw_only=True)
class Newcomer:
    """Somebody who registers.

    Args:
        name: as are the others, what :meth:`~brokerage.engine.Brokerage.register` asks for.
        address: the postal address.
        telephone: with at least one digit.
        email: with its @.
        bank_account: where to be paid.
    """

    name: str = "Member"
    address: str = "1 Elm Row"
    telephone: str
    email: str
    bank_account: str

    def join(self, broker: Brokerage) -> MemberDesk:
        """Register with a broker, and return the new desk."""
        return broker.register(
            name=self.name,
            address=self.address,
            telephone=self.telephone,
            email=self.email,
            bank_account=self.bank_account,
        )


@frozen
class ByLastWord:
    """A zoning rule: the zone of an address is its last word (spec N6).

    >>> ByLastWord().zone("2 Oak Lane")
    'Lane'
    """

    def zone(self, address: str) -> str:
        """Return the last word of an address, "" of a blank one."""
        return address.split()[-1] if address.strip() else ""


def newcomers() -> st.SearchStrategy[Newcomer]:
    """Draw somebody who registers; some are the same person as others, in another writing (spec M9)."""
    return st.builds(
        Newcomer,
        email=st.sampled_from(
            ("ann@shop.example", " ANN@Shop.Example ", "bob@home.example", "cid@x.example", "dee@x.example")
        ),
        telephone=st.sampled_from(("+1 555 0100", "001-555-0100", "15550101", "15550102", "15550103")),
        bank_account=st.sampled_from(("US-1", "us 1", "US-2", "US-3", "US-4", "US-5")),
        address=st.sampled_from(("1 Elm Row", "2 Oak Lane")),
    )


def categories(codes: Sequence[str] = CATEGORIES) -> st.SearchStrategy[str]:
    """Draw a category's code, in most cases the first."""
    return _mostly(codes)


def currencies(codes: Sequence[str] = CURRENCIES) -> st.SearchStrategy[str]:
    """Draw an ISO 4217 code, in most cases the first."""
    return _mostly(codes)


def least_prices() -> st.SearchStrategy[int]:
    """Draw SPmin in minor units: low, near to the limits that buyers have, or among the highest that there are."""
    return st.one_of(st.integers(0, 8), st.integers(0, 40), st.sampled_from((0, 7, 7, _HIGHEST)))


def most_prices() -> st.SearchStrategy[int]:
    """Draw BPmax in minor units: near to the limits that sellers have, or among the highest that there are."""
    return st.one_of(st.integers(6, 14), st.integers(0, 40), st.sampled_from((0, 12, 12, _HIGHEST)))


def lives() -> st.SearchStrategy[timedelta | None]:
    """Draw how long an offer lives; ``None``, in most cases, for as long as the policy says."""
    spans = (timedelta(minutes=3), timedelta(hours=1), timedelta(days=2), timedelta(days=7, minutes=5))
    return st.sampled_from((None,) * 8 + spans)


def attributes() -> st.SearchStrategy[dict[str, str]]:
    """Draw what a seller tells of a commodity: none, one or both of a colour and a size."""
    return st.dictionaries(_SIZES, _COLORS, max_size=2)


def requirements() -> st.SearchStrategy[tuple[Mapping[str, set[str]], tuple[str, ...]]]:
    """Draw what a buyer requires: the values that will do by attribute, and words; in most cases nothing."""
    nothing: tuple[Mapping[str, set[str]], tuple[str, ...]] = ({}, ())
    something = st.tuples(
        st.dictionaries(_SIZES, st.sets(_COLORS, min_size=1), max_size=1),
        st.lists(st.sampled_from(("pixel", "PIXEL-7", "new")), max_size=1).map(tuple),
    )
    return st.one_of(st.just(nothing), st.just(nothing), st.just(nothing), something)


def sales(
    category: st.SearchStrategy[str] | None = None,
    currency: st.SearchStrategy[str] | None = None,
    min_price: st.SearchStrategy[int] | None = None,
) -> st.SearchStrategy[Sell]:
    """Draw a request to sell, without a time limit.

    Args:
        category: draws the code; by default one of :data:`CATEGORIES`.
        currency: draws the currency; by default one of :data:`CURRENCIES`.
        min_price: draws SPmin in minor units.
    """
    return st.builds(
        Sell,
        category=categories() if category is None else category,
        name=st.sampled_from(("Pixel 7", "pixel-7 new", "Seven PIXELS", "Boat")),
        min_price=least_prices() if min_price is None else min_price,
        currency=currencies() if currency is None else currency,
        attributes=attributes(),
    )


def purchases(
    category: st.SearchStrategy[str] | None = None,
    currency: st.SearchStrategy[str] | None = None,
    max_price: st.SearchStrategy[int] | None = None,
) -> st.SearchStrategy[Buy]:
    """Draw a request to buy, without a time limit.

    Args:
        category: draws the code; by default one of :data:`CATEGORIES`.
        currency: draws the currency; by default one of :data:`CURRENCIES`.
        max_price: draws BPmax in minor units.
    """
    return st.builds(
        lambda code, coin, price, wanted: Buy(
            category=code, max_price=price, currency=coin, attributes=wanted[0], words=wanted[1]
        ),
        categories() if category is None else category,
        currencies() if currency is None else currency,
        most_prices() if max_price is None else max_price,
        requirements(),
    )


def offers() -> st.SearchStrategy[Sell | Buy]:
    """Draw a request to sell or to buy."""
    return st.one_of(sales(), purchases())


def factors() -> st.SearchStrategy[str]:
    """Draw a commission factor Rm, from 0 to 1."""
    return st.sampled_from(("1", "0.9", "0.5", "0.123456", "0"))


def rates() -> st.SearchStrategy[str]:
    """Draw a commission rate Rc, from 0 to 0.5."""
    return st.sampled_from(("0.1", "0.10", "0.5", "0", "0.333"))


def margins() -> st.SearchStrategy[Margin]:
    """Draw one of the library's margin rules."""
    return st.sampled_from(tuple(Margin))


def policies(page_size: int = 10) -> st.SearchStrategy[Policy]:
    """Draw a broker's choices: matching, factor rule, rounding, payout, carriage, zones, and how much a round takes.

    Args:
        page_size: items on a page, the same in all.
    """
    carriage = Carriage("Cart", "US-9", {"USD": 3, "KWD": 1})
    return st.builds(
        Policy,
        matching=st.sampled_from((Immediate(), Periodic())),
        factor=st.sampled_from(tuple(FactorRule)),
        rounding=st.sampled_from(tuple(Rounding)),
        payout_on=st.sampled_from(tuple(PayoutOn)),
        carriage=st.sampled_from((None, carriage)),
        zoning=st.sampled_from((None, ByLastWord())),
        page_size=st.just(page_size),
        arrivals_per_work=st.sampled_from((1, 2, 500)),
    )


@frozen
class NewCategory:
    """A category to be added: its code, rate, margin rule, and how its deals are fulfilled."""

    code: str
    rate: str
    margin: Margin
    fulfilment: Fulfilment = Fulfilment.CARRIER


@frozen
class NewOffer:
    """An offer to be made: by the newcomer at a position (counted round and round), what, and how long it lives."""

    who: int
    request: Sell | Buy
    life: timedelta | None = None


@frozen
class Market:
    """A market before its first offer: what the broker chose, the categories, who comes, and what each offers."""

    policy: Policy
    categories: tuple[NewCategory, ...]
    newcomers: tuple[Newcomer, ...]
    offers: tuple[NewOffer, ...]

    def open(
        self, clock: ManualClock, store: Store | None = None, gateways: Gateways | None = None
    ) -> tuple[Brokerage, list[MemberDesk]]:
        """Open the market: everybody registers, every offer is made, and there was one round.

        Args:
            clock: tells the broker's time.
            store: where it is kept; by default in memory.
            gateways: the parties outside; by default pretend ones.

        Returns:
            The broker, and the desk of each newcomer.
        """
        broker = Brokerage(
            self.policy,
            store=store,
            clock=clock,
            entropy=SeededEntropy(1),
            gateways=pretend_gateways() if gateways is None else gateways,
            hasher=ScryptHasher(cost=2),
            secret=b"of no secrecy",
        )
        for each in self.categories:
            broker.office.add_category(each.code, rate=each.rate, margin=each.margin, fulfilment=each.fulfilment)
        desks = [newcomer.join(broker) for newcomer in self.newcomers]
        for offer in self.offers:
            limit = None if offer.life is None else clock.now() + offer.life
            desks[offer.who % len(desks)].offer_many([evolve(offer.request, limit=limit)])
        broker.match()
        return broker, desks


def markets(most_offers: int = 30) -> st.SearchStrategy[Market]:
    """Draw a whole market, of two to six newcomers.

    Args:
        most_offers: no market has more offers.
    """
    fulfilments = (Fulfilment.CARRIER,) * (len(CATEGORIES) - 1) + (Fulfilment.PERFORMED,)
    added = [
        st.builds(NewCategory, st.just(code), rates(), margins(), st.just(fulfilment))
        for code, fulfilment in zip(CATEGORIES, fulfilments, strict=True)
    ]
    return st.builds(
        Market,
        policies(),
        st.tuples(*added),
        st.lists(newcomers(), min_size=2, max_size=6).map(tuple),
        st.lists(st.builds(NewOffer, st.integers(0, 999), offers(), lives()), max_size=most_offers).map(tuple),
    )
