"""What the clearing house, the charger of accounts, the broker's bank, the carrier and the mail keep."""

from collections.abc import Callable, Sequence
from typing import ClassVar

import pytest
from attrs import frozen

from brokerage.adapters.memory.gateways import Mood
from brokerage.errors import GatewayError, NoAnswer
from brokerage.ports import AccountCharger, ClearingHouse, Deliverer, Notifier, PaymentAdviser, Payouts
from brokerage.records.contacts import Address
from brokerage.records.deals import Means, Payee
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
from brokerage.records.notices import BounceNotice, PaymentNotice
from brokerage.records.numbers import BoxNumber, ContactNumber, DealNumber
from brokerage.testing.contracts.gateways import Deed, GatewayContract, NoticesContract, Stage

__all__ = [
    "AccountChargerContract",
    "AccountStage",
    "AdviserStage",
    "CardStage",
    "CarrierStage",
    "ClearingHouseContract",
    "DelivererContract",
    "NotifierContract",
    "PaymentAdviserContract",
    "PayoutsContract",
]

_HOME, _SHOP = Address("Bob", "2 Oak Row", "555 0101"), Address("Ann", "1 Elm Row", "555 0100")


class NotifierContract(GatewayContract[Stage[Notifier]]):
    """What a :class:`~brokerage.gateways.Notifier` keeps. The fixture ``stage`` gives a ``Stage`` of the adapter.

    Its ``done`` returns the mails that went out, each as (mail, address).
    """

    kinds: ClassVar[tuple[str, ...]] = ("mail",)

    def deed(self, stage: Stage[Notifier], kind: str, number: int) -> Deed:
        """Return a mail to send; its text has letters that need an encoding, and more than one line."""
        mail = Mail(BoxNumber(1), ContactNumber(1), f"Offer {number}: Zürich", "first line\n\nthird line ⚡\n")
        return Deed((mail, "zoë@home.example"), lambda key: stage.port.send(key, mail, "zoë@home.example"))


class PayoutsContract(GatewayContract[Stage[Payouts]]):
    """What :class:`~brokerage.gateways.Payouts` keep. The fixture ``stage`` gives a ``Stage`` of the adapter.

    Its ``done`` returns the payouts that were made, each as (payout, bank account), and the refunds.
    """

    kinds: ClassVar[tuple[str, ...]] = ("payout", "refund")

    def deed(self, stage: Stage[Payouts], kind: str, number: int) -> Deed:
        """Return a payout, or a refund of a bank transfer."""
        if kind == "payout":
            payout = PayOut(DealNumber(1), number, Payee("member", BoxNumber(1)), 88_00, "USD")
            return Deed((payout, "US-1"), lambda key: stage.port.pay(key, payout, "US-1"))
        refund = _refund(number, Means.BANK_TRANSFER)
        return Deed(refund, lambda key: stage.port.refund(key, refund))


@frozen(kw_only=True)
class AdviserStage:
    """A payment adviser on trial.

    Args:
        port: the adapter.
        happen: lets money come in that somebody paid, each time another payment.
        bounce: lets a payout come back, each time another one; returns the key under which it was paid out.
    """

    port: PaymentAdviser
    happen: Callable[[], object]
    bounce: Callable[[], str]


class PaymentAdviserContract(NoticesContract):
    """What a :class:`~brokerage.gateways.PaymentAdviser` keeps. The fixture ``stage`` gives an ``AdviserStage``."""

    def test_what_was_paid_in_is_a_payment(self, stage: AdviserStage) -> None:
        """Money that somebody paid is reported as a payment."""
        stage.happen()
        assert [PaymentNotice] == [type(notice) for notice in stage.port.notices()]

    def test_what_came_back_is_a_bounce(self, stage: AdviserStage) -> None:
        """A payout that came back is reported too, and is not taken for money that somebody paid."""
        stage.bounce()
        assert [BounceNotice] == [type(notice) for notice in stage.port.notices()]

    def test_a_bounce_names_its_payout(self, stage: AdviserStage) -> None:
        """What came back is reported under the key under which the broker had it paid out."""
        keys = {stage.bounce() for _ in range(2)}
        assert {notice.payout for notice in stage.port.notices() if isinstance(notice, BounceNotice)} <= keys

    def test_a_confirmed_bounce_comes_no_more(self, stage: AdviserStage) -> None:
        """Of a payment and a bounce, the bounce that is confirmed is gone, and the payment is not."""
        stage.happen()
        stage.bounce()
        reported = list(stage.port.notices())
        for notice in reported:
            if isinstance(notice, BounceNotice):
                stage.port.confirm(notice)
        kept = [notice.id for notice in reported if not isinstance(notice, BounceNotice)]
        assert kept == [notice.id for notice in stage.port.notices()]


