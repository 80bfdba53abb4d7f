"""The broker: services and ports put together, with in-memory adapters by default. No rules here."""

from collections.abc import Callable
from datetime import datetime

from brokerage.adapters.memory.gateways import pretend_gateways
from brokerage.adapters.memory.store import MemoryStore
from brokerage.adapters.system import ScryptHasher, SystemClock, SystemEntropy
from brokerage.desks import MemberDesk
from brokerage.errors import InvalidChoice, NotAccepted, RequestReused
from brokerage.house import House, Subscriber
from brokerage.money import MAX_TOTAL, Amount, minor_units
from brokerage.office import Office
from brokerage.policy import Policy
from brokerage.ports import Clock, Entropy, Gateways, PasswordHasher, Store, Transaction
from brokerage.records.members import MemberKind
from brokerage.records.notices import BounceNotice, ChargebackNotice, DeliveryNotice, DeliveryStep, PaymentNotice
from brokerage.records.numbers import BoxNumber, DealNumber
from brokerage.services.housekeeping import Report
from brokerage.services.inputs import text, whole_number
from brokerage.services.membership import Application, checked_password
from brokerage.services.membership.members import member_of
from brokerage.services.secrets import secret_of
from brokerage.services.sweeps import never

__all__ = ["Brokerage"]

_ID_LENGTH = 200


