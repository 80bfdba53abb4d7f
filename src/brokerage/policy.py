"""The broker's choices: one frozen value with sensible defaults.

Spec P4, K3, M1, M5, M6, X2, X4, B7, V2, A3, T1, T2 and the deadlines.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import Enum
from types import MappingProxyType
from typing import Any

from attrs import field, frozen

from brokerage.errors import InvalidAmount, InvalidChoice, InvalidText
from brokerage.money import Amount, minor_units
from brokerage.pricing import FactorRule, Margin, MarginRule, Rounding, checked_margin_rule
from brokerage.rating import Rating
from brokerage.records.complaints import ComplaintKind

__all__ = ["Carriage", "Immediate", "Matching", "PayoutOn", "Periodic", "Policy", "PriceGrid"]


def _count(_policy: object, attribute: Any, value: object) -> None:
    if type(value) is not int or value <= 0:
        raise InvalidChoice(attribute.name, value, "a whole number above zero", "choose a larger one")


def _wait(_policy: object, attribute: Any, value: object) -> None:
    if not isinstance(value, timedelta) or value <= timedelta(0):
        raise InvalidChoice(attribute.name, value, "a timedelta above zero", "choose a longer one")


def _wait_or_none(policy: object, attribute: Any, value: object) -> None:
    if value is not None:
        _wait(policy, attribute, value)


def _count_or_none(policy: object, attribute: Any, value: object) -> None:
    if value is not None:
        _count(policy, attribute, value)


def _name(_policy: object, attribute: Any, value: str) -> None:
    if not isinstance(value, str) or not value.strip():
        raise InvalidText(attribute.name, value, "text that is not blank", "write something")


PriceGrid = Mapping[str, int]
"""The step of each currency whose limits stand on a grid, in minor units (spec B7)."""


def _steps(grid: Any) -> Any:
    """The grid in minor units, as a copy that nobody can change; what is no mapping is left to the check."""
    if not isinstance(grid, Mapping):
        return grid
    return MappingProxyType({code: minor_units(step, code, f"price_grid[{code}]") for code, step in grid.items()})


def _grid(_policy: object, attribute: Any, value: object) -> None:
    if value is None:
        return
    if not isinstance(value, Mapping):
        raise InvalidChoice(attribute.name, value, "a mapping of currencies", "pass a dict, or None")
    for currency, step in value.items():
        if not step:
            name = f"{attribute.name}[{currency}]"
            raise InvalidAmount(name, step, "a step above zero", "leave the currency out where it has no grid")


def _name_or_none(policy: object, attribute: Any, value: str | None) -> None:
    if value is not None:
        _name(policy, attribute, value)


@frozen
class Immediate:
    """Offers stand in the book, and members are told of candidates, as soon as an offer is accepted."""


@frozen
class Periodic:
    """Offers wait for the next round; rounds fall on multiples of ``every`` in UTC."""

    every: timedelta = field(default=timedelta(minutes=5), validator=_wait)


Matching = Immediate | Periodic
"""When offers meet (spec X2)."""


class PayoutOn(Enum):
    """When the seller is paid (spec A3)."""

    ORDER = "order"
    """When the carrier is ordered."""

    COLLECTION = "collection"
    """When the goods are collected."""

    INSPECTION = "inspection"
    """After delivery, when the buyer confirms or inspection is over."""


def _copied(fees: Any) -> Any:
    """A copy that nobody can change; anything else than a mapping is left to the check."""
    return MappingProxyType(dict(fees)) if isinstance(fees, Mapping) else fees


@frozen
class Carriage:
    """A carrier's fee, shown beside the buying price and charged to the buyer (spec A6).

    Args:
        carrier: the carrier's name.
        bank_account: where its fee is paid.
        fees: the fee of one delivery for each currency that has one.
    """

    carrier: str = field(validator=_name)
    bank_account: str = field(validator=_name)
    fees: Mapping[str, Amount] = field(factory=dict, converter=_copied, hash=False)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.fees, Mapping):
            raise InvalidChoice("fees", self.fees, "a mapping of currencies", "pass a dict")
        for currency, fee in self.fees.items():
            minor_units(fee, currency, f"fees[{currency}]")

    def fee(self, currency: str) -> int:
        """Return the fee in minor units, 0 in a currency without one."""
        return minor_units(self.fees[currency], currency) if currency in self.fees else 0


def _one_of(*kinds: type) -> Callable[[object, Any, object], None]:
    def check(_policy: object, attribute: Any, value: object) -> None:
        if not isinstance(value, kinds):
            names = " or ".join(kind.__name__ for kind in kinds)
            raise InvalidChoice(attribute.name, value, f"a {names}", "choose one of them")

    return check


def _margin_rule(_policy: object, attribute: Any, value: object) -> None:
    checked_margin_rule(value, attribute.name)


@frozen(kw_only=True)
class Policy:
    """Everything that a broker can choose.

    Args:
        matching: when offers meet: :class:`Periodic` (default: every five minutes) or :class:`Immediate`.
        margin: the margin rule of categories that name none of their own.
        factor: which of a pair's factors counts.
        rounding: how prices are rounded.
        carriage: a carrier's fee on deals in goods, if there is one.
        payout_on: when sellers are paid.
        name_length: characters of a name; also of categories, members and texts of that kind.
        description_length: characters of a description.
        photograph_count: photographs of an offer.
        open_offer_count: open offers of a member, unless the member has a limit of his or her own; ``None``: no
            limit.
        longest_life: the longest life of an offer; ``None``: no limit.
        default_life: the life of an offer without a time limit; ``None``: it never expires.
        reference_points: complaint points from which on a person is not accepted as a member again.
        dormant_after: how long a member may be without a deal before being told of it, ``None``: nobody ever is.
        dormant_grace: how long a member who was told has for an answer before being removed.
        sign_in_free: how many failures to sign in to a box in a row make nobody wait.
        sign_in_wait: how long everybody waits after as many; it doubles each time, up to ``longest_sign_in_wait``.
        longest_sign_in_wait: the longest wait between two tries to sign in to a box.
        sign_in_memory: how long after the last one failures to sign in are remembered, beyond the wait.
        page_size: items on a page where the caller does not say.
        largest_page: the most items that a caller may ask for on a page.
        probing_pause: how long a person who cancelled or amended an offer waits before offering or amending again in
            its category (spec B7); offers then live at least as long. ``None``: nobody waits.
        price_grid: the step of each currency in which limits must be multiples of one, such as ``{"USD": "1.00"}``
            (spec B7); kept in minor units. ``None``: every amount will do.
        checks_per_page: unsuitable offers passed over on a page before it says that there may be more.
        checks_per_arrival: unsuitable offers passed over for an arrival before the rest waits for the next round.
        arrivals_per_work: arrivals that a round handles in one unit of work.
        payment: how long a buyer has to pay.
        collection: how long a paid deal may wait to be collected, or performed, before it is refunded.
        delivery: how long goods may be on their way before the deal is in dispute.
        inspection: how long a buyer may look at what was delivered.
        return_time: how long what was sent back may be on its way before the deal is in dispute.
        answer: how long a party may be silent in a dispute before it is lost.
        decision: how long a dispute may wait for the manager before it is decided by where the goods are.
        tries_before_case: how often something outside is tried in vain before the manager is told.
        manager_email: where the manager is told of new cases; ``None``: nowhere, they are listed in the office.
        filed_after: how long ended deals stay in boxes that nobody acknowledges; ``None``: as long as nobody does.
        retry: how long until an effect without an answer is tried again; it doubles each time, up to
            ``longest_retry``.
        longest_retry: the longest wait between two tries of an effect.
        payment_points: how much a complaint counts that is about a payment.
        commodity_points: how much one counts that is about the commodity.
        delay_points: how much one counts that is about a delay.
        watch_complainants: how many standing complaints somebody may file before the manager sees him or her listed;
            ``None``: nobody is listed.
        mail_losers: whether candidate buyers who asked for mails of candidates are told by e-mail that a sale went to
            somebody else.
        authorisation_life: how long a card may stay authorised without a deal before the authorisation is voided.
        tally_every: how often what has happened is added to the running totals of the analysis, at multiples of this
            time in UTC; ``None``: only when somebody asks for an analysis.
        rating: how members are rated and what factor they get for it; ``None``: they are not, and factors are set by
            hand alone. It is off by default, because it lowers what the broker earns.

    >>> Policy().matching
    Periodic(every=datetime.timedelta(seconds=300))
    >>> Policy(page_size=0)
    Traceback (most recent call last):
    brokerage.errors.InvalidChoice: page_size: 0 is refused; a whole number above zero is wanted: choose a larger one
    """

    matching: Matching = field(default=Periodic(), validator=_one_of(Immediate, Periodic))
    margin: MarginRule = field(default=Margin.ON_SPREAD, validator=_margin_rule)
    factor: FactorRule = field(default=FactorRule.LOWEST, validator=_one_of(FactorRule))
    rounding: Rounding = field(default=Rounding.HALF_EVEN, validator=_one_of(Rounding))
    carriage: Carriage | None = field(default=None, validator=_one_of(Carriage, type(None)))
    payout_on: PayoutOn = field(default=PayoutOn.INSPECTION, validator=_one_of(PayoutOn))
    name_length: int = field(default=200, validator=_count)
    description_length: int = field(default=10_000, validator=_count)
    photograph_count: int = field(default=20, validator=_count)
    open_offer_count: int | None = field(default=100, validator=_count_or_none)
    longest_life: timedelta | None = field(default=timedelta(days=180), validator=_wait_or_none)
    default_life: timedelta | None = field(default=timedelta(days=180), validator=_wait_or_none)
    reference_points: int = field(default=30, validator=_count)
    dormant_after: timedelta | None = field(default=None, validator=_wait_or_none)
    dormant_grace: timedelta = field(default=timedelta(days=30), validator=_wait)
    sign_in_free: int = field(default=5, validator=_count)
    sign_in_wait: timedelta = field(default=timedelta(seconds=1), validator=_wait)
    longest_sign_in_wait: timedelta = field(default=timedelta(minutes=15), validator=_wait)
    sign_in_memory: timedelta = field(default=timedelta(days=1), validator=_wait)
    page_size: int = field(default=10, validator=_count)
    largest_page: int = field(default=1000, validator=_count)
    probing_pause: timedelta | None = field(default=None, validator=_wait_or_none)
    price_grid: PriceGrid | None = field(default=None, converter=_steps, validator=_grid, hash=False)
    checks_per_page: int = field(default=1000, validator=_count)
    checks_per_arrival: int = field(default=1000, validator=_count)
    arrivals_per_work: int = field(default=500, validator=_count)
    payment: timedelta = field(default=timedelta(days=7), validator=_wait)
    collection: timedelta = field(default=timedelta(days=14), validator=_wait)
    delivery: timedelta = field(default=timedelta(days=30), validator=_wait)
    inspection: timedelta = field(default=timedelta(days=3), validator=_wait)
    return_time: timedelta = field(default=timedelta(days=14), validator=_wait)
    answer: timedelta = field(default=timedelta(days=7), validator=_wait)
    decision: timedelta = field(default=timedelta(days=30), validator=_wait)
    tries_before_case: int = field(default=10, validator=_count)
    manager_email: str | None = field(default=None, validator=_name_or_none)
    filed_after: timedelta | None = field(default=timedelta(days=30), validator=_wait_or_none)
    retry: timedelta = field(default=timedelta(minutes=1), validator=_wait)
    longest_retry: timedelta = field(default=timedelta(hours=6), validator=_wait)
    authorisation_life: timedelta = field(default=timedelta(hours=1), validator=_wait)
    tally_every: timedelta | None = field(default=timedelta(hours=1), validator=_wait_or_none)
    rating: Rating | None = field(default=None, validator=_one_of(Rating, type(None)))
    payment_points: int = field(default=10, validator=_count)
    commodity_points: int = field(default=5, validator=_count)
    delay_points: int = field(default=3, validator=_count)
    watch_complainants: int | None = field(default=None, validator=_count_or_none)
    mail_losers: bool = field(default=False, validator=_one_of(bool))

    def __attrs_post_init__(self) -> None:
        for name, life in (("longest_life", self.longest_life), ("default_life", self.default_life)):
            if self.probing_pause is not None and life is not None and life < self.probing_pause:
                limit = f"a timedelta of at least the probing_pause, {self.probing_pause}"
                raise InvalidChoice(name, life, limit, "choose a longer life or a shorter pause")

    def points_of(self, kind: ComplaintKind) -> int:
        """Return how much a complaint of a kind counts (spec K3).

        >>> [Policy().points_of(kind) for kind in ComplaintKind]
        [10, 5, 3]
        """
        points = {
            ComplaintKind.PAYMENT: self.payment_points,
            ComplaintKind.COMMODITY: self.commodity_points,
            ComplaintKind.DELAY: self.delay_points,
        }
        return points[kind]
