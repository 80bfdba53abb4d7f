"""The broker's secret: the same one at every start, whoever keeps it (spec M9)."""

import hashlib
import hmac

from brokerage.errors import WrongSecret
from brokerage.ports import Entropy, Store, Transaction
from brokerage.records.secrets import Secret

__all__ = ["has_begun", "secret_of"]

_NAME = "broker"
_LENGTH = 32


def secret_of(store: Store, given: bytes | None, entropy: Entropy) -> bytes:
    """Return the secret of the market in a store: the one that it began with.

    Args:
        store: where the market is kept; one that has no secret yet keeps what this one is recognised by.
        given: the secret of an application that keeps it itself, ``None`` to let the store keep one.
        entropy: gives the chance that a new one is made of.

    Raises:
        WrongSecret: the market began with another one, or with one where none is given, or the other way round.
    """

    def begin(tx: Transaction) -> Secret:
        made = tx.secrets.get(_NAME)
        if made is None:
            made = Secret(_NAME, _digest(new), new.hex() if given is None else None)
            tx.secrets.add(made)
        return made

    found = store.read(lambda tx: tx.secrets.get(_NAME))
    if found is None:
        new = entropy.token(_LENGTH) if given is None else given
        found = store.run(begin)
    if given is None and found.kept is not None:
        return bytes.fromhex(found.kept)
    if given is None:
        raise WrongSecret(None, "pass the one that the market began with")
    if not hmac.compare_digest(found.digest, _digest(given)):
        remedy = "pass the one that the market began with"
        raise WrongSecret("(not shown)", remedy if found.kept is None else "pass none: the store keeps this market's")
    return given


def has_begun(tx: Transaction) -> bool:
    """Return whether a broker has ever begun its market in a store."""
    return tx.secrets.get(_NAME) is not None


def _digest(secret: bytes) -> str:
    return hmac.new(secret, b"the broker's secret", hashlib.sha256).hexdigest()
