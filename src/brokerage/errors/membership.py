"""What is refused to whoever wants to become a member, sign in, or leave."""

from datetime import datetime

from brokerage.errors.roots import InvalidInput, NotAllowed

__all__ = ["DealsInFlight", "NotAccepted", "ReasonExists", "StillMember", "TooManyTries", "UnknownReason"]


class UnknownReason(InvalidInput):
    """No reason for withdrawal under that code can be given."""

    def __init__(self, code: object) -> None:
        super().__init__("reason", code, "the code of a reason", "look at the list of reasons")


class NotAccepted(NotAllowed):
    """The broker does not take this applicant as a member (spec M1); it says nothing of anybody's history."""

    def __init__(self) -> None:
        super().__init__("application", None, "an applicant whom the broker accepts", "ask the broker's office")


class TooManyTries(NotAllowed):
    """Signing in to a box failed too often; ``until`` is the instant before which nobody is listened to (spec M6).

    Whether there is such a box makes no difference.
    """

    def __init__(self, until: datetime) -> None:
        super().__init__("credentials", None, "a quieter pace", f"try again after {until.isoformat()}")
        self.until = until

    def __str__(self) -> str:
        return f"Too many tries: {self.remedy}"


class DealsInFlight(NotAllowed):
    """A member with deals in flight cannot leave (spec M3)."""

    def __init__(self, count: int) -> None:
        super().__init__("deals", count, "a member without deals in flight", "wait until they have ended")


class StillMember(NotAllowed):
    """Only who has left can be forgotten (spec M7)."""

    def __init__(self, box: object) -> None:
        super().__init__("box", box, "the box number of a former member", "let the member withdraw first")


class ReasonExists(NotAllowed):
    """A reason whose code differs at most by case or compatibility form is there already (spec K2)."""

    def __init__(self, code: str) -> None:
        super().__init__("reason", code, "a code of its own", "choose another code, or correct the reason")
