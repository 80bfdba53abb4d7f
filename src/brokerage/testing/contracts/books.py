"""What the books of the offers keep: ladders of sales, purchases, the untold, the lost, the unsold and the listed."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from brokerage.ports import Ladder, Offers, Position, Store, Transaction
from brokerage.pricing import Terms
from brokerage.records.numbers import DealNumber, OfferNumber
from brokerage.records.offers import Offer, OfferState, Outcome, SaleOffer, Standing
from brokerage.testing.contracts.aside import Aside
from brokerage.testing.contracts.facts import Mishap
from brokerage.testing.contracts.grounds import GroundedContract, deals, persons
from brokerage.testing.contracts.offers import a_purchase, a_sale, add_offer

__all__ = ["BooksContract"]

_HIGHEST = 10**15
_LONG = 150  # longer than what a store is likely to read at once
_SHOWN, _HIDDEN, _TOLD = Standing(visible=True), Standing(), Standing(visible=True, told=True)
_LADDER = Ladder("goods", "USD", a_sale(1).terms, a_sale(1).factor)


def _next(offer: Offer, **changes: Any) -> Any:
    return evolve(offer, version=offer.version + 1, **changes)


def _agreed(number: int, deal: int, price: int = 5, **changes: Any) -> SaleOffer:
    return a_sale(number, price, state=OfferState.AGREED, deal=DealNumber(deal), **changes)


class BooksContract(GroundedContract):
    """What the books of :class:`~brokerage.storage.market.Offers` keep. The fixture ``store`` gives a new, empty store.

    In the books is what is open and visible. A place in them is (limit in minor units, offer number).
    """

    def ground(self, tx: Transaction) -> None:
        """Lay the persons and the deals of the offers."""
        persons(tx, 1, 2)
        deals(tx, 1, 2, 3)

    def enter(self, store: Store, *offers: Offer, standing: Standing = _SHOWN) -> None:
        """Add offers that stand alike, in a unit of work of their own."""

        def work(tx: Transaction) -> None:
            for offer in offers:
                add_offer(tx, offer, standing)

        store.run(work)

    def put(self, store: Store, old: Offer, new: Offer) -> None:
        """Replace an offer in a unit of work of its own."""
        store.run(lambda tx: tx.offers.replace(old, new))

    def stand(self, store: Store, offer: Offer, old: Standing, new: Standing) -> None:
        """Let an offer stand otherwise, in a unit of work of its own."""
        store.run(lambda tx: tx.offers.stand(offer, old, new))

    def numbers(self, store: Store, ask: Callable[[Offers], Iterable[Offer]]) -> list[int]:
        """Return the numbers of the offers that a question gives."""
        return store.read(lambda tx: [offer.number for offer in ask(tx.offers)])

    def ladder(self, store: Store, up_to: int = _HIGHEST, after: Position | None = None) -> list[int]:
        """Return the numbers of the ladder's sales."""
        return self.numbers(store, lambda offers: offers.ladder(_LADDER, up_to, after))

    def purchases(self, store: Store, at_least: int = 0, after: Position | None = None) -> list[int]:
        """Return the numbers of the purchases."""
        return self.numbers(store, lambda offers: offers.purchases("goods", "USD", at_least, after))

    def untold_sales(self, store: Store, up_to: int = _HIGHEST, after: Position | None = None) -> list[int]:
        """Return the numbers of the sales that are not told."""
        return self.numbers(store, lambda offers: offers.untold_sales("goods", "USD", up_to, after))

    def untold_purchases(self, store: Store, at_least: int = 0, after: Position | None = None) -> list[int]:
        """Return the numbers of the purchases that are not told."""
        return self.numbers(store, lambda offers: offers.untold_purchases("goods", "USD", at_least, after))

    def lost(self, store: Store, after: int = 0, up_to: int = _HIGHEST) -> list[int]:
        """Return the numbers of the lost sales."""
        return self.numbers(store, lambda offers: offers.lost_sales("goods", "USD", DealNumber(after), up_to))

    def unsold(self, store: Store, after: int = 0) -> list[int]:
        """Return the numbers of the unsold sales."""
        return self.numbers(store, lambda offers: offers.unsold("goods", OfferNumber(after)))

    def listed(self, store: Store, after: int = 0) -> list[int]:
        """Return the numbers of the sales that are not filed."""
        return self.numbers(store, lambda offers: offers.listed_sales("goods", OfferNumber(after)))

    # ladders

    def test_sales_of_unlike_terms_or_factors_stand_in_ladders_of_their_own(self, store: Store) -> None:
        """There is a ladder for each terms and factor that a sale has, and no other."""
        factor, terms = Decimal("0.5"), Terms(Decimal("0.2"))
        self.enter(store, a_sale(1), a_sale(2, factor=factor), a_sale(3, terms=terms), a_sale(4))
        expected = {_LADDER, evolve(_LADDER, factor=factor), evolve(_LADDER, terms=terms)}
        assert expected == set(store.read(lambda tx: tx.offers.ladders("goods", "USD")))

    def test_equal_rates_and_factors_are_one_ladder(self, store: Store) -> None:
        """0.1 and 0.10 are one rate, 0.5 and 0.50 one factor: their sales stand in one ladder."""
        for number, rate, factor in ((1, "0.1", "0.5"), (2, "0.10", "0.50")):
            self.enter(store, a_sale(number, terms=Terms(Decimal(rate)), factor=Decimal(factor)))
        assert len(store.read(lambda tx: tx.offers.ladders("goods", "USD"))) == 1

    def test_a_ladder_without_a_sale_is_gone(self, store: Store) -> None:
        """When its last sale leaves the book, a ladder is no more among them."""
        self.enter(store, a_sale(1))
        self.stand(store, a_sale(1), _SHOWN, _HIDDEN)
        assert list(store.read(lambda tx: tx.offers.ladders("goods", "USD"))) == []

    def test_a_ladder_rises_by_price_and_number(self, store: Store) -> None:
        """The lowest SPmin comes first, and of one SPmin the lowest number, from nothing to the highest price."""
        prices = {5: 7, 2: 7, 3: _HIGHEST, 4: 0, 1: 10, 6: 9}
        self.enter(store, *(a_sale(number, price) for number, price in prices.items()))
        assert self.ladder(store) == [4, 2, 5, 6, 1, 3]

    def test_a_ladder_is_read_up_to_a_price(self, store: Store) -> None:
        """A sale at the very bound is in it, one that is dearer by a minor unit is not."""
        self.enter(store, a_sale(1, 7), a_sale(2, 8))
        assert {1} == set(self.ladder(store, up_to=7))

    def test_a_ladder_is_read_on_behind_a_place(self, store: Store) -> None:
        """Behind a place come equal prices with higher numbers, and the place itself no more."""
        self.enter(store, *(a_sale(number, 7) for number in (1, 2, 3)), a_sale(4, 6), a_sale(5, 8))
        assert {3, 5} == set(self.ladder(store, after=(7, 2)))

    def test_a_long_ladder_is_read_to_its_end(self, store: Store) -> None:
        """However many sales stand in a ladder, each comes, and once."""
        self.enter(store, *(a_sale(number, 7 + number % 2) for number in range(1, _LONG + 1)))
        assert list(range(1, _LONG + 1)) == sorted(self.ladder(store))

    def test_hidden_and_ended_sales_are_in_no_ladder(self, store: Store) -> None:
        """A sale that is not visible or not open stands in no ladder."""
        closed = a_sale(4, state=OfferState.CLOSED, outcome=Outcome.EXPIRED)
        self.enter(store, a_sale(1), _agreed(3, 1), closed)
        self.enter(store, a_sale(2), standing=_HIDDEN)
        assert {1} == set(self.ladder(store))

    def test_a_sale_leaves_its_ladder_and_returns(self, store: Store) -> None:
        """A sale that goes into a deal, and opens again after it lapsed, stands in its ladder but meanwhile."""
        old, agreed = a_sale(1, 7), _next(a_sale(1, 7), state=OfferState.AGREED, deal=DealNumber(1))
        self.enter(store, old)
        stands = []
        for before, after in ((old, agreed), (agreed, _next(agreed, state=OfferState.OPEN, deal=None))):
            self.put(store, before, after)
            stands.append(self.ladder(store))
        assert stands == [[], [1]]

    def test_a_ladder_has_no_other_category_or_currency(self, store: Store) -> None:
        """Sales of another category or currency stand in other ladders, whatever their terms."""
        self.enter(store, a_sale(1), a_sale(2, category="other"), a_sale(3, currency="JPY"))
        assert {1} == set(self.ladder(store))

    def test_an_amended_sale_stands_at_its_new_price(self, store: Store) -> None:
        """A sale whose SPmin changes moves in its ladder, and stands nowhere else."""
        self.enter(store, a_sale(1, 5), a_sale(2, 7))
        self.put(store, a_sale(1, 5), _next(a_sale(1, 9)))
        assert (self.ladder(store, up_to=8), sorted(self.ladder(store))) == ([2], [1, 2])

    def test_a_ladder_gives_the_newest_version(self, store: Store) -> None:
        """What stands in a ladder is the sale as it is now."""
        self.enter(store, a_sale(1))
        self.put(store, a_sale(1), _next(a_sale(1)))
        versions = store.read(lambda tx: [sale.version for sale in tx.offers.ladder(_LADDER, _HIGHEST)])
        assert versions == [a_sale(1).version + 1]

    # purchases

    def test_purchases_fall_by_price_and_number(self, store: Store) -> None:
        """The highest BPmax comes first, and of one BPmax the highest number, from the highest price to nothing."""
        prices = {5: 7, 2: 7, 3: _HIGHEST, 4: 0, 1: 10, 6: 9}
        self.enter(store, *(a_purchase(number, price) for number, price in prices.items()))
        assert self.purchases(store) == [3, 1, 6, 5, 2, 4]

    def test_purchases_are_read_down_to_a_price(self, store: Store) -> None:
        """A purchase at the very bound is among them, one that would pay a minor unit less is not."""
        self.enter(store, a_purchase(1, 7), a_purchase(2, 6))
        assert {1} == set(self.purchases(store, at_least=7))

    def test_purchases_are_read_on_behind_a_place(self, store: Store) -> None:
        """Behind a place come equal prices with lower numbers, and the place itself no more."""
        self.enter(store, *(a_purchase(number, 7) for number in (1, 2, 3)), a_purchase(4, 6), a_purchase(5, 8))
        assert {1, 4} == set(self.purchases(store, after=(7, 2)))

    def test_many_purchases_are_read_to_their_end(self, store: Store) -> None:
        """However many purchases there are, each comes, and once."""
        self.enter(store, *(a_purchase(number, 7 + number % 2) for number in range(1, _LONG + 1)))
        assert list(range(1, _LONG + 1)) == sorted(self.purchases(store))

    def test_hidden_and_ended_purchases_are_not_in_the_book(self, store: Store) -> None:
        """A purchase that is not visible or not open is not among them, and no sale is."""
        agreed = a_purchase(3, state=OfferState.AGREED, deal=DealNumber(1))
        self.enter(store, a_purchase(1), agreed, a_sale(4))
        self.enter(store, a_purchase(2), standing=_HIDDEN)
        assert {1} == set(self.purchases(store))

    def test_purchases_are_of_no_other_category_or_currency(self, store: Store) -> None:
        """Purchases of another category or currency are not among them."""
        self.enter(store, a_purchase(1), a_purchase(2, category="other"), a_purchase(3, currency="JPY"))
        assert {1} == set(self.purchases(store))

    # the untold

    def test_untold_sales_rise_by_price_and_number(self, store: Store) -> None:
        """The lowest SPmin comes first, and of one SPmin the lowest number, whatever their ladders."""
        prices = {4: 7, 2: 7, 3: 9}
        self.enter(store, *(a_sale(number, price) for number, price in prices.items()))
        self.enter(store, a_sale(1, 8, factor=Decimal("0.5")))
        assert self.untold_sales(store) == [2, 4, 1, 3]

    def test_untold_sales_are_read_between_a_place_and_a_price(self, store: Store) -> None:
        """Behind the place, which is left out, up to the very bound."""
        self.enter(store, *(a_sale(number, 5 + number) for number in (1, 2, 3, 4)))
        assert {2, 3} == set(self.untold_sales(store, up_to=8, after=(6, 1)))

    def test_only_visible_open_sales_are_to_be_told(self, store: Store) -> None:
        """Nobody is to be told of a sale that is hidden or has a deal."""
        self.enter(store, a_sale(1), _agreed(2, 1))
        self.enter(store, a_sale(3), standing=_HIDDEN)
        assert {1} == set(self.untold_sales(store))

    def test_a_sale_that_is_told_is_not_to_be_told_again(self, store: Store) -> None:
        """A sale leaves the untold when it is told, and is back when its member has looked."""
        self.enter(store, a_sale(1))
        untold = []
        for old, new in ((_SHOWN, _TOLD), (_TOLD, _SHOWN)):
            self.stand(store, a_sale(1), old, new)
            untold.append(self.untold_sales(store))
        assert untold == [[], [1]]

    def test_untold_purchases_fall_by_price_and_number(self, store: Store) -> None:
        """The highest BPmax comes first, and of one BPmax the highest number."""
        prices = {4: 7, 2: 7, 3: 9, 1: 8}
        self.enter(store, *(a_purchase(number, price) for number, price in prices.items()))
        assert self.untold_purchases(store) == [3, 1, 4, 2]

    def test_untold_purchases_are_read_between_a_place_and_a_price(self, store: Store) -> None:
        """Behind the place, which is left out, down to the very bound."""
        self.enter(store, *(a_purchase(number, 5 + number) for number in (1, 2, 3, 4)))
        assert {2, 3} == set(self.untold_purchases(store, at_least=7, after=(9, 4)))

    def test_only_visible_open_purchases_are_to_be_told(self, store: Store) -> None:
        """Nobody is to be told of a purchase that is hidden or has a deal."""
        self.enter(store, a_purchase(1), a_purchase(2, state=OfferState.AGREED, deal=DealNumber(1)))
        self.enter(store, a_purchase(3), standing=_HIDDEN)
        assert {1} == set(self.untold_purchases(store))

    def test_a_purchase_that_is_told_is_not_to_be_told_again(self, store: Store) -> None:
        """A purchase leaves the untold when it is told, and is back when its member has looked."""
        self.enter(store, a_purchase(1))
        untold = []
        for old, new in ((_SHOWN, _TOLD), (_TOLD, _SHOWN)):
            self.stand(store, a_purchase(1), old, new)
            untold.append(self.untold_purchases(store))
        assert untold == [[], [1]]

    # the lost

    def test_lost_sales_come_by_deal(self, store: Store) -> None:
        """The sale of the lowest deal comes first, whatever its price and number.

        Deals are numbered in the order of their commits, so that a later one never comes before an earlier.
        """
        self.enter(store, *(_agreed(number, deal, 9 - number) for number, deal in ((2, 1), (3, 2), (1, 3))))
        assert self.lost(store) == [2, 3, 1]

    def test_lost_sales_are_read_above_a_deal(self, store: Store) -> None:
        """The sale of the deal itself is left out."""
        self.enter(store, *(_agreed(number, number) for number in (1, 2, 3)))
        assert {2, 3} == set(self.lost(store, after=1))

    def test_lost_sales_are_read_up_to_a_price(self, store: Store) -> None:
        """A sale at the very bound is among them, one that is dearer by a minor unit is not; others may lie between."""
        self.enter(store, *(_agreed(number, number, price) for number, price in ((1, 7), (2, 8), (3, 0))))
        assert {1, 3} == set(self.lost(store, up_to=7))

    def test_a_sale_that_is_agreed_is_lost_to_others(self, store: Store) -> None:
        """A sale is among the lost from its deal on, and stays when the deal is completed."""
        old, agreed = a_sale(1), _next(a_sale(1), state=OfferState.AGREED, deal=DealNumber(1))
        closed = _next(agreed, state=OfferState.CLOSED, outcome=Outcome.COMPLETED, filed=True)
        self.enter(store, old)
        lost = [self.lost(store)]
        for before, after in ((old, agreed), (agreed, closed)):
            self.put(store, before, after)
            lost.append(self.lost(store))
        assert lost == [[], [1], [1]]

    def test_a_sale_that_opens_again_is_lost_no_more(self, store: Store) -> None:
        """A sale whose deal lapsed is not among the lost; in a later deal it is lost by that."""
        first = _agreed(1, 1)
        self.enter(store, first, _agreed(2, 2))
        opened = _next(first, state=OfferState.OPEN, deal=None)
        self.put(store, first, opened)
        lost = [self.lost(store)]
        self.put(store, opened, _next(opened, state=OfferState.AGREED, deal=DealNumber(3)))
        assert [*lost, sorted(self.lost(store))] == [[2], [1, 2]]

    def test_only_sales_of_the_book_are_lost(self, store: Store) -> None:
        """Neither purchases nor sales of another category or currency are among them."""
        bought = a_purchase(2, state=OfferState.AGREED, deal=DealNumber(1))
        self.enter(store, _agreed(1, 1), bought, _agreed(3, 2, category="other"), _agreed(4, 3, currency="JPY"))
        assert {1} == set(self.lost(store))

    # held

    def test_whoever_holds_a_book_next_sees_what_was_shown(self, store: Store) -> None:
        """Of two units of work that hold a book at the same time and show an offer in it, one sees the other's."""
        seen: dict[int, list[int]] = {}

        def show(tx: Transaction, number: int, between: Callable[[], object]) -> None:
            tx.offers.hold("goods", "USD")
            seen[number] = [sale.number for sale in tx.offers.ladder(_LADDER, _HIGHEST)]
            between()
            add_offer(tx, a_sale(number), _SHOWN)

        aside = Aside(lambda: store.run(lambda tx: show(tx, 2, lambda: None)))
        store.run(lambda tx: show(tx, 1, aside.let_run))
        aside.end()
        assert sorted(seen.values()) in ([[], [1]], [[], [2]])

    # undone

    def test_a_failed_work_leaves_the_books_as_they_were(self, store: Store) -> None:
        """Whatever a unit of work added, replaced and showed before it failed: every book and list is as before."""
        self.enter(store, a_sale(1, 5), a_purchase(2, 9), _agreed(3, 1))
        self.enter(store, a_sale(4, 6), standing=_HIDDEN)
        before = self._everything(store)

        def work(tx: Transaction) -> None:
            agreed = _next(a_sale(1, 5), state=OfferState.AGREED, deal=DealNumber(2))
            tx.offers.replace(a_sale(1, 5), agreed)
            tx.offers.replace(agreed, _next(agreed, state=OfferState.CLOSED, outcome=Outcome.COMPLETED, filed=True))
            tx.offers.replace(_agreed(3, 1), _next(_agreed(3, 1), state=OfferState.OPEN, deal=None))
            tx.offers.stand(a_purchase(2, 9), _SHOWN, _TOLD)
            tx.offers.stand(a_sale(4, 6), _HIDDEN, _SHOWN)
            add_offer(tx, a_sale(5, 7, factor=Decimal("0.5")), _SHOWN)
            add_offer(tx, a_purchase(6, 8), _SHOWN)
            raise Mishap

        with pytest.raises(Mishap):
            store.run(work)
        assert before == self._everything(store)

    def _everything(self, store: Store) -> list[object]:
        readings = (self.ladder, self.purchases, self.untold_sales, self.untold_purchases, self.lost)
        ladders = store.read(lambda tx: set(tx.offers.ladders("goods", "USD")))
        return [*(reading(store) for reading in readings), self.unsold(store), self.listed(store), ladders]

    # unsold and listed

    def test_the_unsold_come_by_number(self, store: Store) -> None:
        """The lowest number comes first, whatever the price, in every currency."""
        self.enter(store, a_sale(3, 5), a_sale(1, 9), a_sale(2, 7, currency="JPY"))
        assert self.unsold(store) == [1, 2, 3]

    def test_the_unsold_go_on_behind_a_number(self, store: Store) -> None:
        """The number itself is left out."""
        self.enter(store, *(a_sale(number) for number in (1, 2, 3)))
        assert {2, 3} == set(self.unsold(store, after=1))

    def test_only_sales_in_the_book_are_unsold(self, store: Store) -> None:
        """Neither hidden nor agreed sales, nor those of another category, nor purchases are among them."""
        self.enter(store, a_sale(1), _agreed(2, 1), a_sale(3, category="other"), a_purchase(4))
        self.enter(store, a_sale(5), standing=_HIDDEN)
        assert {1} == set(self.unsold(store))

    def test_the_listed_come_by_number(self, store: Store) -> None:
        """The lowest number comes first, whatever the price."""
        self.enter(store, a_sale(3, 5), a_sale(1, 9), a_sale(2, 7))
        assert self.listed(store) == [1, 2, 3]

    def test_the_listed_go_on_behind_a_number(self, store: Store) -> None:
        """The number itself is left out."""
        self.enter(store, *(a_sale(number) for number in (1, 2, 3)))
        assert {2, 3} == set(self.listed(store, after=1))

    def test_every_sale_that_is_not_filed_is_listed(self, store: Store) -> None:
        """Visible, hidden, agreed and closed alike; but no purchase, and nothing of another category."""
        closed = a_sale(2, state=OfferState.CLOSED, outcome=Outcome.COMPLETED)
        self.enter(store, _agreed(1, 1), closed, a_purchase(4), a_sale(5, category="other"))
        self.enter(store, a_sale(3), standing=_HIDDEN)
        assert {1, 2, 3} == set(self.listed(store))

    def test_what_is_filed_is_listed_no_more(self, store: Store) -> None:
        """A sale that is filed away leaves the list."""
        closed = a_sale(1, state=OfferState.CLOSED, outcome=Outcome.COMPLETED)
        self.enter(store, closed)
        self.put(store, closed, _next(closed, filed=True))
        assert self.listed(store) == []
