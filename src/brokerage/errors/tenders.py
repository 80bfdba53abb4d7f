"""What is refused around items that are not yet on the market: reservations, tenders and orders."""

from brokerage.errors.roots import BrokerageError, NotAllowed

__all__ = [
    "ItemNotOpen",
    "JudgeError",
    "NobodyServes",
    "NotRegistered",
    "NotReservable",
    "TenderNotOpen",
    "UnknownItem",
    "UnknownOrder",
    "UnknownTender",
    "WrongOrderStep",
    "ZoningError",
]


class UnknownItem(NotAllowed):
    """No item under that number can be seen here."""

    def __init__(self, number: object) -> None:
        super().__init__("item", number, "the number of an item", "take one from the list of items")


class ItemNotOpen(NotAllowed):
    """The item is on the market already, or was taken back."""

    def __init__(self, number: object) -> None:
        super().__init__("item", number, "an item that is not yet on the market", "take one from the list of items")


class NotReservable(NotAllowed):
    """The reservation is at a point of its life where that step cannot be taken; ``step`` says which."""

    def __init__(self, number: object, step: str, remedy: str = "look at how it stands") -> None:
        super().__init__("reservation", number, f"a reservation that can be {step} now", remedy)
        self.step = step


class UnknownTender(NotAllowed):
    """No tender under that number is open to this bidder, or known to the manager."""

    def __init__(self, number: object) -> None:
        super().__init__("tender", number, "the number of a tender", "take one from the list of calls")


class TenderNotOpen(NotAllowed):
    """The tender is at a point of its life where that step cannot be taken; ``step`` says which, ``remedy`` why."""

    def __init__(self, number: object, step: str, remedy: str = "look at how it stands and until when") -> None:
        super().__init__("tender", number, f"a tender that can be {step} now", remedy)
        self.step = step


class UnknownOrder(NotAllowed):
    """This member has no order under that number."""

    def __init__(self, number: object) -> None:
        super().__init__("order", number, "the number of an order", "take one from the list of orders")


class WrongOrderStep(NotAllowed):
    """The order is at a point of its life where that step cannot be taken; ``step`` says which."""

    def __init__(self, number: object, step: str) -> None:
        super().__init__("order", number, f"an order that can be {step} now", "look at how it stands")
        self.step = step


class NotRegistered(NotAllowed):
    """The member is not registered as a bidder of that trade."""

    def __init__(self, trade: str, field: str = "trade", value: object = None) -> None:
        given = trade if value is None else value
        super().__init__(field, given, f"a member who is registered as a {trade}", "ask the broker's office")


class NobodyServes(NotAllowed):
    """Nobody was appointed to carry or to settle there, and no standing carrier steps in (spec N6)."""

    def __init__(self, trade: str, zone: str) -> None:
        super().__init__("zone", zone, f"a zone with a {trade}", "call a tender, or name a standing carrier")

    def __str__(self) -> str:
        return super().__str__() if self.value else f"everywhere: {self.reason}"


class JudgeError(BrokerageError):
    """A judge of the user's own left a bid out of its ranking, or ranked one twice or one that is not there."""

    def __init__(self, judge: str, bids: object) -> None:
        super().__init__(judge, bids, "a ranking with every bid once", "mend the judge's rank()")


class ZoningError(BrokerageError):
    """A zoning rule of the user's own failed, or gave something that is no zone.

    ``value`` says only of which kind it was: the thing itself may be made of somebody's address.
    """

    def __init__(self, kind: str) -> None:
        super().__init__("zoning", kind, "a text of up to 200 characters", "mend the rule's zone()")
