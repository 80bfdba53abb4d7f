"""What deals are worth to members who pry, under several bounds on probing, drawn from the tables of the page."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from attrs import frozen

from drawings.svg import BROKER, FAINT, SELLER, SHADE, box, drawing, line, text

__all__ = ["Figure", "figures", "probing"]

_PAGE = Path(__file__).parents[1] / "explanation" / "probing.md"
_LEFT, _SIDE, _ROW, _HEAD, _GAP = 250, 360, 22, 26, 14


@frozen
class Figure:
    """A row of the page: the bounds, how many deals the attacker makes, and what they are worth; and to the honest."""

    bounds: str
    deals: int
    surplus: float
    honest: float


def figures(page: str) -> list[tuple[str, list[Figure]]]:
    """Return the tables of the page, each under its heading.

    Args:
        page: the page, in Markdown.
    """
    found: list[tuple[str, list[Figure]]] = []
    for part in page.split("\n### ")[1:]:
        words, *lines = part.partition("\n## ")[0].splitlines()
        rows = [each.strip("| ").split(" | ") for each in lines if each.startswith("|")][2:]
        found.append((words, [_figure(row) for row in rows]))
    return found


def _figure(cells: Sequence[str]) -> Figure:
    return Figure(cells[0], int(cells[4]), _number(cells[6]), _number(cells[7]))


def _number(cell: str) -> float:
    return float(cell.replace(",", ""))


def probing() -> str:
    """Draw what attacks are worth in four weeks, and mark what an honest member has in the attacker's place."""
    attacks = figures(_PAGE.read_text(encoding="utf-8"))
    most = max(figure.surplus for _, rows in attacks for figure in rows)
    parts = [
        text(20, 30, "What four weeks are worth to a member who pries", size=15, bold=True),
        text(20, 52, "The bar: beyond the prices of all deals, in USD. The line: the same for an honest member."),
    ]
    y = 78.0
    for words, rows in attacks:
        parts.append(text(20, y + 12, words, bold=True))
        y += _HEAD
        for figure in rows:
            parts += _bar(figure, most, y)
            y += _ROW
        y += _GAP
    return drawing("What probing is worth under bounds", _LEFT + _SIDE + 150, y + 6, parts)


def _bar(figure: Figure, most: float, y: float) -> Iterable[str]:
    yield text(36, y + 13, figure.bounds, size=12)
    yield box(_LEFT, y, _SIDE, 16, fill=SHADE, stroke=FAINT, radius=2)
    if figure.surplus:
        yield box(_LEFT, y + 2, figure.surplus / most * _SIDE, 12, fill=BROKER, radius=1)
    usual = _LEFT + figure.honest / most * _SIDE
    yield line(usual, y - 1, usual, y + 17, stroke=SELLER, width=2.5)
    deals = "1 deal" if figure.deals == 1 else f"{figure.deals} deals"
    yield text(_LEFT + _SIDE + 12, y + 13, f"{figure.surplus:,.2f} by {deals}", size=12)
