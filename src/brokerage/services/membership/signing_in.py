"""Signing in: the same work and the same pace whether the box or the password is wrong (spec M6)."""

from datetime import datetime

from attrs import frozen

from brokerage.errors import InvalidCredentials, TooManyTries
from brokerage.policy import Policy
from brokerage.ports import PasswordHasher, Transaction
from brokerage.records.members import Credentials, SignInTries
from brokerage.records.numbers import BoxNumber
from brokerage.services.inputs import later, whole_number
from brokerage.services.membership.dormancy import Dormancy

__all__ = ["SigningIn"]

_LONGEST_PASSWORD = 1024
_BATCH = 200


@frozen
class SigningIn:
    """Counts tries, checks passwords, and slows down whoever fails too often.

    A try is counted as a failure before its password is checked, and its success takes all failures away: so many
    tries at the same time are counted like many one after the other.
    """

    policy: Policy
    hasher: PasswordHasher
    dormancy: Dormancy

    def begin(self, tx: Transaction, box: object, now: datetime) -> Credentials | None:
        """Count a try for a box, which need not exist; return what its password is checked by.

        Raises:
            TooManyTries: too many failed before; wait until the instant that it names.
        """
        found = whole_number(box)
        if found is None:
            return None
        number = BoxNumber(found)
        tries = tx.tries.get(number)
        is_new = tries is None or tries.forget_at <= now
        if tries is not None and not is_new and tries.wait_until > now:
            raise TooManyTries(tries.wait_until)
        failures = 1 if tries is None or is_new else tries.failures + 1
        wait_until = self._wait_until(failures, now)
        forget_at = later(wait_until, self.policy.sign_in_memory)
        if tries is None:
            tx.tries.add(SignInTries(number, failures, wait_until, forget_at))
        else:
            tx.tries.replace(tries, SignInTries(number, failures, wait_until, forget_at, tries.version + 1))
        return tx.credentials.get(number)

    def verify(self, credentials: Credentials | None, password: object) -> Credentials:
        """Check a password, and return what it was checked by; call it outside any unit of work.

        Whether the box is wrong or the password, the hasher is called once with the same parameters.

        Raises:
            InvalidCredentials: either is wrong; the message says only "Invalid".
        """
        given = password if isinstance(password, str) and len(password) <= _LONGEST_PASSWORD else ""
        kept = self.hasher.decoy if credentials is None else credentials.password_hash
        if not self.hasher.verify(given, kept) or credentials is None:
            raise InvalidCredentials
        return credentials

    def succeeded(self, tx: Transaction, credentials: Credentials, now: datetime) -> None:
        """Forget a box's failures, and take the success for a sign of life (M5).

        Raises:
            InvalidCredentials: the member has left meanwhile.
        """
        box = credentials.box
        if tx.credentials.get(box) is None:
            raise InvalidCredentials
        tries = tx.tries.get(box)
        if tries is not None:
            tx.tries.remove(tries)
        self.dormancy.answered(tx, box, now)

    def purge(self, tx: Transaction, now: datetime) -> int:
        """Forget the first few failures that are long ago; return how many."""
        due = tx.tries.due(now, _BATCH)
        for tries in due:
            tx.tries.remove(tries)
        return len(due)

    def _wait_until(self, failures: int, now: datetime) -> datetime:
        doublings = failures - self.policy.sign_in_free
        if doublings < 0:
            return now
        longest = self.policy.longest_sign_in_wait
        wait = self.policy.sign_in_wait
        for _ in range(doublings):
            if wait >= longest:
                break
            wait *= 2
        return later(now, min(wait, longest))
