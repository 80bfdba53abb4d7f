"""Which pictures there are, what draws each, and where they are kept."""

from collections.abc import Callable, Mapping
from pathlib import Path

from brokerage.records.deals import DEAL_MOVES
from brokerage.records.offers import OFFER_MOVES
from drawings.layers import contract, layers
from drawings.leaks import leaks
from drawings.lives import deal_life, offer_life
from drawings.member_box import member_box
from drawings.prices import bands, margins
from drawings.probing import probing

__all__ = ["DIRECTORY", "PICTURES", "write_pictures"]

_DOCS = Path(__file__).parents[1]
DIRECTORY = _DOCS / "pictures"

PICTURES: Mapping[str, Callable[[], str]] = {
    "bands.svg": bands,
    "box.svg": member_box,
    "layers.svg": lambda: layers(contract(_DOCS.parent / "pyproject.toml")),
    "leaks.svg": leaks,
    "life-of-a-deal.svg": lambda: deal_life(DEAL_MOVES),
    "life-of-an-offer.svg": lambda: offer_life(OFFER_MOVES),
    "margins.svg": margins,
    "probing.svg": probing,
}


def write_pictures() -> None:
    """Draw every picture and keep it."""
    DIRECTORY.mkdir(exist_ok=True)
    for name, draw in PICTURES.items():
        (DIRECTORY / name).write_text(draw(), encoding="utf-8")