class Brokerage:
    """A broker between buyers and sellers; by default in memory, with the system's clock and pretend gateways.

    Args:
        policy: the broker's choices.
        store: where everything is kept.
        clock: gives the time.
        entropy: gives chance.
        gateways: the parties outside: bank, clearing house, accounts, carrier, mail.
        hasher: hashes passwords.
        secret: the key under which contact details are recognised again (spec M9) and page marks sealed, the same at
            every start. Without one, the store keeps one that was made when it was first used; whoever must not know
            the key from a copy of the store passes one that is kept elsewhere.

    Raises:
        InvalidChoice: the policy or the secret is of the wrong kind.
        WrongSecret: the market in the store began with another secret, or none is given and it is kept elsewhere.
        StoreError: the store could not be read, or, in a market that begins, not written.

    >>> from brokerage import BankTransfer, Brokerage
    >>> broker = Brokerage()
    >>> _ = broker.office.add_category("phones", rate="0.10")
    >>> ann = broker.register(
    ...     name="Ann", address="1 Elm Row", telephone="555 0100", email="ann@shop.example", bank_account="US-1"
    ... )
    >>> bob = broker.register(
    ...     name="Bob", address="2 Oak Row", telephone="555 0101", email="bob@home.example", bank_account="US-2"
    ... )
    >>> sale = ann.sell("phones", "Pixel 7", min_price="80.00", currency="USD")
    >>> want = bob.buy("phones", max_price="100.00", currency="USD")
    >>> _ = broker.match()
    >>> [candidate] = bob.candidates(want)
    >>> candidate.price
    Money('92.00', 'USD')
    >>> purchase = bob.decide(want, candidate.sale, price=candidate.price, pay_by=BankTransfer())
    >>> broker.advise_payment(reference=purchase.reference, amount="92.00", currency="USD", notice="bank-1")
    'booked for deal 1'
    >>> ann.deal(purchase.number).selling_price, bob.deal(purchase.number).status
    (Money('88.00', 'USD'), 'Paid')
    """

    def __init__(
        self,
        policy: Policy | None = None,
        *,
        store: Store | None = None,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        gateways: Gateways | None = None,
        hasher: PasswordHasher | None = None,
        secret: bytes | None = None,
    ) -> None:
        if policy is not None and not isinstance(policy, Policy):
            raise InvalidChoice("policy", type(policy).__name__, "a Policy", "pass Policy(...)")
        if secret is not None and not (isinstance(secret, bytes) and secret):
            raise InvalidChoice("secret", "(not shown)", "bytes that are not empty", "pass 32 bytes of chance")
        chance = SystemEntropy() if entropy is None else entropy
        kept = MemoryStore() if store is None else store
        self._house = House(
            Policy() if policy is None else policy,
            kept,
            SystemClock() if clock is None else clock,
            chance,
            pretend_gateways() if gateways is None else gateways,
            ScryptHasher() if hasher is None else hasher,
            secret_of(kept, secret, chance),
        )
        self.office = Office(self._house)

    @property
    def policy(self) -> Policy:
        """The broker's choices."""
        return self._house.policy

    @property
    def clock(self) -> Clock:
        """The clock that the broker goes by."""
        return self._house.clock

    def register(
        self,
        *,
        name: str,
        address: str,
        telephone: str,
        email: str,
        bank_account: str,
        kind: MemberKind = MemberKind.INDIVIDUAL,
        password: str | None = None,
        request_id: str | None = None,
    ) -> MemberDesk:
        """Make somebody a member, and return his or her desk (spec M1, M9).

        Args:
            name: of the person or corporation; like every text here at most 200 characters, as the policy says.
            address: the postal address.
            telephone: with at least one digit.
            email: with its @.
            bank_account: where the member is paid.
            kind: individual or corporation.
            password: 8 to 1024 characters; ``None`` where the application signs members in itself.
            request_id: repeated with the same application it returns the same desk again (spec S5).

        Raises:
            InvalidText: a text is blank, too long, or not what it should be; a password is never shown.
            NotAccepted: the person's complaint points, from whatever membership, are the policy's reference or more;
                an e-mail says so too.
            RequestReused: the request id came before with another application or password.
        """
        house, now = self._house, self._house.clock.now()
        application = house.registration.checked(
            Application(
                name=name, address=address, telephone=telephone, email=email, bank_account=bank_account, kind=kind
            )
        )
        if password is not None:
            checked_password(password)
        repeated = house.store.read(lambda tx: house.registration.registered(tx, application, request_id))
        if repeated is not None:
            if not house.registration.is_password(repeated[1], password):
                raise RequestReused(str(request_id))
            return MemberDesk(house, repeated[0].box)
        kept = None
        if password is not None:
            kept = house.hasher.hash(password, house.entropy.token(16))
        member = house.commit(lambda tx: house.registration.register(tx, application, kept, now, request_id))
        if member is None:
            raise NotAccepted
        credentials = house.store.read(lambda tx: tx.credentials.get(member.box))
        is_ours = credentials is None if kept is None else credentials is not None and credentials.password_hash == kept
        if not is_ours and not house.registration.is_password(credentials, password):
            raise RequestReused(str(request_id))  # the same request, with another password, was faster
        return MemberDesk(house, member.box)

    def desk(self, box: BoxNumber) -> MemberDesk:
        """Return a member's desk, for an application that has signed the member in itself.

        Args:
            box: the number of the member's box.

        Raises:
            UnknownMember: nobody has the box.
        """
        return MemberDesk(self._house, self._house.store.read(lambda tx: member_of(tx, box)).box)

    def sign_in(self, box: BoxNumber, password: str) -> MemberDesk:
        """Return a member's desk for the right password (spec M6).

        Args:
            box: the number of the box.
            password: what was chosen when registering.

        Raises:
            InvalidCredentials: box or password is wrong, or the box has no password; it says only "Invalid".
            TooManyTries: the box was tried in vain too often of late, whether there is one or not; the error names the
                instant until which nobody is listened to. The waits double up to the policy's longest, and end with
                the first success.
        """
        house, now = self._house, self._house.clock.now()
        found = house.store.run(lambda tx: house.signing_in.begin(tx, box, now))
        credentials = house.signing_in.verify(found, password)
        house.commit(lambda tx: house.signing_in.succeeded(tx, credentials, now))
        return MemberDesk(house, credentials.box)

    def match(self) -> int:
        """Run a round now, over everything that has arrived; return how many arrivals it took (spec X2)."""
        house, now = self._house, self._house.clock.now()
        return house.after(lambda: house.housekeeping.round(None, now))[0]

    def run_due(self, is_stopping: Callable[[], bool] = never) -> Report:
        """Do all periodic work that is due now: what a scheduler calls (spec T3).

        With nothing due it costs next to nothing. Several processes may call it at the same time on one store: whatever
        is due is done by one of them. :class:`brokerage.working.Loop` calls it whenever something is due.

        Args:
            is_stopping: asked between the pieces of the work and before each effect is sent; once it says so, the piece
                in hand was the last, and the rest is left for another call.

        Raises:
            StoreError: the database could not do it; what was committed before stays.
        """
        house, now = self._house, self._house.clock.now()
        report = house.after(lambda: house.housekeeping.run(now, is_stopping), is_stopping)
        house.subscriptions.raise_errors()
        return report

    def next_due(self) -> datetime | None:
        """Return the earliest instant at which :meth:`run_due` will have something to do, ``None`` if there is none."""
        return self._house.store.read(self._house.housekeeping.next_due)

    def advise_payment(
        self, *, reference: str, amount: Amount, currency: str, notice: str, source: str = "bank"
    ) -> str:
        """Take the bank's word that money came in (spec A1).

        Args:
            reference: under which it was paid.
            amount: how much; an amount of the currency.
            currency: an ISO 4217 code.
            notice: the bank's own id of the payment; the same id again changes nothing.
            source: which bank.

        Returns:
            In a few words what became of it. Real money is always booked, for the deal or in suspense.

        Raises:
            InvalidInput: an argument is not acceptable.
        """
        units = minor_units(amount, currency, highest=MAX_TOTAL)
        paid_under = text(reference, "reference", _ID_LENGTH, may_be_empty=True)
        payment = PaymentNotice(*_said(source, notice), paid_under, units, currency)
        return self._advise(lambda tx, now: self._house.payments.advised(tx, payment, now))

    def advise_delivery(self, deal: DealNumber, step: DeliveryStep, *, notice: str, source: str = "carrier") -> str:
        """Take the carrier's word for what became of goods (spec A2, A9).

        Args:
            deal: whose goods.
            step: what happened to them.
            notice: the carrier's own id of the notice; the same id again changes nothing.
            source: which carrier.

        Returns:
            In a few words what became of it; one that cannot be believed is kept with its reason and changes nothing.

        Raises:
            InvalidInput: an argument is not acceptable.
        """
        if not isinstance(step, DeliveryStep):
            raise InvalidChoice("step", step, "a DeliveryStep", "choose one of DeliveryStep")
        if whole_number(deal) is None:
            raise InvalidChoice("deal", deal, "the number of a deal", "pass a whole number above zero")
        kept = DeliveryNotice(*_said(source, notice), deal, step)
        return self._advise(lambda tx, now: self._house.delivery.advised(tx, kept, now))

    def advise_bounce(self, payout: str, *, amount: Amount, currency: str, notice: str, source: str = "bank") -> str:
        """Take the bank's word that a payout came back (spec A8).

        Args:
            payout: the key under which the broker had it paid out.
            amount: how much came back; an amount of the currency.
            currency: an ISO 4217 code.
            notice: the bank's own id of the event; the same id again changes nothing.
            source: which bank.

        Returns:
            In a few words what became of it. The money waits to be paid again, or in suspense.

        Raises:
            InvalidInput: an argument is not acceptable.
        """
        units = minor_units(amount, currency, highest=MAX_TOTAL)
        kept = BounceNotice(*_said(source, notice), text(payout, "payout", _ID_LENGTH), units, currency)
        return self._advise(lambda tx, now: self._house.reversals.bounced(tx, kept, now))

    def advise_chargeback(
        self, authorisation: str, *, amount: Amount, currency: str, notice: str, source: str = "clearing house"
    ) -> str:
        """Take the clearing house's word that it took captured money back (spec A8).

        Args:
            authorisation: the key under which the money was authorised.
            amount: how much was taken back; an amount of the currency.
            currency: an ISO 4217 code.
            notice: the clearing house's own id of the event; the same id again changes nothing.
            source: which clearing house.

        Returns:
            In a few words what became of it. What neither escrow nor the commission covers is claimed.

        Raises:
            InvalidInput: an argument is not acceptable.
        """
        units = minor_units(amount, currency, highest=MAX_TOTAL)
        key = text(authorisation, "authorisation", _ID_LENGTH)
        kept = ChargebackNotice(*_said(source, notice), key, units, currency)
        return self._advise(lambda tx, now: self._house.reversals.charged_back(tx, kept, now))

    def subscribe(self, subscriber: Subscriber) -> None:
        """Call ``subscriber`` with every event from now on, after it is committed and in its order (spec V5).

        What a subscriber raises is raised by the next :meth:`run_due`, when everyone has been told: what was committed
        stays, and no member's call fails for it.

        Raises:
            InvalidChoice: it cannot be called.
        """
        self._house.subscriptions.subscribe(subscriber)

    def _advise(self, work: Callable[[Transaction, datetime], str]) -> str:
        house, now = self._house, self._house.clock.now()
        return house.commit(lambda tx: work(tx, now))


def _said(source: str, notice: str) -> tuple[str, str]:
    """Who says it, and under which id."""
    return text(source, "source", _ID_LENGTH), text(notice, "notice", _ID_LENGTH)
