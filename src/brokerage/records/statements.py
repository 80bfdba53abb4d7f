"""Statements: what the parties of a dispute have said (spec A8)."""

from datetime import datetime

from attrs import frozen

from brokerage.records.numbers import BoxNumber, DealNumber
from brokerage.records.versions import next_version

__all__ = ["Statement", "taken_back"]


@frozen
class Statement:
    """What a party said about a deal, in that party's own words; ``place`` counts the statements of a deal from 1.

    The words stand here and nowhere else, so that they can be taken out when a member is forgotten.
    """

    deal: DealNumber
    place: int
    box: BoxNumber
    at: datetime
    text: str
    version: int = 0

    @property
    def key(self) -> tuple[DealNumber, int]:
        """What makes the statement one of its kind."""
        return self.deal, self.place


def taken_back(statement: Statement) -> Statement:
    """Return a statement without its words, whose member is forgotten (spec M7)."""
    return next_version(statement, text="forgotten")
