"""Accepting offers, one or many in a call (spec O1, O2, O3, O7, V2, S5)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import cast

from attrs import define, field, frozen

from brokerage.errors import (
    InvalidChoice,
    InvalidInput,
    LimitReached,
    RefusedRow,
    RefusedRows,
    TooSoon,
    UnknownCategory,
    UnknownMember,
)
from brokerage.money import currency_code
from brokerage.policy import Policy
from brokerage.ports import Series, Transaction
from brokerage.records.categories import Category, category_key
from brokerage.records.events import EventKind
from brokerage.records.members import Activity, Member
from brokerage.records.numbers import Arrival, BoxNumber, OfferNumber
from brokerage.records.offers import Details, Offer, PurchaseOffer, Requirements, SaleOffer
from brokerage.services.inputs import remember_request, repeated_request, text
from brokerage.services.market.matching import Matching
from brokerage.services.market.probing import check_pause, price_on_grid
from brokerage.services.market.requests import Buy, Sell, checked_details, checked_limit, checked_requirements

__all__ = ["Acceptance", "Accepted"]


@frozen
class Accepted:
    """What became of bulk input.

    The numbers of the offers taken, in the order of the rows, and the rows refused (O7).
    """

    numbers: tuple[OfferNumber, ...]
    refused: tuple[RefusedRow, ...] = ()


_Entry = tuple[Category, str, str, int, datetime | None, Details | None, Requirements | None]
"""What was found good of a request: category, currency, name, price, limit, and a sale's details or what a purchase
requires. A plain tuple, for it is made for every row of bulk input and lives no longer than the call."""


@define
class _Sitting:
    """The checks of one call: what is the same for all of its rows is looked up once."""

    tx: Transaction
    policy: Policy
    member: Member
    activity: Activity
    now: datetime
    room: int | None
    default_limit: datetime | None
    categories: dict[str, Category] = field(factory=dict)

    def entry(self, request: Sell | Buy) -> _Entry:
        """Check a request, or refuse it."""
        category = self.categories.get(request.category) if type(request.category) is str else None
        if category is None:
            category = self._open_category(request.category)
        limit = self.default_limit
        if request.limit is not None:
            limit = checked_limit(request.limit, self.now, self.policy)
        if isinstance(request, Sell):
            name = text(request.name, "name", self.policy.name_length)
            price = price_on_grid(request.min_price, request.currency, "min_price", self.policy.price_grid)
            details = checked_details(request, self.policy)
            return category, currency_code(request.currency), name, price, limit, details, None
        name = text(request.name, "name", self.policy.name_length, may_be_empty=True)
        price = price_on_grid(request.max_price, request.currency, "max_price", self.policy.price_grid)
        requirements = checked_requirements(request, self.policy)
        return category, currency_code(request.currency), name, price, limit, None, requirements

    def offers(self, entries: Sequence[_Entry]) -> list[Offer]:
        """Give numbers to what was found good; they are taken last, so that refused rows use none up."""
        count, numbers = len(entries), self.tx.numbers
        first, first_arrival = numbers.next(Series.OFFER, count), numbers.next(Series.ARRIVAL, count)
        box, person, factor, now = self.member.box, self.member.person, self.member.factor, self.now
        offers: list[Offer] = []
        rows = zip(entries, range(first, first + count), range(first_arrival, first_arrival + count), strict=True)
        for entry, number, arrival in cast("Iterable[tuple[_Entry, OfferNumber, Arrival]]", rows):
            category, currency, name, price, limit, details, requirements = entry
            of_member = number, box, person, category.code, currency
            if details is None:
                offers.append(PurchaseOffer(*of_member, price, limit, factor, now, arrival, now, name, requirements))
            else:
                terms = category.terms
                offers.append(SaleOffer(*of_member, name, price, limit, terms, factor, now, arrival, now, details))
        return offers

    def _open_category(self, code: object) -> Category:
        """Return an open category in which the member need not wait; the unit of work is going to depend on it."""
        checked = text(code, "category", self.policy.name_length)
        category = self.tx.categories.get(category_key(checked))
        if category is None or not category.is_open:
            raise UnknownCategory("category", code, "the code of an open category", "ask the manager to add it")
        if self.policy.probing_pause is not None:
            check_pause(self.tx, self.member.person, category.code, self.now)
        self.categories[checked] = category
        return category


@frozen
class Acceptance:
    """Takes offers in.

    Args:
        policy: the broker's choices.
        matching: tells whom new offers concern.
        end_own: ends what a member has open that is past its time, so that it does not count.
    """

    policy: Policy
    matching: Matching
    end_own: Callable[[Transaction, BoxNumber, datetime], None]

    def one(
        self, tx: Transaction, box: BoxNumber, request: Sell | Buy, now: datetime, request_id: str | None = None
    ) -> OfferNumber:
        """Accept one offer. O(log n), plus one for each offer told when matching is immediate.

        Raises:
            InvalidInput: a field of the request is not acceptable.
            UnknownCategory: no open category has that code.
            LimitReached: the member has as many open offers as allowed.
            TooSoon: the person has to wait before offering in that category again.
            RequestReused: the request id came before with other arguments.
        """
        if not isinstance(request, Sell | Buy):
            raise _no_request(request)
        command = type(request).__name__
        repeated = None if request_id is None else repeated_request(tx, box, request_id, command, request)
        if repeated is not None:
            return OfferNumber(repeated[0])
        sitting = self._sitting(tx, box, now)
        if sitting.room is not None and sitting.room <= 0:
            self._check_room(sitting, 0)
        number = self._keep(sitting, [sitting.entry(request)])[0].number
        remember_request(tx, box, request_id, command, request, number)
        return number

    def many(
        self,
        tx: Transaction,
        box: BoxNumber,
        rows: Sequence[Sell | Buy],
        keep_good: bool,
        now: datetime,
        request_id: str | None = None,
    ) -> Accepted:
        """Accept many offers in one unit of work: all or none, or the good ones, as the caller chose (O7).

        Raises:
            RefusedRows: a row is bad and ``keep_good`` is false; it names every bad row.
            RequestReused: the request id came before with other rows.
        """
        repeated = repeated_request(tx, box, request_id, "offer_many", rows)
        if repeated is not None:
            return _accepted_before(rows, repeated)
        sitting = self._sitting(tx, box, now)
        good: list[_Entry] = []
        refused: dict[int, RefusedRow] = {}
        for at, row in enumerate(rows):
            try:
                if not isinstance(row, Sell | Buy):
                    raise _no_request(row)
                if sitting.room is not None and len(good) >= sitting.room:
                    self._check_room(sitting, len(good))
                good.append(sitting.entry(row))
            except (InvalidInput, LimitReached, TooSoon) as error:
                refused[at] = RefusedRow(f"rows[{at}].{error.field}", error.field, error.value, error.reason)
        if refused and not keep_good:
            raise RefusedRows(list(refused.values()))
        numbers = [offer.number for offer in self._keep(sitting, good)] if good else []
        if request_id is not None:
            given = iter(numbers)
            results = (0 if at in refused else next(given) for at in range(len(rows)))
            remember_request(tx, box, request_id, "offer_many", rows, *results)
        return Accepted(tuple(numbers), tuple(refused.values()))

    def _sitting(self, tx: Transaction, box: BoxNumber, now: datetime) -> _Sitting:
        activity = tx.activities.get(box)
        member = tx.members.get(box)  # as it is while the activity is: who is joined with somebody replaces both
        if member is None or activity is None:
            raise UnknownMember(box)
        allowed = self._allowed(member)
        room = None if allowed is None else allowed - activity.open_offers
        return _Sitting(tx, self.policy, member, activity, now, room, checked_limit(None, now, self.policy))

    def _allowed(self, member: Member) -> int | None:
        own = member.open_offers_allowed
        return self.policy.open_offer_count if own is None else own

    def _check_room(self, sitting: _Sitting, used: int) -> None:
        """Refuse one more open offer where that is too many (V2); what is past its limit does not count."""
        if sitting.room is None or used < sitting.room:
            return
        self.end_own(sitting.tx, sitting.member.box, sitting.now)
        activity = sitting.tx.activities.get(sitting.member.box)
        assert activity is not None
        sitting.room += sitting.activity.open_offers - activity.open_offers
        sitting.activity = activity
        if used >= sitting.room:
            allowed = self._allowed(sitting.member)
            assert allowed is not None
            count = allowed - sitting.room + used + 1
            raise LimitReached("offers", count, f"at most {allowed} open offers", "cancel one first")

    def _keep(self, sitting: _Sitting, entries: Sequence[_Entry]) -> Sequence[Offer]:
        """Keep what was found good, count it, write it down, and tell whom it concerns."""
        tx, now, box = sitting.tx, sitting.now, sitting.member.box
        for category in sitting.categories.values():
            tx.categories.check(category)
        offers = sitting.offers(entries)
        tx.activities.replace(sitting.activity, sitting.activity.changed(open_offers=len(offers)))
        tx.journal.append_all(now, box, EventKind.OFFER_ACCEPTED, offers)
        self.matching.accepted(tx, offers, now)
        return offers


def _no_request(request: object) -> InvalidChoice:
    return InvalidChoice("row", request, "a Sell or a Buy", "wrap it in one of them")


def _accepted_before(rows: Sequence[Sell | Buy], result: tuple[int, ...]) -> Accepted:
    """What a repeated request returned the first time; a row that was refused then is refused now."""
    refused = (
        RefusedRow(f"rows[{at}]", "row", rows[at], "it was refused when the request first came")
        for at, number in enumerate(result)
        if not number
    )
    return Accepted(tuple(OfferNumber(number) for number in result if number), tuple(refused))
