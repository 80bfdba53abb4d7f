"""Which pictures there are, what draws each, and where they are kept."""

from collections.abc import Callable, Mapping
from pathlib import Path

from brokerage.adapters.sql.tables import METADATA
from brokerage.records.deals import DEAL_MOVES
from brokerage.records.items import ITEM_MOVES
from brokerage.records.offers import OFFER_MOVES
from brokerage.records.orders import ORDER_MOVES
from brokerage.records.reservations import RESERVATION_MOVES
from brokerage.records.tenders import TENDER_MOVES
from drawings.layers import contract, layers
from drawings.leaks import leaks
from drawings.lives import deal_life, item_life, offer_life, order_life, reservation_life, tender_life
from drawings.member_box import member_box
from drawings.prices import bands, margins
from drawings.probing import probing
from drawings.reserving import way
from drawings.schema import schema

__all__ = ["DIRECTORY", "PICTURES", "write_pictures"]

_DOCS = Path(__file__).parents[1]
DIRECTORY = _DOCS / "pictures"

PICTURES: Mapping[str, Callable[[], str]] = {
    "bands.svg": bands,
    "box.svg": member_box,
    "layers.svg": lambda: layers(contract(_DOCS.parent / "pyproject.toml")),
    "leaks.svg": leaks,
    "life-of-a-deal.svg": lambda: deal_life(DEAL_MOVES),
    "life-of-a-reservation.svg": lambda: reservation_life(RESERVATION_MOVES),
    "life-of-a-tender.svg": lambda: tender_life(TENDER_MOVES),
    "life-of-an-item.svg": lambda: item_life(ITEM_MOVES),
    "life-of-an-offer.svg": lambda: offer_life(OFFER_MOVES),
    "life-of-an-order.svg": lambda: order_life(ORDER_MOVES),
    "margins.svg": margins,
    "probing.svg": probing,
    "schema.svg": lambda: schema(METADATA),
    "way-of-a-reservation.svg": way,
}


def write_pictures() -> None:
    """Draw every picture and keep it."""
    DIRECTORY.mkdir(exist_ok=True)
    for name, draw in PICTURES.items():
        (DIRECTORY / name).write_text(draw(), encoding="utf-8")
