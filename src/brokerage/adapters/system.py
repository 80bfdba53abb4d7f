"""The machine's own time, chance and password hashing."""

import hashlib
import hmac
import random
import secrets
from datetime import UTC, datetime

__all__ = ["ManualClock", "ScryptHasher", "SeededEntropy", "SystemClock", "SystemEntropy"]


class SystemClock:
    """The system's clock."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is set: for simulations and tests.

    >>> clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    >>> clock.set(datetime(2026, 1, 2, tzinfo=UTC))
    >>> clock.now().day
    2
    """

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant that it was set to last."""
        return self._now

    def set(self, instant: datetime) -> None:
        """Set it to an instant, also an earlier one."""
        self._now = instant.astimezone(UTC)


class SystemEntropy:
    """Chance that nobody can guess."""

    def token(self, size: int) -> bytes:
        """Return that many bytes from the system."""
        return secrets.token_bytes(size)


class SeededEntropy:
    """Chance that a seed determines, so that a run can be repeated to the byte.

    Not for anything that must stay secret.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def token(self, size: int) -> bytes:
        """Return the next bytes of the seed's sequence."""
        return self._random.randbytes(size)


class ScryptHasher:
    """Passwords hashed by scrypt, which needs memory: 128 × ``cost`` × ``block`` bytes for each (spec M6).

    Args:
        cost: CPU and memory cost, a power of two.
        block: block size.
        lanes: parallelisation.
    """

    def __init__(self, cost: int = 2**17, block: int = 8, lanes: int = 1) -> None:
        self._cost = cost
        self._block = block
        self._lanes = lanes

    @property
    def decoy(self) -> str:
        """A hash of the same parameters that no password has."""
        return self._text(bytes(16), bytes(32))

    def hash(self, password: str, salt: bytes) -> str:
        """Return parameters, salt and hash as one text."""
        return self._text(salt, _scrypt(password, salt, self._cost, self._block, self._lanes))

    def verify(self, password: str, password_hash: str) -> bool:
        """Say whether a text is this password's, with the parameters that are in the text."""
        _, cost, block, lanes, salt, kept = password_hash.split("$")
        made = _scrypt(password, bytes.fromhex(salt), int(cost), int(block), int(lanes))
        return hmac.compare_digest(made, bytes.fromhex(kept))

    def _text(self, salt: bytes, made: bytes) -> str:
        return f"scrypt${self._cost}${self._block}${self._lanes}${salt.hex()}${made.hex()}"


def _scrypt(password: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    memory = 128 * block * (cost + lanes + 2)
    given = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(given, salt=salt, n=cost, r=block, p=lanes, maxmem=memory, dklen=32)
