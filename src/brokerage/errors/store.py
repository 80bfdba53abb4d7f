"""What a store could not do, and what a database was not able to do for it."""

from brokerage.errors.roots import BrokerageError

__all__ = [
    "CommitUnknown",
    "Conflict",
    "DuplicateFact",
    "SchemaTooNew",
    "SchemaTooOld",
    "StoreDamaged",
    "StoreError",
    "StoreFailure",
    "StoreFull",
    "StoreLocked",
    "StoreMissing",
    "StoreNotEmpty",
    "StoreReadOnly",
    "StoreUnavailable",
    "TooManyConflicts",
    "WrongSecret",
]


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


class StoreNotEmpty(StoreError):
    """Something is kept there already, where a market is to begin with nothing."""

    def __init__(self, store: str) -> None:
        super().__init__("store", store, "an empty one", "choose or make another database for this")


class WrongSecret(StoreError):
    """The market in the store began with another secret, or with one where none is given.

    Under this one nobody who comes back would be recognised. The error shows none.
    """

    def __init__(self, value: object, remedy: str) -> None:
        super().__init__("secret", value, "the secret that this market began with", remedy)


class StoreFailure(StoreError):
    """The database could not do it; what the unit of work had written is undone.

    Args:
        store: the database, as it may be shown: without names and passwords.
        problem: what happened there, in the database's words where it has some.
        limit: what is needed.
        remedy: what the caller can do.
    """

    def __init__(self, store: str, problem: str, limit: str, remedy: str) -> None:
        super().__init__("store", store, limit, remedy)
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.value}: {self.problem}; {self.reason}"


class StoreMissing(StoreFailure):
    """There is no database at that place, or no schema in it."""

    def __init__(
        self, store: str, problem: str, remedy: str = "make it, or the folder it stands in; or mend the URL"
    ) -> None:
        super().__init__(store, problem, "a database that is there", remedy)


class StoreLocked(StoreFailure):
    """Somebody else held what was needed for longer than the store waits."""

    def __init__(
        self, store: str, problem: str, remedy: str = "call again, or open the store with more patience"
    ) -> None:
        super().__init__(store, problem, "a quieter moment", remedy)


class StoreReadOnly(StoreFailure):
    """The database can be read but not written."""

    def __init__(self, store: str, problem: str) -> None:
        super().__init__(
            store, problem, "a database that may be written", "give this user the rights to it, or only read"
        )


class StoreFull(StoreFailure):
    """There is no room for what was written."""

    def __init__(self, store: str, problem: str) -> None:
        super().__init__(store, problem, "room on the disk", "make room, and call again")


class StoreUnavailable(StoreFailure):
    """The database does not answer, lets nobody in, or was lost before anything was committed."""

    def __init__(self, store: str, problem: str) -> None:
        super().__init__(
            store,
            problem,
            "a database that answers",
            "see that it runs, lets this user in, and is what the URL says, and call again",
        )


class StoreDamaged(StoreFailure):
    """What is there is no database, a damaged one, or one with tables that are not this library's."""

    def __init__(self, store: str, problem: str, remedy: str = "restore a backup, or choose another place") -> None:
        super().__init__(store, problem, "a sound database of this library", remedy)


class SchemaTooOld(StoreFailure):
    """The tables were made by an earlier version of the library."""

    def __init__(self, store: str, found: str | None, wanted: str) -> None:
        super().__init__(
            store,
            "there are no tables yet" if found is None else f"the tables are of revision {found}",
            f"revision {wanted}",
            "mend the URL; or let them be made: python -m brokerage migrate --create --store URL"
            if found is None
            else "make a backup, and run: python -m brokerage migrate --store URL",
        )
        self.found = found


class SchemaTooNew(StoreFailure):
    """The tables were made by a later version of the library than this one."""

    def __init__(self, store: str, found: str, wanted: str) -> None:
        super().__init__(
            store, f"the tables are of revision {found}", f"revision {wanted}", "install the later version of brokerage"
        )
        self.found = found


class CommitUnknown(StoreError):
    """The connection was lost during the commit: whether the work is kept is unknown.

    Either all of it is kept or nothing. A request that has a request id may be repeated under it: if it was kept,
    the repetition returns the first one's result and changes nothing (spec S5).
    """

    def __init__(self, store: str, problem: str) -> None:
        super().__init__("store", store, "an answer to the commit", "repeat the request under its request id, or look")
        self.problem = problem

    def __str__(self) -> str:
        return (
            f"{self.value}: {self.problem} during the commit, and so it is unknown whether it was kept; {self.reason}"
        )
