"""Effects: what must happen outside, written down with the change that wants it (spec A7).

Each has a key derived from what it is for, and the parties outside do nothing twice under one key. None holds anything
personal: where a mail, goods or money go to is looked up when it is sent.
"""

from datetime import datetime
from enum import Enum

from attrs import frozen

from brokerage.records.deals import Means, Payee
from brokerage.records.notices import NoticeKey
from brokerage.records.numbers import BoxNumber, CaseNumber, ContactNumber, DealNumber
from brokerage.records.versions import next_version

__all__ = [
    "Authorisation",
    "AuthorisationState",
    "Capture",
    "CarrierOrder",
    "CarrierRecall",
    "ChargeAccount",
    "Effect",
    "EffectState",
    "Mail",
    "PayOut",
    "Refund",
    "Task",
    "VoidAuthorisation",
    "answered",
    "claimed",
    "postponed",
]


@frozen
class Mail:
    """An e-mail to a member, to an applicant without a box, or (without a contact) to the manager.

    Its words are made from what its reader may see, and from nothing else.
    """

    box: BoxNumber | None
    contact: ContactNumber | None
    subject: str
    body: str


@frozen
class CarrierOrder:
    """Collect the goods of a deal and deliver them.

    ``carrier`` is the box of the member who was appointed and gets the deal's carriage charge (spec N6); ``None``: no
    member does, so it is the standing carrier's, or whoever carries is paid nothing by the deal.
    """

    deal: DealNumber
    collect_from: ContactNumber
    deliver_to: ContactNumber
    carrier: BoxNumber | None = None


@frozen
class CarrierRecall:
    """Do not collect the goods of a deal any more, or bring them back to where they came from."""

    deal: DealNumber


@frozen
class PayOut:
    """Pay a charge of a deal to its payee."""

    deal: DealNumber
    position: int
    payee: Payee
    units: int
    currency: str


@frozen
class Refund:
    """Send money back to where a payment came from; ``deal`` is ``None`` for money that belonged to none."""

    payment: NoticeKey
    means: Means
    deal: DealNumber | None
    units: int
    currency: str


@frozen
class Capture:
    """Take the money that a card's authorisation holds."""

    authorisation: str
    deal: DealNumber
    units: int
    currency: str


@frozen
class VoidAuthorisation:
    """Let go of what was, or may have been, authorised under a key."""

    authorisation: str


@frozen
class ChargeAccount:
    """Charge the account that a member let the broker charge when the charge was made."""

    contact: ContactNumber
    deal: DealNumber
    units: int
    currency: str


Task = Mail | CarrierOrder | CarrierRecall | PayOut | Refund | Capture | VoidAuthorisation | ChargeAccount


class EffectState(Enum):
    """How far an effect has come."""

    PENDING = "pending"
    DONE = "done"
    DECLINED = "declined"


@frozen
class Effect:
    """A task for the outside, when to try it next, how often it was tried, and what was the matter the last time.

    While somebody is sending it, it is due again when the claim ends, should whoever claimed it be gone.

    ``case`` is the case that was opened because no answer came for long, if there is one.
    """

    key: str
    task: Task
    due: datetime
    attempts: int = 0
    state: EffectState = EffectState.PENDING
    problem: str = ""
    case: CaseNumber | None = None
    version: int = 0


def answered(effect: Effect, state: EffectState, reason: str) -> Effect:
    """Return the effect as answered."""
    return next_version(effect, state=state, problem=reason, attempts=effect.attempts + 1)


def claimed(effect: Effect, until: datetime) -> Effect:
    """Return the effect as claimed by whoever is going to send it: for others it is due when the claim ends."""
    return next_version(effect, due=until)


def postponed(effect: Effect, due: datetime, problem: str, case: CaseNumber | None = None) -> Effect:
    """Return the effect as tried without an answer, to be tried again under the same key."""
    return next_version(effect, due=due, problem=problem, attempts=effect.attempts + 1, case=case)


class AuthorisationState(Enum):
    """How far a card's authorisation has come."""

    INTENDED = "intended"
    USED = "used"
    VOID = "void"


@frozen
class Authorisation:
    """The intent to hold money on a card, recorded before the clearing house is asked (spec S4).

    Tokens only, never card numbers.
    """

    key: str
    box: BoxNumber
    units: int
    currency: str
    at: datetime
    state: AuthorisationState = AuthorisationState.INTENDED
    version: int = 0

    def to(self, state: AuthorisationState) -> "Authorisation":
        """Return the authorisation in another state."""
        return next_version(self, state=state)
