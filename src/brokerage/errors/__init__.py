"""Every error that the library raises on purpose, as one tree.

::

    BrokerageError
    ├── InvalidInput             an argument is wrong by itself; nothing was changed
    │   ├── InvalidAmount        not an exact amount of the currency
    │   ├── InvalidRate          not an exact rate, or outside its range
    │   ├── InvalidText          empty, too long, or otherwise not acceptable text
    │   ├── InvalidTime          not an instant, or at the wrong side of another one
    │   ├── InvalidChoice        not one of the values that are possible there
    │   ├── InvalidFile          a file that is missing, unreadable, or not of the form that is wanted
    │   ├── InvalidCursor        a page mark that this list did not give, or that has moved on
    │   ├── UnknownCurrency      not an ISO 4217 currency with a minor unit
    │   ├── UnknownCategory      no category under that code is open
    │   ├── UnknownReason        no reason for withdrawal under that code
    │   ├── InvalidCredentials   box number or password wrong: says only "Invalid"
    │   └── RefusedRows          bulk input with bad rows: each with its path
    ├── NotAllowed               the argument is well formed, but the state of the market is against it
    │   ├── UnknownOffer         no such offer of this member
    │   ├── UnknownDeal          no such deal of this member
    │   ├── UnknownMember        no member has that box
    │   ├── UnknownRecord        no complaint, or no item of news, stands under that number
    │   ├── NotCancelable        the offer is agreed or closed: "Not Cancelable"
    │   ├── NotOpen              the offer is not open any more
    │   ├── NotACandidate        the sale is no candidate of the purchase (any more)
    │   ├── WrongPrice           the total given is not the total shown
    │   ├── LimitReached         one more than the policy allows
    │   ├── UnknownItem          no such item can be seen here
    │   ├── ItemNotOpen          the item is on the market already, or was taken back
    │   ├── NotReservable        the reservation is at a point of its life where that step cannot be taken
    │   ├── UnknownTender        no such tender is open to this bidder
    │   ├── TenderNotOpen        the tender is at a point of its life where that step cannot be taken
    │   ├── UnknownOrder         no such order of this member
    │   ├── WrongOrderStep       the order is at a point of its life where that step cannot be taken
    │   ├── NotRegistered        the member is no bidder of that trade
    │   ├── NobodyServes         nobody was appointed to carry or to settle there
    │   ├── TooSoon              a pause after cancelling or amending in that category is not over
    │   ├── NotPayable           the deal is not waiting for a payment
    │   ├── WrongStep            the deal is at a point of its life where that step cannot be taken
    │   ├── UnknownCase          no such case waits for the manager
    │   ├── PaymentDeclined      the clearing house or the account said no
    │   ├── CategoryExists       a category with that code is there already
    │   ├── CategoryInUse        the category still has open offers or deals in flight
    │   ├── NotAccepted          the broker does not take this applicant as a member
    │   ├── TooManyTries         signing in to a box failed too often: wait until the instant it names
    │   ├── DealsInFlight        a member with deals in flight cannot leave
    │   ├── StillMember          only who has left can be forgotten
    │   ├── ReasonExists         a reason for withdrawal with that code is there already
    │   └── RequestReused        a request id came again with other arguments
    ├── MarginRuleError          a margin rule of the user's own gave something that is no margin
    ├── JudgeError               a judge of the user's own gave something that is no ranking
    ├── ZoningError              a zoning rule of the user's own failed or gave something that is no zone
    ├── GatewayError             a party outside failed
    │   └── NoAnswer             it did not answer: what happened there is unknown
    ├── NotInstalled             a library that only this needs is not installed
    └── StoreError               the store could not do it
        ├── Conflict             a fact changed between reading and replacing it; the work is run again
        ├── DuplicateFact        a fact under that key is there already
        ├── TooManyConflicts     the work met a conflict every time it was tried
        ├── StoreNotEmpty        something was kept there, where a market is to begin with nothing
        ├── WrongSecret          the market in the store began with another secret
        ├── CommitUnknown        the connection was lost during the commit: kept or not, nobody knows
        └── StoreFailure         the database could not do it; nothing of the work is kept
            ├── StoreMissing     there is no database at that place
            ├── StoreLocked      somebody else held what was needed for longer than the store waits
            ├── StoreReadOnly    it can be read but not written
            ├── StoreFull        there is no room
            ├── StoreUnavailable it does not answer, lets nobody in, or was lost
            ├── StoreDamaged     no database, a damaged one, or one with tables of somebody else's
            ├── SchemaTooOld     its tables were made by an earlier version: migrate it
            └── SchemaTooNew     its tables were made by a later version of the library

An error carries fields, not prose: ``field`` (which argument), ``value`` (what was given), ``limit`` (what is
possible there) and ``remedy`` (what to do). Its message is made from them. Nothing that belongs to another member is
ever among them (spec V3, V4).
"""

