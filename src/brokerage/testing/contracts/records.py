"""What the collections of facts that never change keep: notices that came in, requests, and the broker's secret."""

from datetime import UTC, datetime
from typing import ClassVar

from attrs import evolve

from brokerage.ports import Store
from brokerage.records.notices import NoticeKey, PaymentNotice, ReceivedNotice
from brokerage.records.numbers import BoxNumber
from brokerage.records.requests import Request
from brokerage.records.secrets import Secret
from brokerage.testing.contracts.casebook import NOTICES
from brokerage.testing.contracts.facts import RecordsContract

__all__ = ["InboxContract", "RequestsContract", "SecretsContract"]

_NOON = datetime(2026, 1, 5, 12, 0, 0, 345_678, tzinfo=UTC)


class InboxContract(RecordsContract):
    """What the inbox keeps. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "inbox"

    def fact(self, number: int) -> ReceivedNotice:
        """Return a notice of money that came in."""
        return ReceivedNotice(PaymentNotice("bank", f"id {number}", "R-1", 10**15, "USD"), _NOON, "booked, ü")

    def key(self, fact: ReceivedNotice) -> NoticeKey:
        """Return a notice's key."""
        return fact.key

    def test_two_sources_may_use_one_id(self, store: Store) -> None:
        """An id is its source's own: it takes nothing from another's."""
        notice = PaymentNotice("other bank", "id 1", "R-1", 5, "USD")
        self.keep(store, self.fact(1), ReceivedNotice(notice, _NOON, "booked"))

    def test_a_notice_of_every_kind_is_kept(self, store: Store) -> None:
        """Payments, deliveries, bounces and chargebacks come back as they went in, of the class that they were."""
        facts = [ReceivedNotice(notice, _NOON, "booked, ü") for notice in NOTICES]
        self.keep(store, *facts)
        assert list(NOTICES) == [self.found(store, fact).notice for fact in facts]

    def test_notices_of_two_kinds_may_have_one_id(self, store: Store) -> None:
        """A bank that counts payments and bounces each from one takes nothing from either."""
        payment, bounce = (evolve(notice, id="1") for notice in (NOTICES[0], NOTICES[2]))
        self.keep(store, ReceivedNotice(payment, _NOON, "booked"), ReceivedNotice(bounce, _NOON, "booked"))

    def test_another_notice_under_a_known_id_is_kept_beside_it(self, store: Store) -> None:
        """What says something else under an id that came before has a place of its own, and neither is lost."""
        first = self.fact(1)
        second = ReceivedNotice(PaymentNotice("bank", "id 1", "R-1", 5, "USD"), _NOON, "not believed", place=1)
        self.keep(store, first, second)
        assert [self.found(store, fact).place for fact in (first, second)] == [0, 1]


class RequestsContract(RecordsContract):
    """What the collection of requests keeps. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "requests"

    def fact(self, number: int) -> Request:
        """Return a request that was carried out."""
        return Request(BoxNumber(1), f"idü {number}", "digest", (1, 2**40))

    def key(self, fact: Request) -> tuple[BoxNumber, str]:
        """Return whose request it is, and its id."""
        return fact.box, fact.id

    def test_two_members_may_use_one_id(self, store: Store) -> None:
        """An id is a member's own: it takes nothing from another."""
        self.keep(store, self.fact(1), evolve(self.fact(1), box=BoxNumber(2)))


class SecretsContract(RecordsContract):
    """What the collection of secrets keeps. The fixture ``store`` gives a new, empty store."""

    collection: ClassVar[str] = "secrets"

    def fact(self, number: int) -> Secret:
        """Return a secret, and what another one is recognised by."""
        return Secret(f"namé {number}", "dïgest", None if number % 2 else "00ff")

    def key(self, fact: Secret) -> str:
        """Return what it is for."""
        return fact.name
