"""The table of everything that falls out before a deal: one story for each row, and each row as the story says."""

import re
from pathlib import Path

import pytest

from brokerage.errors import UnknownMember
from falling_out import STORIES, Told

PAGE = Path(__file__).parent.parent / "docs" / "explanation" / "new-items.md"
ROWS = {
    cells[0]: cells
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and len(cells := [cell.strip() for cell in line.strip("| ").split(" | ")]) == 7
    if cells[0] not in ("what happened", "---")
}
_WITHOUT = re.compile(r"(Call for bids|Your bid|Reservation|Order|Deal|deal|order|tender) \d+")


def in_words(text: str) -> str:
    """A text without the numbers of bids, reservations, orders and deals."""
    return _WITHOUT.sub(r"\1", text)


def letters(told: Told, *names: str) -> str:
    """What was mailed to somebody, but for the welcome, without numbers."""
    found = {name: told.fair.letters(name) for name in names}
    if len({tuple(map(in_words, subjects)) for subjects in found.values()}) == 1:
        return listed(next(iter(found.values())))
    return "<br>".join(f"{name.capitalize()}: {listed(subjects)}" for name, subjects in found.items())


def listed(subjects: list[str]) -> str:
    """Subjects of mails as the table writes them."""
    return "; ".join(map(in_words, subjects)) or "nothing"


def statuses(told: Told) -> str:
    """How both reservations stand, in the words that their buyers read."""
    found = []
    for name in ("bob", "cleo"):
        try:
            found.append(told.fair.shown(name).status)
        except UnknownMember:
            found.append("has left")
    return found[0] if found[0] == found[1] else f"Bob: {found[0]}<br>Cleo: {found[1]}"


def sold(told: Told) -> str:
    """How Ann's bid and order stand, in the words that she reads."""
    seller = told.fair.desk("ann").seller
    try:
        bids = [f"bid: {bid.status}" for bid in seller.bids()]
        orders = [f"order: {order.status}" for order in seller.orders()]
    except UnknownMember:
        return "has left"
    return "; ".join((*bids, *orders)) or "nothing"


def managed(told: Told) -> str:
    """What the manager finds of the tender, its places and cases."""
    office, found = told.fair.world.broker.office, []
    if told.tender is not None:
        tender = told.fair.tender(told.tender)
        found.append(f"tender {tender.state.value}" + (f": {tender.outcome}" if tender.outcome else ""))
        found += [f"place {place.rank}: " + (place.remark or place.state.value) for place in tender.places]
    found += [f"case: {in_words(case.reason)}" for case in office.cases.open()]
    return "<br>".join(found) or "nothing"


def row(told: Told) -> list[str]:
    """What everybody finds after a story, as the table writes it."""
    return [statuses(told), letters(told, "bob", "cleo"), sold(told), letters(told, "ann"), managed(told)]


def test_every_story_has_its_row() -> None:
    """The table tells every story, in their order, and no other."""
    assert list(STORIES) == list(ROWS)


@pytest.mark.parametrize("name", STORIES)
def test_the_row_says_what_everybody_finds(name: str) -> None:
    """Buyers and seller read the words of the row and get its mails, and the manager finds what it says."""
    told = STORIES[name]()
    told.fair.check()
    assert ROWS[name][2:] == row(told)
