"""Checks left over: who is still to be told of an arrival whose round ended at its bound (spec X3)."""

from datetime import datetime

from attrs import frozen

from brokerage.records.numbers import OfferNumber

__all__ = ["Check"]


@frozen
class Check:
    """The rest of looking for the counterparts of an offer: go on after (limit in minor units, number).

    ``others`` says whether counterparts are still to be told, otherwise only the offer itself is. It holds for the
    offer while its ``arrival`` is the one named, and was left over at ``since``.
    """

    offer: OfferNumber
    arrival: int
    others: bool
    after: tuple[int, int]
    since: datetime
    version: int = 0

    @property
    def key(self) -> tuple[int, bool]:
        """What makes the check one of its kind."""
        return self.arrival, self.others
