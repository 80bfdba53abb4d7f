"""Becoming a member: looking into the history first, then a box, a password and a letter (spec M1)."""

from datetime import datetime

from attrs import frozen

from brokerage.errors import InvalidText, NotAccepted
from brokerage.mails import accepted_as_member, not_accepted
from brokerage.policy import Policy
from brokerage.ports import Answer, PasswordHasher, Series, Transaction
from brokerage.records.contacts import Contact, forget
from brokerage.records.effects import Effect, Mail
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.members import Activity, Credentials, Member, MemberKind
from brokerage.records.numbers import BoxNumber, ContactNumber
from brokerage.services.contacts import contact_of
from brokerage.services.effects import send
from brokerage.services.inputs import choice, remember_request, repeated_request
from brokerage.services.membership.members import member_of
from brokerage.services.membership.persons import Persons, check_reachable

__all__ = ["Application", "Registration", "checked_password"]

_NO_BOX = BoxNumber(0)
_SHORTEST_PASSWORD, _LONGEST_PASSWORD = 8, 1024


@frozen(kw_only=True)
class Application:
    """What somebody who wants to become a member states (spec M1)."""

    name: str
    address: str
    telephone: str
    email: str
    bank_account: str
    kind: MemberKind = MemberKind.INDIVIDUAL


def checked_password(password: object) -> str:
    """Return a password that can be kept, or refuse it without showing it."""
    if not isinstance(password, str) or not _SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        limit = f"a text of {_SHORTEST_PASSWORD} to {_LONGEST_PASSWORD} characters"
        raise InvalidText("password", "(not shown)", limit, "choose another one")
    return password


@frozen
class Registration:
    """Takes applicants in as members, or refuses them.

    Args:
        policy: says which points are too many.
        persons: recognises who has been a member before.
        hasher: checks the password of a repeated request.
    """

    policy: Policy
    persons: Persons
    hasher: PasswordHasher

    def checked(self, application: Application) -> Application:
        """Return an application that can be looked into, or refuse it by the name of its field (V2)."""
        check_reachable(application, self.policy)
        choice(application.kind, "kind", MemberKind)
        return application

    def register(
        self,
        tx: Transaction,
        application: Application,
        password_hash: str | None,
        now: datetime,
        request_id: str | None = None,
    ) -> Member | None:
        """Make a member of an applicant, with a box and a letter of welcome. A password comes hashed.

        Whoever has too many points, under whatever name and box, is told so by e-mail instead, and ``None`` is
        returned: the letter is to be committed, so it is no error here. The refused leave no trace by which anybody
        is recognised.

        Raises:
            NotAccepted: the same request was refused before.
            RequestReused: the request id came before with another application.
        """
        repeated = self.registered(tx, application, request_id)
        if repeated is not None:
            return repeated[0]
        known = self.persons.known(tx, application)
        if sum(person.points for person in known) >= self.policy.reference_points:
            contact = self._contact(tx, None, application, now)
            tx.journal.append(Event(now, Role.BROKER, EventKind.APPLICATION_REFUSED, known[0]))
            send(tx, f"mail:refused:{contact.number}", not_accepted(contact), now)
            remember_request(tx, _NO_BOX, request_id, "register", application, _NO_BOX)
            return None
        box = BoxNumber(tx.numbers.next(Series.BOX))
        member = Member(
            box=box,
            person=self.persons.recognise(tx, application, now),
            kind=application.kind,
            contact=self._contact(tx, box, application, now).number,
            since=now,
        )
        tx.members.add(member)
        tx.activities.add(Activity(box))
        if password_hash is not None:
            tx.credentials.add(Credentials(box, password_hash))
        tx.journal.append(Event(now, box, EventKind.MEMBER_REGISTERED, member))
        send(tx, f"mail:welcome:{box}", accepted_as_member(member), now)
        remember_request(tx, _NO_BOX, request_id, "register", application, box)
        return member

    def registered(
        self, tx: Transaction, application: Application, request_id: str | None
    ) -> tuple[Member, Credentials | None] | None:
        """Return whom the same request registered before, with what the password is checked by.

        Raises:
            NotAccepted: it was refused then.
        """
        repeated = repeated_request(tx, _NO_BOX, request_id, "register", application)
        if repeated is None:
            return None
        if repeated[0] == _NO_BOX:
            raise NotAccepted
        member = member_of(tx, repeated[0])
        return member, tx.credentials.get(member.box)

    def is_password(self, credentials: Credentials | None, password: str | None) -> bool:
        """Say whether a password is the one kept, or none is where none is; call it outside any unit of work."""
        if credentials is None or password is None:
            return credentials is None and password is None
        return self.hasher.verify(password, credentials.password_hash)

    def mail_answered(self, tx: Transaction, effect: Effect, answer: Answer, now: datetime) -> None:
        """Forget a refused applicant once the letter was sent, or could not be."""
        task = effect.task
        if isinstance(task, Mail) and task.box is None and task.contact is not None:
            contact = contact_of(tx, task.contact)
            if not contact.forgotten:
                tx.contacts.replace(contact, forget(contact))

    def _contact(self, tx: Transaction, box: BoxNumber | None, application: Application, now: datetime) -> Contact:
        contact = Contact(
            number=ContactNumber(tx.numbers.next(Series.CONTACT)),
            box=box,
            name=application.name,
            address=application.address,
            telephone=application.telephone,
            email=application.email,
            bank_account=application.bank_account,
            at=now,
        )
        tx.contacts.add(contact)
        return contact
