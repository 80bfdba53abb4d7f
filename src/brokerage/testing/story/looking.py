"""Looking over members' shoulders: nothing that is shown to one may tell of another what it must not (spec B3, V3).

Every limit, name, address and telephone number of a story is a canary: it occurs nowhere else. So what leaked is found
by reading what a member is shown, and looking up whose it is.
"""

import re
from functools import cache
from typing import Any

from attrs import AttrsInstance, define, field, fields, has

from brokerage.records.contacts import Contact
from brokerage.records.deals import Deal
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
    """Knows whose every limit and every identity is."""

    limits: dict[int, BoxNumber] = field(factory=dict)
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

    def look(self, box: BoxNumber, shown: object, deal: Deal | None = None) -> None:
        """Read what a member is shown; raises :class:`Broken` if it tells too much.

        Args:
            box: who is shown it.
            shown: a view, a page, a mail, an error, a text.
            deal: the deal that it is about, whose parties may know each other once it is paid, and whose two prices
                are for one of them each.
        """
        numbers: list[int] = []
        words: list[str] = []
        _collect(shown, numbers, words)
        text = " ".join(words)
        numbers += [int(found.replace(".", "")) for found in _LIMIT.findall(text)]
        for units in numbers:
            if units % 1000 == CANARY and self.limits.get(units, box) != box:
                raise _leak(box, f"a limit of member {self.limits[units]}, {units} in minor units,", shown)
        if deal is not None and deal.selling_price != deal.buying_price:
            other = deal.buying_price if box == deal.seller else deal.selling_price
            if other in numbers:
                raise _leak(box, f"the other's price in deal {deal.number}", shown)
        for found in _IDENTITY.findall(text):
            if not self._may_know(box, found, deal):
                raise _leak(box, f"{found} of somebody else", shown)

    def check_account(self, box: BoxNumber, account: str) -> None:
        """Raise :class:`Broken` if the account that a member is paid into is not the member's."""
        if account != self.accounts[box]:
            raise Broken(Invariant.ONE_PAYOUT, f"member {box} is paid into {account!r}")

    def _may_know(self, box: BoxNumber, found: str, deal: Deal | None) -> bool:
        if found in self.identities.get(box, frozenset()):
            return True
        if deal is None or deal.paid_at is None or box not in (deal.seller, deal.buyer):
            return False
        return found in self.places[deal.deliver_to if box == deal.seller else deal.collect_from]


def _leak(box: BoxNumber, what: str, shown: object) -> Broken:
    return Broken(Invariant.BLIND, f"member {box} is shown {what} in a {type(shown).__name__}")


def _collect(shown: Any, numbers: list[int], words: list[str]) -> None:
    """Gather every number and every text in something shown, however deep."""
    kind = type(shown)
    if kind is str:
        words.append(shown)
    elif kind is int:
        numbers.append(shown)
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
