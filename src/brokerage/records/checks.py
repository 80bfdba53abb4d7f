"""What is left over for the rounds that follow: whom to tell of an arrival, and of a lost sale (spec X3, X4)."""

from datetime import datetime

from attrs import frozen

from brokerage.records.numbers import DealNumber, OfferNumber

__all__ = ["Check", "Loss"]


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


@frozen
class Loss:
    """The losers of a sale who are still to be told by e-mail: its candidate buyers behind (limit, number).

    The sale was decided for ``deal`` at ``since``; ``after`` is ``None`` until the first of them was looked at.
    """

    deal: DealNumber
    since: datetime
    after: tuple[int, int] | None = None
    version: int = 0
