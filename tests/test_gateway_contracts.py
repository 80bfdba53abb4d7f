"""The adapters that the library brings for the parties outside, for time and for chance keep their contracts."""

from datetime import UTC, datetime
from typing import Any

import pytest

from brokerage.adapters.system import ManualClock, ScryptHasher, SeededEntropy, SystemClock, SystemEntropy
from brokerage.ports import Clock, Entropy, PasswordHasher
from brokerage.testing import (
    AccountChargerContract,
    AccountStage,
    AdviserStage,
    CardStage,
    CarrierStage,
    ClearingHouseContract,
    ClockContract,
    DelivererContract,
    EntropyContract,
    NotifierContract,
    PasswordHasherContract,
    PaymentAdviserContract,
    PayoutsContract,
    Stage,
)
from gateway_stages import account_stage, adviser_stage, card_stage, carrier_stage, mail_stage, payout_stage


class TestMailbox(NotifierContract):
    """The pretend mailbox."""

    @pytest.fixture
    def stage(self) -> Stage[Any]:
        """The mailbox on trial."""
        return mail_stage()


class TestPretendBankPaysOut(PayoutsContract):
    """The pretend bank, for money that goes out."""

    @pytest.fixture
    def stage(self) -> Stage[Any]:
        """The bank on trial."""
        return payout_stage()


class TestPretendBankAdvises(PaymentAdviserContract):
    """The pretend bank, for money that comes in, or back."""

    @pytest.fixture
    def stage(self) -> AdviserStage:
        """The bank on trial."""
        return adviser_stage()


class TestPretendCarrier(DelivererContract):
    """The pretend carrier."""

    @pytest.fixture
    def stage(self) -> CarrierStage:
        """The carrier on trial."""
        return carrier_stage()


class TestPretendCardHouse(ClearingHouseContract):
    """The pretend clearing house."""

    @pytest.fixture
    def stage(self) -> CardStage:
        """The clearing house on trial."""
        return card_stage()


class TestPretendAccounts(AccountChargerContract):
    """The pretend charger of accounts."""

    @pytest.fixture
    def stage(self) -> AccountStage:
        """The accounts on trial."""
        return account_stage()


class TestClocks(ClockContract):
    """The system's clock, and the one that is set by hand."""

    @pytest.fixture(params=["system", "manual"])
    def clock(self, request: pytest.FixtureRequest) -> Clock:
        """A clock."""
        return SystemClock() if request.param == "system" else ManualClock(datetime(2026, 1, 5, tzinfo=UTC))


class TestChance(EntropyContract):
    """The system's chance, and what a seed determines."""

    @pytest.fixture(params=["system", "seeded"])
    def entropy(self, request: pytest.FixtureRequest) -> Entropy:
        """Chance."""
        return SystemEntropy() if request.param == "system" else SeededEntropy(1)


class TestScrypt(PasswordHasherContract):
    """Passwords hashed by scrypt."""

    @pytest.fixture
    def hasher(self) -> PasswordHasher:
        """A hasher as cheap as can be."""
        return ScryptHasher(cost=2)
