"""What is wrong by itself in what a caller gave."""

from collections.abc import Sequence

from attrs import frozen

from brokerage.errors.roots import InvalidInput

__all__ = [
    "InvalidAmount",
    "InvalidChoice",
    "InvalidCredentials",
    "InvalidCursor",
    "InvalidFile",
    "InvalidRate",
    "InvalidText",
    "InvalidTime",
    "RefusedRow",
    "RefusedRows",
    "UnknownCategory",
    "UnknownCurrency",
]


class InvalidAmount(InvalidInput):
    """The value is not an exact amount of the currency within V1's range."""


class InvalidRate(InvalidInput):
    """The value is not an exact decimal rate, or lies outside its range."""


class InvalidText(InvalidInput):
    """The text is empty, too long, or otherwise not acceptable there."""


class InvalidTime(InvalidInput):
    """The value is not an aware instant, or lies at the wrong side of another one."""


class InvalidChoice(InvalidInput):
    """The value is not one of those that are possible there."""


class InvalidCursor(InvalidInput):
    """The page mark does not belong to this list, or what it stood on has changed: start from the first page."""


class InvalidFile(InvalidInput):
    """The file is missing or unreadable, or is not of the form that is wanted; nothing of it was taken."""


class UnknownCurrency(InvalidInput):
    """The code is not an ISO 4217 currency that has a minor unit."""


class UnknownCategory(InvalidInput):
    """No category under that code is open for offers."""


class InvalidCredentials(InvalidInput):
    """Box number or password is wrong; the message says only "Invalid", and the value is never kept."""

    def __init__(self) -> None:
        super().__init__("credentials", None, "the box number and its password", "check both and try again")

    def __str__(self) -> str:
        return "Invalid"


@frozen
class RefusedRow:
    """A row of bulk input that was not taken: where it is, what was wrong, and why."""

    path: str
    field: str
    value: object
    reason: str


class RefusedRows(InvalidInput):
    """Bulk input has bad rows and the caller asked for all or none: nothing was taken.

    ``rows`` holds every refused row (spec O7).
    """

    def __init__(self, rows: Sequence[RefusedRow]) -> None:
        super().__init__(
            "rows",
            len(rows),
            "bulk input without a bad row",
            "mend the rows listed, or ask for the good ones only",
        )
        self.rows = tuple(rows)

    def __str__(self) -> str:
        first = self.rows[0]
        return f"{len(self.rows)} rows are refused, the first at {first.path}: {first.reason}"
