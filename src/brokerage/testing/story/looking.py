"""Looking over members' shoulders: nothing that is shown to one may tell of another what it must not (spec B3, V3).

Every limit, name, address and telephone number of a story is a canary: it occurs nowhere else. So what leaked is found
by reading what a member is shown, and looking up whose it is.
"""

import re
from collections.abc import Container
from decimal import Decimal
from functools import cache
from typing import Any

from attrs import AttrsInstance, define, field, fields, has

from brokerage.records.contacts import Contact
from brokerage.records.deals import Deal, DealOrigin
from brokerage.records.numbers import BoxNumber, ContactNumber
from brokerage.testing.story.invariants import Broken, Invariant

__all__ = ["CANARY", "Onlooker", "canary"]

CANARY = 137
"""What the limits of a story, in thousandths, leave over; no determined price of its rates does."""

_LIMIT = re.compile(r"(?<![\w.-])(\d+(?:1\.37|137))(?![\w.])")
_IDENTITY = re.compile(r"q0[0-9]+q")


def canary(kind: str, number: int) -> str:
    """Return a word of letters and digits that tells whose it is, wherever it turns up.

    >>> canary("Name", 12)
    'Name q012q'
    """
    return f"{kind} q0{number}q"


@define(eq=False)
class Onlooker:
    """Knows whose every limit and every identity is.

    ``limits`` are limits and bids in minor units, and what else of a bid is told to nobody. Those of reservations are
    ``pooled``: the demand of an item tells them, and not whose they are. ``disclosed`` are prices of bids with the
    buyers who were asked to pay them, ``called`` amounts of orders that carriers and payment providers are told.
    """

    limits: dict[int, BoxNumber] = field(factory=dict)
    pooled: set[int] = field(factory=set)
    disclosed: set[tuple[BoxNumber, int]] = field(factory=set)
    called: set[int] = field(factory=set)
    identities: dict[BoxNumber, frozenset[str]] = field(factory=dict)
    accounts: dict[BoxNumber, str] = field(factory=dict)
    contacts: dict[BoxNumber, list[ContactNumber]] = field(factory=dict)
    places: dict[ContactNumber, frozenset[str]] = field(factory=dict)

    def know(self, box: BoxNumber, contact: Contact) -> None:
        """Take down what a member may be recognised by, and what of it delivering needs."""
        kept, place = self.identities.get(box, frozenset()), contact.place
        told = " ".join((place.name, place.address, place.telephone))
        self.contacts.setdefault(box, []).append(contact.number)
        self.accounts[box] = contact.bank_account
        self.places[contact.number] = frozenset(_IDENTITY.findall(told))
        self.identities[box] = kept | frozenset(_IDENTITY.findall(f"{told} {contact.email} {contact.bank_account}"))

    def own(self, box: BoxNumber, words: str) -> None:
        """Take down words that nobody but a member is to read."""
        self.identities[box] = self.identities.get(box, frozenset()) | frozenset(_IDENTITY.findall(words))

    def forget(self, box: BoxNumber) -> None:
        """Take down that a former member is to be recognised by nobody any more."""
        for contact in self.contacts.get(box, ()):
            self.places[contact] = frozenset()

    def look(self, box: BoxNumber, shown: object, deal: Deal | None = None, *, is_pooled: bool = False) -> None:
        """Read what a member is shown; raises :class:`Broken` if it tells too much.

        Args:
            box: who is shown it.
            shown: a view, a page, a mail, an error, a text.
            deal: the deal that it is about, whose parties may know each other once it is paid, and whose two prices
                are for one of them each.
            is_pooled: whether it is the demand that is reserved, which tells limits, but not whose they are.
        """
        numbers, text = _read(shown)
        for units in numbers:
            if units % 1000 == CANARY and not self._may_see(box, units, is_pooled):
                raise _leak(box, f"a limit of member {self.limits[units]}, {units} in minor units,", shown)
        if deal is not None and deal.selling_price != deal.buying_price:
            other = deal.buying_price if box == deal.seller else deal.selling_price
            is_own = box == deal.seller and deal.origin is DealOrigin.RESERVATION  # the seller's bid says it
            if other in numbers and not is_own:
                raise _leak(box, f"the other's price in deal {deal.number}", shown)
        for found in _IDENTITY.findall(text):
            if not self._may_know(box, found, deal):
                raise _leak(box, f"{found} of somebody else", shown)

    def marks_in(self, shown: object, among: Container[int]) -> list[int]:
        """Return which of some limits or bids something shown tells."""
        return [units for units in _read(shown)[0] if units % 1000 == CANARY and units in among]

    def check_account(self, box: BoxNumber, account: str) -> None:
        """Raise :class:`Broken` if the account that a member is paid into is not the member's."""
        if account != self.accounts[box]:
            raise Broken(Invariant.ONE_PAYOUT, f"member {box} is paid into {account!r}")

    def _may_see(self, box: BoxNumber, units: int, is_pooled: bool) -> bool:
        if self.limits.get(units, box) == box or (box, units) in self.disclosed or units in self.called:
            return True
        return is_pooled and units in self.pooled

    def _may_know(self, box: BoxNumber, found: str, deal: Deal | None) -> bool:
        if found in self.identities.get(box, frozenset()):
            return True
        if deal is None or deal.paid_at is None or box not in (deal.seller, deal.buyer):
            return False
        return found in self.places[deal.deliver_to if box == deal.seller else deal.collect_from]


def _leak(box: BoxNumber, what: str, shown: object) -> Broken:
    return Broken(Invariant.BLIND, f"member {box} is shown {what} in a {type(shown).__name__}")


def _read(shown: object) -> tuple[list[int], str]:
    """Return all numbers and all text of something that is shown; amounts in the text are among the numbers."""
    numbers: list[int] = []
    words: list[str] = []
    _collect(shown, numbers, words)
    text = " ".join(words)
    numbers += [int(found.replace(".", "")) for found in _LIMIT.findall(text)]
    return numbers, text


def _collect(shown: Any, numbers: list[int], words: list[str]) -> None:
    """Gather every number and every text in something shown, however deep."""
    kind = type(shown)
    if kind is str:
        words.append(shown)
    elif kind is int:
        numbers.append(shown)
    elif kind is Decimal:
        numbers += [int(shown)] if shown == int(shown) else []
    elif kind is tuple or kind is list:
        for item in shown:
            _collect(item, numbers, words)
    elif isinstance(shown, BaseException):
        words.append(str(shown))
    elif has(kind):
        for name in _names(kind):
            _collect(getattr(shown, name), numbers, words)


@cache
def _names(kind: type[AttrsInstance]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))
