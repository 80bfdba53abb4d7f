"""What must hold after every step of a story, and what is raised where it does not."""

from enum import Enum

__all__ = ["Broken", "Invariant"]


class Invariant(Enum):
    """A sentence that is true of every broker at any time, whatever goes wrong around it."""

    BALANCED = "the postings of every entry, and so every currency, add up to zero"
    BOOKED_AS_IT_WAS = "what the ledger says of the bank is what really moved, but for what the broker cannot know yet"
    NOTHING_OVERDRAWN = (
        "nothing is paid out of a deal's account that was not in it, and no claim is paid more than once"
    )
    OUT_OF_ITS_OWN = "for no deal does more money leave than came in for it and is claimed for it"
    ONE_PAYOUT = "a charge of a deal is paid out once at most, but for what came back, and to its payee"
    NO_MORE_THAN_CAME = "of a payment no more goes back than came"
    ONE_ORDER = "the carrier is ordered once for a deal"
    ALL_MONEY_KNOWN = "when all is quiet, no money that the broker was told of is left unbooked, in escrow or on hold"
    NOTICES_KEPT = "a notice is confirmed once it is kept, and not before"
    SENT_AS_WRITTEN = "nothing is asked of the outside but what is written in the outbox, after it was committed"
    DEAL_MOVES = "a deal moves as its table says"
    OFFER_MOVES = "an offer moves as its table says"
    ITEM_MOVES = "an item moves as its table says"
    RESERVATION_MOVES = "a reservation moves as its table says"
    TENDER_MOVES = "a tender moves as its table says"
    ORDER_MOVES = "an order moves as its table says"
    ENDED = "a deal that has ended does not come back"
    EVERY_CHANGE_TOLD = (
        "every version of a deal, an offer or a reservation and the like is in the journal, and is what is stored"
    )
    COUNTED = "a member is counted to have as many offers, items and reservations open and deals in flight as there are"
    POOLED = "what is kept as the demand for an item is what its open reservations add up to"
    SERVED = "a reservation is in one order at a time, and an order counts those that are in it"
    BOTH_CONFIRMED = "nobody owes anything before buyer and seller have confirmed it, nor anything else than that"
    WITHIN_TERMS = "an order is made at a price of its bid, of no fewer and no more units, for those who accept it"
    SEALED = "of a sealed bid nobody else is told anything before bids are opened, the office included"
    POINTS_FOLLOW = "the points against a person are those of the complaints that stand, under whatever box"
    ONE_BUYER = "a sale is in one deal at a time"
    ONE_DEAL_A_REQUEST = (
        "a request makes one deal, and repeated it gives the same one; with other arguments it is refused"
    )
    WRONG_PRICE = "no deal is made at another total than was stated"
    BLIND = "nobody is shown another member's limit, price or identity"
    PROPER_ERRORS = "whoever asks for something gets it, or an error that says why not"
    DEADLINES_KEPT = (
        "after a round no deal, tender or order is where its deadline says it cannot be, nor what has its day"
    )
    ALL_ENDS = (
        "when the faults stop, every deal, tender and order ends soon after its last deadline, with all that waits"
    )
    CASES_CLOSE = "when the manager has worked on them, no case waits any more"
    OUTBOX_EMPTIES = "when the faults stop, nothing is left to be sent"


class Broken(AssertionError):
    """An invariant did not hold.

    Args:
        invariant: which.
        seen: what was seen instead, in a sentence.
    """

    def __init__(self, invariant: Invariant, seen: str) -> None:
        super().__init__(f"{invariant.value}; but {seen}")
        self.invariant = invariant
        self.seen = seen
