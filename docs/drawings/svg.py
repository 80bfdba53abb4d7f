"""A few shapes as SVG text: all that the pictures of the documents are made of.

Everything is written the same way each time, so that a picture changes only when what it shows does.
"""

from collections.abc import Iterable
from html import escape

__all__ = [
    "BROKER",
    "BUYER",
    "ENDED",
    "FAINT",
    "INK",
    "SELLER",
    "SHADE",
    "arrow",
    "box",
    "drawing",
    "line",
    "path",
    "text",
    "width_of",
]

INK, FAINT, SHADE, PAPER = "#1f2933", "#b8c2cc", "#eef2f6", "#ffffff"
SELLER, BUYER, BROKER, ENDED = "#0f766e", "#1d4ed8", "#d97706", "#52606d"

_LETTER = 0.54
"""How wide a letter is on average, as a part of its height."""


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def width_of(words: str, size: float = 13) -> float:
    """Return about how wide a text is, in pixels."""
    return len(words) * size * _LETTER


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: float = 13,
    anchor: str = "start",
    fill: str = INK,
    bold: bool = False,
    clear: bool = False,
) -> str:
    """Return a line of text whose baseline begins, has its middle or ends at a point.

    A ``clear`` one keeps off it what was drawn before.
    """
    weight = ' font-weight="600"' if bold else ""
    place = f'<text x="{_number(x)}" y="{_number(y)}" font-size="{_number(size)}" text-anchor="{anchor}"{weight}'
    beneath = f'{place} stroke="{PAPER}" stroke-width="5" fill="{PAPER}">{escape(words)}</text>' if clear else ""
    return f'{beneath}{place} fill="{fill}">{escape(words)}</text>'


def line(
    x1: float, y1: float, x2: float, y2: float, *, stroke: str = INK, width: float = 1.5, dashed: bool = False
) -> str:
    """Return a straight line."""
    dashes = ' stroke-dasharray="5 4"' if dashed else ""
    return (
        f'<line x1="{_number(x1)}" y1="{_number(y1)}" x2="{_number(x2)}" y2="{_number(y2)}" stroke="{stroke}"'
        f' stroke-width="{_number(width)}"{dashes}/>'
    )


def path(points: Iterable[tuple[float, float]], *, stroke: str = INK, width: float = 2, fill: str = "none") -> str:
    """Return a line through points, or the area within them where it has a filling."""
    places = " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
    kind = "polyline" if fill == "none" else "polygon"
    return f'<{kind} points="{places}" stroke="{stroke}" stroke-width="{_number(width)}" fill="{fill}"/>'


def box(
    x: float, y: float, width: float, height: float, *, fill: str = PAPER, stroke: str = "none", radius: float = 4
) -> str:
    """Return a rectangle with round corners."""
    return (
        f'<rect x="{_number(x)}" y="{_number(y)}" width="{_number(width)}" height="{_number(height)}"'
        f' rx="{_number(radius)}" fill="{fill}" stroke="{stroke}"/>'
    )


def arrow(x1: float, x2: float, y: float, *, stroke: str = INK, dashed: bool = False) -> str:
    """Return a level arrow from one place to another."""
    back = 7 if x2 > x1 else -7
    head = path([(x2 - back, y - 4.5), (x2, y), (x2 - back, y + 4.5)], stroke=stroke, width=1, fill=stroke)
    return line(x1, y, x2 - back / 2, y, stroke=stroke, dashed=dashed) + head


def drawing(title: str, width: float, height: float, parts: Iterable[str]) -> str:
    """Return a whole picture on paper of its own, so that it can be read on a dark page too."""
    size = f'width="{_number(width)}" height="{_number(height)}" viewBox="0 0 {_number(width)} {_number(height)}"'
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"'
        f' font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif">\n'
        f"<title>{escape(title)}</title>\n"
        f"{box(0, 0, width, height, radius=8)}\n{body}\n</svg>\n"
    )
