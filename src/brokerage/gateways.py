"""What the broker needs of the parties outside: time, chance, and whoever moves money, goods and mail.

No gateway is called inside a transaction, and none calls back: what it reports is fetched, and kept once by (source,
id). A gateway does nothing twice under one key: called again, it gives the answer that it gave first. What is personal,
such as an address, is handed over beside the task and is no part of it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from attrs import frozen

from brokerage.records.contacts import Address
from brokerage.records.effects import (
    Capture,
    CarrierOrder,
    CarrierRecall,
    ChargeAccount,
    Mail,
    PayOut,
    Refund,
    VoidAuthorisation,
)
from brokerage.records.notices import BounceNotice, ChargebackNotice, DeliveryNotice, PaymentNotice

__all__ = [
    "AccountCharger",
    "Answer",
    "ClearingHouse",
    "Clock",
    "Deliverer",
    "Entropy",
    "Gateways",
    "Notifier",
    "PasswordHasher",
    "PaymentAdviser",
    "Payouts",
]


class Clock(Protocol):
    """Time."""

    def now(self) -> datetime:
        """Return the present instant, aware and in UTC."""


class Entropy(Protocol):
    """Chance."""

    def token(self, size: int) -> bytes:
        """Return that many bytes that nobody can guess (or, to replay a run, that a seed determines)."""


class PasswordHasher(Protocol):
    """Passwords, hashed so that guessing them costs memory (spec M6)."""

    @property
    def decoy(self) -> str:
        """A hash that no password has, of the same parameters: what is verified when there is no such box."""

    def hash(self, password: str, salt: bytes) -> str:
        """Return the text to keep for a password."""

    def verify(self, password: str, password_hash: str) -> bool:
        """Say whether a kept text is this password's; as much work for a decoy."""


@frozen
class Answer:
    """What a party outside answered: done or declined, with its reason."""

    approved: bool
    reason: str = ""


class ClearingHouse(Protocol):
    """Cards, by token. Every method raises ``GatewayError`` if it did nothing, ``NoAnswer`` if that is unknown."""

    def authorise(self, key: str, token: str, units: int, currency: str) -> Answer:
        """Hold an amount on a card, under ``key``."""

    def capture(self, key: str, task: Capture) -> Answer:
        """Take the money that is held under the task's authorisation."""

    def void(self, key: str, task: VoidAuthorisation) -> Answer:
        """Let go of what is held under the task's authorisation, now or should it still come.

        Approved also if nothing is.
        """

    def refund(self, key: str, task: Refund) -> Answer:
        """Send captured money back to the card."""

    def notices(self) -> Sequence[ChargebackNotice]:
        """Return what was taken back of captured money and is not confirmed yet; may repeat."""

    def confirm(self, notice: ChargebackNotice) -> None:
        """Say that a notice is safely kept."""


class AccountCharger(Protocol):
    """Members' accounts that the broker may charge; errors as for :class:`ClearingHouse`."""

    def charge(self, key: str, task: ChargeAccount, account: str) -> Answer:
        """Take an amount from an account, named as the charger knows it."""

    def refund(self, key: str, task: Refund) -> Answer:
        """Send charged money back to the account."""


class Payouts(Protocol):
    """The broker's bank, for money that goes out; errors as for :class:`ClearingHouse`."""

    def pay(self, key: str, task: PayOut, bank_account: str) -> Answer:
        """Pay a payee into an account; under a key that was answered, another account changes nothing."""

    def refund(self, key: str, task: Refund) -> Answer:
        """Send a bank transfer back to where it came from."""


class PaymentAdviser(Protocol):
    """The broker's bank, for money that came in, or came back."""

    def notices(self) -> Sequence[PaymentNotice | BounceNotice]:
        """Return what came in, and payouts that came back, if not confirmed yet; may repeat."""

    def confirm(self, notice: PaymentNotice | BounceNotice) -> None:
        """Say that a notice is safely kept."""


class Deliverer(Protocol):
    """The carrier, or the way to each of several; errors as for :class:`ClearingHouse`."""

    def order(self, key: str, task: CarrierOrder, collect_from: Address, deliver_to: Address) -> Answer:
        """Order that goods are collected and delivered, by the member whom ``task.carrier`` names if one was appointed.

        A recall and a report name the deal only: whoever works with several carriers keeps who has which.
        """

    def recall(self, key: str, task: CarrierRecall) -> Answer:
        """Recall an order: goods that are still to be collected stay, others go back to where they came from.

        Approved also if there is no order; one that still comes late is declined.
        """

    def notices(self) -> Sequence[DeliveryNotice]:
        """Return what is to be reported and is not confirmed yet; may repeat."""

    def confirm(self, notice: DeliveryNotice) -> None:
        """Say that a notice is safely kept."""


class Notifier(Protocol):
    """E-mail; errors as for :class:`ClearingHouse`."""

    def send(self, key: str, task: Mail, to: str) -> Answer:
        """Send an e-mail to an address."""


@frozen(kw_only=True)
class Gateways:
    """The parties outside that a broker works with."""

    adviser: PaymentAdviser
    clearing_house: ClearingHouse
    charger: AccountCharger
    payouts: Payouts
    deliverer: Deliverer
    notifier: Notifier
