"""The pretend parties on trial, as they are or with some of their methods done wrongly."""

from collections.abc import Callable
from itertools import count
from typing import Any

from attrs import astuple

from broken_doubles import Altered
from brokerage.adapters.memory import (
    MadePayout,
    Mailbox,
    PretendAccounts,
    PretendBank,
    PretendCardHouse,
    PretendCarrier,
)
from brokerage.records.effects import Mail, PayOut
from brokerage.records.notices import DeliveryStep
from brokerage.records.numbers import DealNumber
from brokerage.testing import AccountStage, AdviserStage, CardStage, CarrierStage, Stage

__all__ = ["Wrong", "account_stage", "adviser_stage", "card_stage", "carrier_stage", "mail_stage", "payout_stage"]

Wrong = Callable[[Any, Callable[[], Any]], dict[str, Callable[..., Any]]]
"""Given a party, and what tells what it has done: the methods that it does wrongly."""


def _altered(inner: Any, done: Callable[[], Any], wrong: Wrong | None) -> Any:
    return Altered(inner, wrong(inner, done)) if wrong else inner


def mail_stage(wrong: Wrong | None = None) -> Stage[Any]:
    """Return a mailbox on trial."""
    mailbox = Mailbox()
    done = lambda: [  # noqa: E731
        (Mail(letter.box, letter.contact, letter.subject, letter.body), letter.address) for letter in mailbox.sent
    ]
    return Stage(port=_altered(mailbox, done, wrong), done=done, expect=mailbox.temper.expect)


def payout_stage(wrong: Wrong | None = None) -> Stage[Any]:
    """Return the bank on trial that pays out."""
    bank = PretendBank()
    done = lambda: [*map(_payout, bank.paid), *bank.refunded]  # noqa: E731
    return Stage(port=_altered(bank, done, wrong), done=done, expect=bank.temper.expect)


def _payout(made: MadePayout) -> tuple[PayOut, str]:
    return PayOut(made.deal, made.position, made.payee, made.units, made.currency), made.bank_account


def adviser_stage(wrong: Wrong | None = None) -> AdviserStage:
    """Return the bank on trial that advises."""
    bank, keys = PretendBank(), count(1)
    return AdviserStage(
        port=_altered(bank, bank.notices, wrong),
        happen=lambda: bank.deposit("reference", 5, "USD"),
        bounce=lambda: bank.bounce(f"payout {next(keys)}", 5, "USD").payout,
    )


def carrier_stage(wrong: Wrong | None = None) -> CarrierStage:
    """Return the carrier on trial."""
    carrier = PretendCarrier()
    done = lambda: [*(astuple(order, recurse=False) for order in carrier.orders), *carrier.recalls]  # noqa: E731
    happen = lambda: carrier.report(DealNumber(1), DeliveryStep.COLLECTED)  # noqa: E731
    return CarrierStage(port=_altered(carrier, done, wrong), done=done, expect=carrier.temper.expect, happen=happen)


def card_stage(wrong: Wrong | None = None) -> CardStage:
    """Return the clearing house on trial."""
    house, keys = PretendCardHouse(cards={"card": 100_00}), count(1)
    done = lambda: [*house.captured, *house.refunded]  # noqa: E731
    return CardStage(
        port=_altered(house, done, wrong),
        card="card",
        bad_card="nobody's card",
        left=lambda: house.cards["card"],
        done=done,
        expect=house.temper.expect,
        happen=lambda: house.charge_back(f"authorisation {next(keys)}", 5, "USD").authorisation,
    )


def account_stage(wrong: Wrong | None = None) -> AccountStage:
    """Return the charger of accounts on trial."""
    accounts = PretendAccounts(accounts={"account": 100_00})
    done = lambda: accounts.refunded  # noqa: E731
    return AccountStage(
        port=_altered(accounts, done, wrong),
        account="account",
        bad_account="nobody's account",
        left=lambda: accounts.accounts["account"],
        done=done,
        expect=accounts.temper.expect,
    )