from datetime import datetime

from brokerage.errors.inputs import (
    InvalidAmount,
    InvalidChoice,
    InvalidCredentials,
    InvalidCursor,
    InvalidFile,
    InvalidRate,
    InvalidText,
    InvalidTime,
    RefusedRow,
    RefusedRows,
    UnknownCategory,
    UnknownCurrency,
)
from brokerage.errors.membership import (
    DealsInFlight,
    NotAccepted,
    ReasonExists,
    StillMember,
    TooManyTries,
    UnknownReason,
)
from brokerage.errors.roots import BrokerageError, InvalidInput, NotAllowed
from brokerage.errors.store import (
    CommitUnknown,
    Conflict,
    DuplicateFact,
    SchemaTooNew,
    SchemaTooOld,
    StoreDamaged,
    StoreError,
    StoreFailure,
    StoreFull,
    StoreLocked,
    StoreMissing,
    StoreNotEmpty,
    StoreReadOnly,
    StoreUnavailable,
    TooManyConflicts,
    WrongSecret,
)
from brokerage.errors.tenders import (
    ItemNotOpen,
    JudgeError,
    NobodyServes,
    NotRegistered,
    NotReservable,
    TenderNotOpen,
    UnknownItem,
    UnknownOrder,
    UnknownTender,
    WrongOrderStep,
    ZoningError,
)

__all__ = [
    "BrokerageError",
    "CategoryExists",
    "CategoryInUse",
    "CommitUnknown",
    "Conflict",
    "DealsInFlight",
    "DuplicateFact",
    "GatewayError",
    "InvalidAmount",
    "InvalidChoice",
    "InvalidCredentials",
    "InvalidCursor",
    "InvalidFile",
    "InvalidInput",
    "InvalidRate",
    "InvalidText",
    "InvalidTime",
    "ItemNotOpen",
    "JudgeError",
    "LimitReached",
    "MarginRuleError",
    "NoAnswer",
    "NobodyServes",
    "NotACandidate",
    "NotAccepted",
    "NotAllowed",
    "NotCancelable",
    "NotInstalled",
    "NotOpen",
    "NotPayable",
    "NotRegistered",
    "NotReservable",
    "PaymentDeclined",
    "ReasonExists",
    "RefusedRow",
    "RefusedRows",
    "RequestReused",
    "SchemaTooNew",
    "SchemaTooOld",
    "StillMember",
    "StoreDamaged",
    "StoreError",
    "StoreFailure",
    "StoreFull",
    "StoreLocked",
    "StoreMissing",
    "StoreNotEmpty",
    "StoreReadOnly",
    "StoreUnavailable",
    "TenderNotOpen",
    "TooManyConflicts",
    "TooManyTries",
    "TooSoon",
    "UnknownCase",
    "UnknownCategory",
    "UnknownCurrency",
    "UnknownDeal",
    "UnknownItem",
    "UnknownMember",
    "UnknownOffer",
    "UnknownOrder",
    "UnknownReason",
    "UnknownRecord",
    "UnknownTender",
    "WrongOrderStep",
    "WrongPrice",
    "WrongSecret",
    "WrongStep",
    "ZoningError",
]


class UnknownOffer(NotAllowed):
    """The number names no offer of this member: the same for a foreign offer and for none at all."""

    def __init__(self, number: object) -> None:
        super().__init__("offer", number, "an offer of this member", "take a number from the member's own box")


class UnknownDeal(NotAllowed):
    """The number or reference names no deal of this caller."""

    def __init__(self, number: object) -> None:
        super().__init__("deal", number, "a deal of this caller", "take a number from the list of deals")


class UnknownMember(NotAllowed):
    """No member has the box."""

    def __init__(self, box: object, field: str = "box") -> None:
        super().__init__(field, box, "the box number of a member", "check the number")


