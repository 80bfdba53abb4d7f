"""The broker's choices: one frozen value with sensible defaults.

Spec P4, K3, M1, M5, M6, X2, X4, B7, V2, A3, A6, N4–N6, T1, T2 and the deadlines.
"""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from brokerage.errors import InvalidChoice, ZoningError
from brokerage.judging import Judge
from brokerage.policy.checks import copied, count, count_or_none, name_or_none, one_of, wait, wait_or_none
from brokerage.policy.delivering import Carriage, PayoutOn, Zoning, checked_zoning
from brokerage.policy.judging import JUDGES, checked_judges, part
from brokerage.policy.matching import Immediate, Matching, Periodic, PriceGrid, checked_grid, steps
from brokerage.pricing import FactorRule, Margin, MarginRule, Rounding, checked_margin_rule
from brokerage.rating import Rating
from brokerage.records.complaints import ComplaintKind
from brokerage.records.contractors import EVERYWHERE
from brokerage.texts import can_be_kept

__all__ = ["Carriage", "Immediate", "Matching", "PayoutOn", "Periodic", "Policy", "PriceGrid", "Zoning"]

_LONGEST_ZONE = 200


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
        carriage: the standing carrier's fee on deals in goods where no carrier was appointed, if there is one.
        zoning: in which zone an address lies, by which carriers and payment providers are appointed (spec N6);
            ``None``: every address lies in one, :data:`~brokerage.records.contractors.EVERYWHERE`.
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
        send_lease: how long effects belong to the process that has claimed them to send them: whoever dies leaves them
            to be sent after that, under the same key. Any time above zero; choose it longer than the parties outside
            may take to answer, for what takes longer may be sent twice, under the same key.
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
        judges: who judges the bids of a tender, by name, at least one; by default "lowest price", "lowest total" and
            "greatest demand".
        tender_answer: how long a seller whose bid was selected has to accept the broker's terms; then the next is
            asked.
        service_bids: how long carriers and payment providers may bid for an order.
        confirmation: how long buyers have to confirm what an order would give them, and then its seller (spec N5).
        digest_every: how often members who asked for it are sent what is new of items and of the reserved demand, at
            multiples of this time in UTC.
        abnormally_low: a bid is flagged whose total for each unit lies by more than this part under the median of
            all, an exact rate from 0 to 1; at 1 none is.

    >>> Policy().matching
    Periodic(every=datetime.timedelta(seconds=300))
    >>> Policy(page_size=0)
    Traceback (most recent call last):
    brokerage.errors.inputs.InvalidChoice: page_size: 0 is refused; a whole number above zero is wanted: choose ...
    """

    matching: Matching = field(default=Periodic(), validator=one_of(Immediate, Periodic))
    margin: MarginRule = field(default=Margin.ON_SPREAD, validator=_margin_rule)
    factor: FactorRule = field(default=FactorRule.LOWEST, validator=one_of(FactorRule))
    rounding: Rounding = field(default=Rounding.HALF_EVEN, validator=one_of(Rounding))
    carriage: Carriage | None = field(default=None, validator=one_of(Carriage, type(None)))
    zoning: Zoning | None = field(default=None, validator=checked_zoning)
    payout_on: PayoutOn = field(default=PayoutOn.INSPECTION, validator=one_of(PayoutOn))
    name_length: int = field(default=200, validator=count)
    description_length: int = field(default=10_000, validator=count)
    photograph_count: int = field(default=20, validator=count)
    open_offer_count: int | None = field(default=100, validator=count_or_none)
    longest_life: timedelta | None = field(default=timedelta(days=180), validator=wait_or_none)
    default_life: timedelta | None = field(default=timedelta(days=180), validator=wait_or_none)
    reference_points: int = field(default=30, validator=count)
    dormant_after: timedelta | None = field(default=None, validator=wait_or_none)
    dormant_grace: timedelta = field(default=timedelta(days=30), validator=wait)
    sign_in_free: int = field(default=5, validator=count)
    sign_in_wait: timedelta = field(default=timedelta(seconds=1), validator=wait)
    longest_sign_in_wait: timedelta = field(default=timedelta(minutes=15), validator=wait)
    sign_in_memory: timedelta = field(default=timedelta(days=1), validator=wait)
    page_size: int = field(default=10, validator=count)
    largest_page: int = field(default=1000, validator=count)
    probing_pause: timedelta | None = field(default=None, validator=wait_or_none)
    price_grid: PriceGrid | None = field(default=None, converter=steps, validator=checked_grid, hash=False)
    checks_per_page: int = field(default=1000, validator=count)
    checks_per_arrival: int = field(default=1000, validator=count)
    arrivals_per_work: int = field(default=500, validator=count)
    payment: timedelta = field(default=timedelta(days=7), validator=wait)
    collection: timedelta = field(default=timedelta(days=14), validator=wait)
    delivery: timedelta = field(default=timedelta(days=30), validator=wait)
    inspection: timedelta = field(default=timedelta(days=3), validator=wait)
    return_time: timedelta = field(default=timedelta(days=14), validator=wait)
    answer: timedelta = field(default=timedelta(days=7), validator=wait)
    decision: timedelta = field(default=timedelta(days=30), validator=wait)
    tries_before_case: int = field(default=10, validator=count)
    manager_email: str | None = field(default=None, validator=name_or_none)
    filed_after: timedelta | None = field(default=timedelta(days=30), validator=wait_or_none)
    retry: timedelta = field(default=timedelta(minutes=1), validator=wait)
    longest_retry: timedelta = field(default=timedelta(hours=6), validator=wait)
    send_lease: timedelta = field(default=timedelta(minutes=5), validator=wait)
    authorisation_life: timedelta = field(default=timedelta(hours=1), validator=wait)
    tally_every: timedelta | None = field(default=timedelta(hours=1), validator=wait_or_none)
    rating: Rating | None = field(default=None, validator=one_of(Rating, type(None)))
    payment_points: int = field(default=10, validator=count)
    commodity_points: int = field(default=5, validator=count)
    delay_points: int = field(default=3, validator=count)
    watch_complainants: int | None = field(default=None, validator=count_or_none)
    mail_losers: bool = field(default=False, validator=one_of(bool))
    judges: Mapping[str, Judge] = field(default=JUDGES, converter=copied, validator=checked_judges, hash=False)
    tender_answer: timedelta = field(default=timedelta(days=2), validator=wait)
    service_bids: timedelta = field(default=timedelta(days=1), validator=wait)
    confirmation: timedelta = field(default=timedelta(days=3), validator=wait)
    digest_every: timedelta = field(default=timedelta(days=1), validator=wait)
    abnormally_low: Decimal = field(default=Decimal("0.5"), converter=part)

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

    def zone(self, address: str) -> str:
        """Return the zone in which an address lies (spec N6).

        Raises:
            ZoningError: the broker's own rule failed, or gave no text of up to 200 characters. It holds nothing of the
                address.
        """
        if self.zoning is None:
            return EVERYWHERE
        try:
            zone = self.zoning.zone(address)
        except Exception as error:  # its words, and what it was raised from, may hold the address
            raise ZoningError(type(error).__name__) from None
        if not isinstance(zone, str):
            raise ZoningError(type(zone).__name__)
        if len(zone) > _LONGEST_ZONE:
            raise ZoningError("longer text")
        if not can_be_kept(zone):
            raise ZoningError("text with NUL or lone surrogates")
        return zone