@frozen(kw_only=True)
class CarrierStage:
    """A carrier on trial.

    Args:
        port: the adapter.
        done: returns the orders that the carrier has taken, each as (deal, where from, where to, the
            appointed carrier's box or ``None``), and the recalls.
        expect: makes it take the next calls in these moods.
        happen: lets it collect, deliver, lose or bring back something, each time something else.
    """

    port: Deliverer
    done: Callable[[], Sequence[object]]
    expect: Callable[..., object]
    happen: Callable[[], object]


class DelivererContract(GatewayContract[CarrierStage], NoticesContract):
    """What a :class:`~brokerage.gateways.Deliverer` keeps. The fixture ``stage`` gives a ``CarrierStage`` of it."""

    kinds: ClassVar[tuple[str, ...]] = ("order", "recall")

    def deed(self, stage: CarrierStage, kind: str, number: int) -> Deed:
        """Return an order to collect and deliver the goods of a deal, or its recall."""
        if kind == "recall":
            recall = CarrierRecall(DealNumber(number))
            return Deed(recall, lambda key: stage.port.recall(key, recall))
        return _order(stage, number)

    def test_an_order_names_whoever_was_appointed(self, stage: CarrierStage) -> None:
        """The member who was appointed to carry a deal is the one who gets the order for it."""
        order = _order(stage, 1, BoxNumber(7))
        order.ask("order")
        assert order.task in stage.done()

    def test_a_recall_goes_before_what_comes_late(self, stage: CarrierStage) -> None:
        """An order that arrives after it was recalled is not taken."""
        stage.port.recall("recall", CarrierRecall(DealNumber(1)))
        late = self.deed(stage, "order", 1)
        late.ask("late")
        assert late.task not in stage.done()


def _order(stage: CarrierStage, number: int, carrier: BoxNumber | None = None) -> Deed:
    order = CarrierOrder(DealNumber(number), ContactNumber(1), ContactNumber(2), carrier)
    return Deed((order.deal, _SHOP, _HOME, carrier), lambda key: stage.port.order(key, order, _SHOP, _HOME))


@frozen(kw_only=True)
class CardStage:
    """A clearing house on trial, with two cards.

    Args:
        port: the adapter.
        card: the token of a card that is good for 100.00 USD, and for no more.
        bad_card: the token of a card that is declined.
        left: returns what the good card is still good for, in minor units.
        done: returns the captures and refunds that were made.
        expect: makes it take the next calls in these moods.
        happen: lets somebody have captured money back, each time of another authorisation; returns its key.
    """

    port: ClearingHouse
    card: str
    bad_card: str
    left: Callable[[], int]
    done: Callable[[], Sequence[object]]
    expect: Callable[..., object]
    happen: Callable[[], str]


