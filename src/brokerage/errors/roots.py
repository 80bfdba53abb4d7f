"""The roots of the tree of errors: what every error has, and whose fault it was."""

__all__ = ["BrokerageError", "InvalidInput", "NotAllowed"]

_SHOWN = 200


class BrokerageError(Exception):
    """The root: catch it to catch everything that the library refuses or fails at.

    Args:
        field: the argument or field that is at fault, as its user knows it.
        value: what was given; shown shortened, and never for a secret.
        limit: what is possible there, in words.
        remedy: what the caller can do, in words.

    >>> error = InvalidInput("price", 9.5, "an exact amount", 'pass it as text, such as "9.50"')
    >>> print(error)
    price: 9.5 is refused; an exact amount is wanted: pass it as text, such as "9.50"
    >>> error.field, error.value
    ('price', 9.5)
    """

    def __init__(self, field: str, value: object, limit: str, remedy: str) -> None:
        super().__init__(field, value, limit, remedy)
        self.field = field
        self.value = value
        self.limit = limit
        self.remedy = remedy

    @property
    def reason(self) -> str:
        """Say what is possible and what to do, without naming the field and the value."""
        return f"{self.limit} is wanted: {self.remedy}"

    def __str__(self) -> str:
        return f"{self.field}: {_shown(self.value)} is refused; {self.reason}"


def _shown(value: object) -> str:
    """A value shortened for a message; an integer of any size is shown without being written out."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 200:
        return f"an integer of {value.bit_length()} bits"
    if isinstance(value, str) and len(value) > _SHOWN:
        return repr(value[:_SHOWN]) + f"… ({len(value)} characters)"
    text = repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


class InvalidInput(BrokerageError, ValueError):
    """An argument is wrong by itself, whatever the state of the market is."""


class NotAllowed(BrokerageError):
    """The argument is well formed, but the state of the market is against it."""

    def __str__(self) -> str:
        return f"{self.field} {_shown(self.value)}: {self.reason}"
