"""Members for life: who they are, how they come in, change, fall asleep, leave, come back, and are forgotten."""

from brokerage.services.membership.dormancy import Dormancy
from brokerage.services.membership.files import MemberFile, MemberFiles
from brokerage.services.membership.leaving import Leaving
from brokerage.services.membership.members import Membership
from brokerage.services.membership.persons import Persons
from brokerage.services.membership.reasons import Reasons
from brokerage.services.membership.registering import Application, Registration, checked_password
from brokerage.services.membership.signing_in import SigningIn

__all__ = [
    "Application",
    "Dormancy",
    "Leaving",
    "MemberFile",
    "MemberFiles",
    "Membership",
    "Persons",
    "Reasons",
    "Registration",
    "SigningIn",
    "checked_password",
]