class ClearingHouseContract(GatewayContract[CardStage], NoticesContract):
    """What a :class:`~brokerage.gateways.ClearingHouse` keeps. The fixture ``stage`` gives a ``CardStage`` of it."""

    kinds: ClassVar[tuple[str, ...]] = ("capture", "refund")

    def deed(self, stage: CardStage, kind: str, number: int) -> Deed:
        """Return the capture of an amount that is held already, or a refund."""
        if kind == "capture":
            stage.port.authorise(f"hold {number}", stage.card, 10_00, "USD")
            capture = Capture(f"hold {number}", DealNumber(number), 10_00, "USD")
            return Deed(capture, lambda key: stage.port.capture(key, capture))
        refund = _refund(number, Means.CARD)
        return Deed(refund, lambda key: stage.port.refund(key, refund))

    def test_an_authorisation_holds_its_amount(self, stage: CardStage) -> None:
        """What is authorised is held, to the last minor unit, and nobody else can have it."""
        assert stage.port.authorise("hold", stage.card, 100_00, "USD").approved
        assert stage.left() == 0

    def test_one_key_holds_once(self, stage: CardStage) -> None:
        """Authorised again under the same key, nothing more is held."""
        for _ in range(3):
            stage.port.authorise("hold", stage.card, 30_00, "USD")
        assert stage.left() == 70_00

    def test_a_bad_card_is_declined(self, stage: CardStage) -> None:
        """A card that is no good is declined with a reason."""
        answer = stage.port.authorise("hold", stage.bad_card, 1, "USD")
        assert (answer.approved, bool(answer.reason)) == (False, True)

    def test_too_much_is_declined(self, stage: CardStage) -> None:
        """A card is declined for more than it is good for, and nothing is held."""
        assert not stage.port.authorise("hold", stage.card, 100_01, "USD").approved
        assert stage.left() == 100_00

    def test_what_was_declined_stays_declined(self, stage: CardStage) -> None:
        """A key that was declined is declined for good, whatever is asked under it later."""
        stage.port.authorise("hold", stage.bad_card, 1, "USD")
        assert not stage.port.authorise("hold", stage.card, 1, "USD").approved

    def test_a_void_lets_go(self, stage: CardStage) -> None:
        """What was held and is voided can be had again."""
        stage.port.authorise("hold", stage.card, 30_00, "USD")
        stage.port.void("void", VoidAuthorisation("hold"))
        assert stage.left() == 100_00

    def test_a_void_of_nothing_is_approved(self, stage: CardStage) -> None:
        """Letting go of what was never held is no error."""
        assert stage.port.void("void", VoidAuthorisation("never")).approved

    def test_a_void_goes_before_what_comes_late(self, stage: CardStage) -> None:
        """An authorisation that arrives after it was voided holds nothing."""
        stage.port.void("void", VoidAuthorisation("late"))
        assert not stage.port.authorise("late", stage.card, 30_00, "USD").approved

    def test_what_was_voided_is_not_captured(self, stage: CardStage) -> None:
        """Of what is held no more, nothing can be taken."""
        stage.port.authorise("hold", stage.card, 30_00, "USD")
        stage.port.void("void", VoidAuthorisation("hold"))
        assert not stage.port.capture("take", Capture("hold", DealNumber(1), 30_00, "USD")).approved

    def test_what_was_captured_is_not_let_go(self, stage: CardStage) -> None:
        """A void that comes after the money was taken gives none of it back."""
        stage.port.authorise("hold", stage.card, 30_00, "USD")
        stage.port.capture("take", Capture("hold", DealNumber(1), 30_00, "USD"))
        stage.port.void("void", VoidAuthorisation("hold"))
        assert stage.left() == 70_00

    def test_one_authorisation_is_captured_once(self, stage: CardStage) -> None:
        """What was taken is not taken again, also under another key."""
        stage.port.authorise("hold", stage.card, 30_00, "USD")
        capture = Capture("hold", DealNumber(1), 30_00, "USD")
        assert [stage.port.capture(key, capture).approved for key in ("one", "two")] == [True, False]

    def test_an_authorisation_without_an_answer_can_be_voided(self, stage: CardStage) -> None:
        """Where the answer to an authorisation is lost, a void lets go of what may be held."""
        stage.expect(Mood.SLOW)
        with pytest.raises(NoAnswer):
            stage.port.authorise("hold", stage.card, 30_00, "USD")
        stage.port.void("void of what was lost", VoidAuthorisation("hold"))
        assert stage.left() == 100_00

    def test_a_chargeback_names_its_authorisation(self, stage: CardStage) -> None:
        """What was taken back is reported under the key under which it was authorised."""
        keys = [stage.happen() for _ in range(2)]
        assert sorted(keys) == sorted(notice.authorisation for notice in stage.port.notices())