class UnknownRecord(NotAllowed):
    """The number names no complaint, or one that was annulled; or no item of news, or one that was withdrawn."""

    def __init__(self, kind: str, number: object) -> None:
        super().__init__(kind, number, f"the number of a {kind} record that stands", "take one from the list of them")


class NotCancelable(NotAllowed):
    """The offer is agreed or closed; the message begins with the words "Not Cancelable"."""

    def __init__(self, number: object) -> None:
        super().__init__("offer", number, "an open offer", "only an offer without a deal can be cancelled")

    def __str__(self) -> str:
        return f"Not Cancelable: {super().__str__()}"


class NotOpen(NotAllowed):
    """The offer has a deal, has ended, or is past its time limit."""

    def __init__(self, number: object) -> None:
        super().__init__("offer", number, "an open offer", "make a new offer, or choose one that is still open")


class NotACandidate(NotAllowed):
    """The sale is not, or is no longer, a candidate of the purchase: sold, withdrawn, never matching, or unknown."""

    def __init__(self, number: object) -> None:
        super().__init__("sale", number, "a present candidate", "read the candidates again and choose one of them")


class WrongPrice(NotAllowed):
    """The price or total given is not the one that is shown."""

    def __init__(self, given: object, field: str = "price") -> None:
        super().__init__(field, given, "what is shown", "read it again: it may have changed")


class LimitReached(NotAllowed):
    """The member has as many of these as the policy allows."""


class TooSoon(NotAllowed):
    """The person cancelled or amended an offer of the category, and has to wait ``until`` an instant (spec B7)."""

    def __init__(self, category: str, until: datetime) -> None:
        super().__init__("category", category, "a category without a pause", f"wait until {until.isoformat()}")
        self.until = until


class NotPayable(NotAllowed):
    """The deal is not waiting for a payment."""

    def __init__(self, number: object) -> None:
        super().__init__("deal", number, "a deal that waits for its payment", "look at the deal's status")


class WrongStep(NotAllowed):
    """The deal is at a point of its life where that step cannot be taken; ``step`` says which."""

    def __init__(self, number: object, step: str) -> None:
        super().__init__("deal", number, f"a deal that can be {step} now", "look at the deal's status")
        self.step = step


class UnknownCase(NotAllowed):
    """No case under that number waits for the manager, or it is of another kind."""

    def __init__(self, number: object, field: str = "case") -> None:
        super().__init__(field, number, "an open case of that kind", "take a number from the list of open cases")


class PaymentDeclined(NotAllowed):
    """The clearing house or the account said no; there is no deal, and the sale stays open."""

    def __init__(self, reason: str) -> None:
        super().__init__("payment", reason, "a card or account that pays", "choose another way to pay")


class CategoryExists(NotAllowed):
    """A category whose code differs at most by case or compatibility form is there already (spec K1)."""

    def __init__(self, code: str) -> None:
        super().__init__("category", code, "a code of its own", "choose another code, or correct the category")


class CategoryInUse(NotAllowed):
    """The category still has open offers or deals in flight, so it cannot be deleted."""

    def __init__(self, code: str) -> None:
        super().__init__("category", code, "a category without offers and deals", "wait until they have ended")


class RequestReused(NotAllowed):
    """A request id came a second time with other arguments (spec S5)."""

    def __init__(self, request_id: str) -> None:
        super().__init__("request_id", request_id, "an id of its own for each request", "choose a new id")


class MarginRuleError(BrokerageError):
    """A margin rule gave something that is not an exact fraction with a positive denominator.

    ``value`` says only of which kind it was: the thing itself may be made of another member's limit.
    """

    def __init__(self, rule: str, kind: str) -> None:
        super().__init__(rule, kind, "a pair (numerator, positive denominator) of integers", "mend the rule's margin()")


class GatewayError(BrokerageError):
    """A party outside (bank, clearing house, carrier, mail) failed and did nothing."""

    def __init__(self, gateway: str, problem: str, remedy: str = "try again, under the same key") -> None:
        super().__init__(gateway, problem, "an answer", remedy)


class NoAnswer(GatewayError):
    """A party outside did not answer: whether it did what was asked is unknown, and it must be asked."""


class NotInstalled(BrokerageError, ImportError):
    """A library that only this needs is not installed; the remedy says what to install."""

    def __init__(self, library: str, requirement: str) -> None:
        super().__init__("library", library, "an installed library", f"pip install '{requirement}'")

    def __str__(self) -> str:
        return f"{self.value} is not installed: {self.remedy}"
