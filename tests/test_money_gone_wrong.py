"""The table of everything that goes wrong with money: one story for each row, and each row as the story says."""

import re
from pathlib import Path

import pytest

from brokerage.money import Money
from brokerage.records.ledger import Entry
from builders import Trade, check_books, entries
from gone_wrong import STORIES

PAGE = Path(__file__).parent.parent / "docs" / "explanation" / "money-gone-wrong.md"
ROWS = {
    cells[0]: cells
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and len(cells := [cell.strip() for cell in line.strip("| ").split(" | ")]) == 5
    if cells[0] not in ("what happened", "---")
}


def amount(units: int, currency: str) -> str:
    """An amount as the table writes it: signed, in the main unit, with the currency if that is not the deal's."""
    text = Money(abs(units), currency).text().removesuffix(".00")
    return ("+" if units > 0 else "−") + text + ("" if currency == "USD" else f" {currency}")


def postings(entry: Entry) -> str:
    """An entry as the table writes it."""
    names = (
        (re.sub(r":\d+$", "", str(posting.account)), amount(posting.units, posting.currency))
        for posting in entry.postings
    )
    return f"{entry.purpose}: " + ", ".join(f"{name} {units}" for name, units in names)


def row(made: Trade) -> list[str]:
    """What both sides see of a deal, and every entry of the ledger, as the table writes it."""
    booked = "<br>".join(postings(entry) for entry in entries(made.world))
    return [made.ann.deal(made.number).status, made.bob.deal(made.number).status, booked or "nothing"]


def test_every_story_has_its_row() -> None:
    """The table tells every story, in their order, and no other."""
    assert list(STORIES) == list(ROWS)


@pytest.mark.parametrize("name", STORIES)
def test_the_row_says_what_happens(name: str) -> None:
    """Both sides see the words of the row, and its postings are all that is booked; the books balance."""
    made = STORIES[name]()
    check_books(made.world)
    assert ROWS[name][2:] == row(made)