@frozen(kw_only=True)
class AccountStage:
    """A charger of accounts on trial.

    Args:
        port: the adapter.
        account: an account with 100.00 USD in it, and no more.
        bad_account: one that cannot be charged.
        left: returns what is left in the good account, in minor units.
        done: returns the refunds that were made.
        expect: makes it take the next calls in these moods.
    """

    port: AccountCharger
    account: str
    bad_account: str
    left: Callable[[], int]
    done: Callable[[], Sequence[object]]
    expect: Callable[..., object]


class AccountChargerContract(GatewayContract[AccountStage]):
    """What an :class:`~brokerage.gateways.AccountCharger` keeps. The fixture ``stage`` gives an ``AccountStage``."""

    kinds: ClassVar[tuple[str, ...]] = ("refund",)

    def deed(self, stage: AccountStage, kind: str, number: int) -> Deed:
        """Return a refund."""
        refund = _refund(number, Means.ACCOUNT_CHARGE)
        return Deed(refund, lambda key: stage.port.refund(key, refund))

    def test_a_charge_takes_its_amount(self, stage: AccountStage) -> None:
        """What is charged is taken, to the last minor unit."""
        assert stage.port.charge("charge", *_charge(stage.account, 100_00)).approved
        assert stage.left() == 0

    def test_one_key_charges_once(self, stage: AccountStage) -> None:
        """Charged again under the same key, nothing more is taken."""
        for _ in range(3):
            stage.port.charge("charge", *_charge(stage.account, 30_00))
        assert stage.left() == 70_00

    def test_two_keys_charge_twice(self, stage: AccountStage) -> None:
        """Two charges of one amount under two keys take it twice."""
        for key in ("one", "two"):
            stage.port.charge(key, *_charge(stage.account, 30_00))
        assert stage.left() == 40_00

    def test_a_bad_account_is_declined(self, stage: AccountStage) -> None:
        """An account that cannot be charged is declined with a reason."""
        answer = stage.port.charge("charge", *_charge(stage.bad_account, 1))
        assert (answer.approved, bool(answer.reason)) == (False, True)

    def test_too_much_is_declined(self, stage: AccountStage) -> None:
        """More than is in an account is declined, and nothing is taken."""
        assert not stage.port.charge("charge", *_charge(stage.account, 100_01)).approved
        assert stage.left() == 100_00

    def test_what_was_declined_stays_declined(self, stage: AccountStage) -> None:
        """A key that was declined is declined for good, whatever is asked under it later."""
        stage.port.charge("charge", *_charge(stage.bad_account, 1))
        assert not stage.port.charge("charge", *_charge(stage.account, 1)).approved

    def test_a_charge_that_fails_takes_nothing(self, stage: AccountStage) -> None:
        """A charge that fails leaves the account as it was."""
        stage.expect(Mood.FAILING)
        with pytest.raises(GatewayError):
            stage.port.charge("charge", *_charge(stage.account, 30_00))
        assert stage.left() == 100_00

    def test_a_charge_whose_answer_is_lost_is_taken_once(self, stage: AccountStage) -> None:
        """Where the answer to a charge is lost, asking again takes nothing more."""
        stage.expect(Mood.SLOW)
        with pytest.raises(NoAnswer):
            stage.port.charge("charge", *_charge(stage.account, 30_00))
        stage.port.charge("charge", *_charge(stage.account, 30_00))
        assert stage.left() == 70_00


def _charge(account: str, units: int) -> tuple[ChargeAccount, str]:
    return ChargeAccount(ContactNumber(1), DealNumber(1), units, "USD"), account


def _refund(number: int, means: Means) -> Refund:
    return Refund(("payment:bank", f"deposit-{number}"), means, DealNumber(1), 4_00, "USD")
