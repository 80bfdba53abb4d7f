"""Items that are not yet on the market, as the manager sees them: also whose they are (spec N1, N2)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from brokerage.house import House
from brokerage.pages import Page
from brokerage.records.numbers import ItemNumber
from brokerage.reserving_views import DemandView
from brokerage.services.inputs import page_size
from brokerage.services.market.requests import NO_ATTRIBUTES
from brokerage.services.reserving.files import ItemFile, ReservationFile
from brokerage.services.reserving.items import NewItem

__all__ = ["ItemsOffice"]


class ItemsOffice:
    """Where the manager keeps items that are not yet on the market; get it as the office's ``items``."""

    def __init__(self, house: House) -> None:
        self._house = house

    def register(
        self,
        category: str,
        name: str,
        *,
        currency: str,
        release_at: datetime,
        description: str = "",
        age: str = "",
        model: str = "",
        photographs: Iterable[str] = (),
        attributes: Mapping[str, str] | None = None,
        request_id: str | None = None,
    ) -> ItemNumber:
        """Register an item, so that buyers reserve it (spec N1); arguments as for :meth:`SellerDesk.offer_item`.

        Returns:
            The item's number.

        Raises:
            UnknownCategory: no open category has that code.
            InvalidInput: another argument is not acceptable; the error names it.
            LimitReached: there are too many photographs.
            RequestReused: the request id came before with other arguments.
        """
        house, now = self._house, self._house.clock.now()
        request = NewItem(
            category=category,
            name=name,
            currency=currency,
            release_at=release_at,
            description=description,
            age=age,
            model=model,
            photographs=photographs,
            attributes=NO_ATTRIBUTES if attributes is None else attributes,
        )
        return house.commit(lambda tx: house.items.register(tx, None, request, now, request_id).number)

    def move_release(self, item: ItemNumber, release_at: datetime) -> ItemFile:
        """Let any announced item come on the market earlier or later; that is news to whoever watches items.

        Args:
            item: which item.
            release_at: an aware time after the present.

        Raises:
            UnknownItem: there is no such item.
            ItemNotOpen: it is on the market already, or was withdrawn.
            InvalidTime: the time is not aware, or not after the present.
        """
        house = self._house
        house.after_due(
            lambda tx, now: house.timely.of_item(tx, item, now),
            lambda tx, now: house.items.move_release(tx, None, item, release_at, now),
        )
        return self.show(item)

    def withdraw(self, item: ItemNumber) -> ItemFile:
        """Take any announced item back: its open reservations end, and their buyers are told.

        Raises:
            UnknownItem: there is no such item.
            ItemNotOpen: it is on the market already, or was withdrawn before.
        """
        house = self._house
        house.after_due(
            lambda tx, now: house.timely.of_item(tx, item, now),
            lambda tx, now: house.items.withdraw(tx, None, item, now),
        )
        return self.show(item)

    def show(self, item: ItemNumber) -> ItemFile:
        """Return an item with who registered it; raises ``UnknownItem`` if there is none."""
        house, now = self._house, self._house.clock.now()
        return house.store.read(lambda tx: house.looking.file(tx, item, now))

    def page(self, *, size: int | None = None, after: str | None = None) -> Page[ItemFile]:
        """Return a page of all items in whatever state, newest first. O(log n + page).

        Args:
            size: how many, 10 as the policy says.
            after: the ``next`` of the page before.

        Raises:
            InvalidCursor: ``after`` is no mark of this list.
            InvalidChoice: ``size`` is more than the policy's largest page, or no whole number above 0.
        """
        house, now, length = self._house, self._house.clock.now(), page_size(size, self._house.policy)
        return house.store.read(lambda tx: house.looking.files(tx, now, length, after))

    def reservations(
        self, item: ItemNumber, *, size: int | None = None, after: str | None = None
    ) -> Page[ReservationFile]:
        """Return a page of an item's open reservations with whose they are, the earliest arrival first.

        Args:
            item: which item.
            size: how many, 10 as the policy says.
            after: the ``next`` of the page before.

        Raises:
            UnknownItem: there is no such item; others as for :meth:`page`.
        """
        house, length = self._house, page_size(size, self._house.policy)
        return house.store.read(lambda tx: house.looking.reservation_files(tx, item, length, after))

    def demand(self, item: ItemNumber) -> DemandView:
        """Return how many units of an item are reserved at each price; raises ``UnknownItem`` if there is none."""
        house, now = self._house, self._house.clock.now()
        return house.store.read(lambda tx: house.looking.demand(tx, item, now))
