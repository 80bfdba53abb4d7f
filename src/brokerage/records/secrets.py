"""Secrets: what a broker's secret is recognised by from one start to the next (spec M9)."""

from attrs import field, frozen

__all__ = ["Secret"]


@frozen
class Secret:
    """A secret of the broker's, or what it is recognised by where the application keeps it.

    Args:
        name: what it is for.
        digest: a keyed digest that only this secret gives.
        kept: the secret in hexadecimal digits, ``None`` where the application keeps it.
    """

    name: str
    digest: str = field(repr=False)
    kept: str | None = field(default=None, repr=False)
