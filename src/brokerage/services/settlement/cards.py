"""Cards.

The intent is recorded, the card authorised outside any unit of work, then the deal made in one, then captured (spec
S4).
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from attrs import frozen

from brokerage.errors import GatewayError, NoAnswer, PaymentDeclined
from brokerage.ports import ClearingHouse, Store, Transaction
from brokerage.records.deals import Deal
from brokerage.records.effects import Authorisation, AuthorisationState, Capture, VoidAuthorisation
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.numbers import BoxNumber
from brokerage.services.effects import checked_answer, send
from brokerage.services.settlement.attempts import attempt_payment

__all__ = ["CardPayments"]

_Result = TypeVar("_Result")


@frozen
class CardPayments:
    """Holds money on cards for what is about to be decided, and lets go of it when nothing comes of that."""

    store: Store
    clearing_house: ClearingHouse

    def with_authorisation(
        self,
        key: str,
        box: BoxNumber,
        token: str,
        units: int,
        currency: str,
        now: datetime,
        work: Callable[[Transaction], _Result],
    ) -> _Result:
        """Authorise a card and run a unit of work that uses it; if either fails, the authorisation is voided.

        Args:
            key: names the authorisation; unique.
            box: whose card.
            token: the clearing house's token for the card; never a card number.
            units: how much to hold, in minor units.
            currency: of what.
            now: the present instant.
            work: makes the deal, and calls :meth:`use` in the same unit of work.

        Raises:
            PaymentDeclined: the clearing house said no.
            NoAnswer: it did not answer; whatever it did is voided.
            BrokerageError: what ``work`` raised.
        """
        intent = Authorisation(key, box, units, currency, now)
        self.store.run(lambda tx: self._intend(tx, intent))
        try:
            self._authorise(key, token, units, currency)
            return self.store.run(work)
        except BaseException:
            self.store.run(lambda tx: self.drop(tx, key, now))
            raise

    def _authorise(self, key: str, token: str, units: int, currency: str) -> None:
        """Ask the clearing house, outside any unit of work."""
        try:
            answer = checked_answer(self.clearing_house.authorise(key, token, units, currency))
        except GatewayError:
            raise
        except Exception as error:
            raise NoAnswer("clearing house", type(error).__name__) from error
        if not answer.approved:
            raise PaymentDeclined(answer.reason)

    def use(self, tx: Transaction, key: str, deal: Deal, now: datetime) -> Deal:
        """Let the money that is held be taken for a deal; return the deal."""
        authorisation = self._to(tx, key, AuthorisationState.USED, now)
        task = Capture(key, deal.number, authorisation.units, authorisation.currency)
        return attempt_payment(tx, deal, f"capture:{key}", task, now)

    def drop(self, tx: Transaction, key: str, now: datetime) -> None:
        """Let go of what is, or may be, held: also of an answer that is still to come. A used authorisation stays."""
        authorisation = tx.authorisations.get(key)
        if authorisation is not None and authorisation.state is AuthorisationState.INTENDED:
            self._to(tx, key, AuthorisationState.VOID, now)
            send(tx, f"void:{key}", VoidAuthorisation(key), now)

    def _intend(self, tx: Transaction, intent: Authorisation) -> None:
        tx.authorisations.add(intent)
        tx.journal.append(Event(intent.at, intent.box, EventKind.AUTHORISATION_INTENDED, intent))

    def _to(self, tx: Transaction, key: str, state: AuthorisationState, now: datetime) -> Authorisation:
        authorisation = tx.authorisations.get(key)
        if authorisation is None or authorisation.state is not AuthorisationState.INTENDED:
            raise PaymentDeclined("the authorisation has been let go of")
        new = authorisation.to(state)
        tx.authorisations.replace(authorisation, new)
        tx.journal.append(Event(now, Role.BROKER, EventKind.AUTHORISATION_CHANGED, new))
        return new
