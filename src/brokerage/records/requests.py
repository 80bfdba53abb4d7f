"""Requests: what a caller's request id did, so that repeating it does nothing twice (spec S5)."""

from attrs import frozen

from brokerage.records.numbers import BoxNumber

__all__ = ["Request"]


@frozen
class Request:
    """A command that was carried out: whose, its id, a digest of its arguments, and the numbers that it returned.

    Registering has no box yet and stands under box 0.
    """

    box: BoxNumber
    id: str
    digest: str
    result: tuple[int, ...]
