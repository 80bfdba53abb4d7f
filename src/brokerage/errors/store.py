"""What a store could not do."""

from brokerage.errors.roots import BrokerageError

__all__ = ["Conflict", "DuplicateFact", "StoreError", "TooManyConflicts"]


class StoreError(BrokerageError):
    """The store could not do what was asked; nothing is left behind."""


class Conflict(StoreError):
    """A fact changed between reading and replacing it. ``Store.run`` runs the work again."""

    def __init__(self, fact: str) -> None:
        super().__init__("fact", fact, "the version that was read", "run the work again")


class DuplicateFact(StoreError):
    """A fact under that key is there already."""

    def __init__(self, key: object) -> None:
        super().__init__("fact", key, "a key of its own", "read the fact that is there and replace it")


class TooManyConflicts(StoreError):
    """The work met a conflict every time it was tried."""

    def __init__(self, attempts: int) -> None:
        super().__init__("attempts", attempts, "a quieter moment", "call again")
