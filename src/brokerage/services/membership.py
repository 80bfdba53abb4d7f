"""Members.

Registering, recognising persons, signing in, choices, and the manager's hand on factors (spec M1, M4, M6, M9).
"""

import hashlib
import hmac
import re
import unicodedata
from datetime import datetime
from typing import Any

from attrs import evolve, frozen

from brokerage.errors import InvalidChoice, InvalidCredentials, InvalidText, UnknownMember
from brokerage.mails import accepted_as_member
from brokerage.money import exact_rate
from brokerage.policy import Policy
from brokerage.ports import PasswordHasher, Series, Transaction
from brokerage.pricing import HIGHEST_FACTOR
from brokerage.records.contacts import Contact
from brokerage.records.events import Actor, Event, EventKind, Role
from brokerage.records.members import Activity, Credentials, Fingerprint, Member, MemberKind, Person
from brokerage.records.numbers import BoxNumber, ContactNumber, PersonNumber
from brokerage.records.offers import OfferState, of_person
from brokerage.records.versions import next_version
from brokerage.services.contacts import contact_of
from brokerage.services.effects import send
from brokerage.services.inputs import choice, remember_request, repeated_request, text, whole_number

__all__ = ["Application", "Membership", "checked_password"]

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


def _normal_email(email: str) -> str:
    return unicodedata.normalize("NFKC", email).strip().casefold()


def _normal_telephone(telephone: str) -> str:
    digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", telephone))
    return digits.removeprefix("00")


def _normal_account(account: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", account)).upper()


@frozen
class Membership:
    """Keeps members and knows who is the same person.

    Args:
        policy: the broker's choices.
        secret: the key of the fingerprints; a store must always be used with the same one.
        hasher: hashes passwords.
    """

    policy: Policy
    secret: bytes
    hasher: PasswordHasher

    def checked(self, application: Application) -> Application:
        """Return an application that can be accepted, or refuse it by the name of its field (V2)."""
        for name in ("name", "address", "telephone", "email", "bank_account"):
            text(getattr(application, name), name, self.policy.name_length)
        if "@" not in application.email:
            raise InvalidText("email", application.email, "an e-mail address", "write it with its @")
        if not _normal_telephone(application.telephone):
            raise InvalidText("telephone", application.telephone, "a telephone number", "write its digits")
        if not _normal_account(application.bank_account):
            raise InvalidText("bank_account", application.bank_account, "a bank account", "write its number")
        choice(application.kind, "kind", MemberKind)
        return application

    def register(
        self,
        tx: Transaction,
        application: Application,
        password_hash: str | None,
        now: datetime,
        request_id: str | None = None,
    ) -> Member:
        """Make a member of an applicant, with a box and a letter of welcome. A password comes hashed.

        Raises:
            RequestReused: the request id came before with another application.
        """
        repeated = self.registered(tx, application, request_id)
        if repeated is not None:
            return repeated[0]
        box = BoxNumber(tx.numbers.next(Series.BOX))
        contact = self._contact(tx, box, application, now)
        member = Member(
            box=box,
            person=self._person(tx, application, now),
            kind=application.kind,
            contact=contact.number,
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
        """Return whom the same request registered before, with what the password is checked by."""
        repeated = repeated_request(tx, _NO_BOX, request_id, "register", application)
        if repeated is None:
            return None
        member = self.member(tx, repeated[0])
        return member, tx.credentials.get(member.box)

    def is_password(self, credentials: Credentials | None, password: str | None) -> bool:
        """Say whether a password is the one kept, or none is where none is; call it outside any unit of work."""
        if credentials is None or password is None:
            return credentials is None and password is None
        return self.hasher.verify(password, credentials.password_hash)

    def member(self, tx: Transaction, box: object) -> Member:
        """Return the member of a box; raises :class:`UnknownMember` if there is none."""
        found = whole_number(box)
        member = None if found is None else tx.members.get(BoxNumber(found))
        if member is None:
            raise UnknownMember(box)
        return member

    def verify(self, credentials: Credentials | None, password: object) -> None:
        """Check a password; call it outside any unit of work.

        Whether the box is wrong or the password, the hasher is called once with the same parameters.

        Raises:
            InvalidCredentials: either is wrong; the message says only "Invalid" (M6).
        """
        given = password if isinstance(password, str) and len(password) <= _LONGEST_PASSWORD else ""
        kept = self.hasher.decoy if credentials is None else credentials.password_hash
        if not self.hasher.verify(given, kept) or credentials is None:
            raise InvalidCredentials

    def set_factor(self, tx: Transaction, box: BoxNumber, factor: object, now: datetime) -> Member:
        """Set a member's commission factor by hand, for offers accepted from now on (M4).

        Rating leaves it alone until it is released: with ``None`` the member has the factor 1 until the next rating.

        Raises:
            InvalidRate: the factor is not an exact decimal from 0 to 1.
            UnknownMember: nobody has the box.
        """
        exact = HIGHEST_FACTOR if factor is None else exact_rate(factor, "factor", HIGHEST_FACTOR)
        return self._change(tx, self.member(tx, box), Role.OFFICE, now, factor=exact, factor_is_set=factor is not None)

    def allow_open_offers(self, tx: Transaction, box: BoxNumber, count: int | None, now: datetime) -> Member:
        """Give a member a limit of open offers of his or her own; ``None``: the policy's (V2).

        Raises:
            InvalidChoice: the count is not a whole number from 0.
            UnknownMember: nobody has the box.
        """
        if count is not None and (type(count) is not int or count < 0):
            raise InvalidChoice("count", count, "a whole number from 0", "pass one, or None")
        return self._change(tx, self.member(tx, box), Role.OFFICE, now, open_offers_allowed=count)

    def choose(
        self,
        tx: Transaction,
        box: BoxNumber,
        now: datetime,
        *,
        mail_candidates: bool | None = None,
        mail_deals: bool | None = None,
    ) -> Member:
        """Keep a member's choice of e-mails; ``None`` leaves a choice as it is (X4)."""
        member = self.member(tx, box)
        for name, value in (("mail_candidates", mail_candidates), ("mail_deals", mail_deals)):
            if value is not None:
                choice(value, name, bool)
        return self._change(
            tx,
            member,
            box,
            now,
            mail_candidates=member.mail_candidates if mail_candidates is None else mail_candidates,
            mail_deals=member.mail_deals if mail_deals is None else mail_deals,
        )

    def allow_charging(self, tx: Transaction, box: BoxNumber, account: str | None, now: datetime) -> Member:
        """Let the broker charge an account, or no account any more (S4)."""
        if account is not None:
            text(account, "account", self.policy.name_length)
        member = self.member(tx, box)
        number = ContactNumber(tx.numbers.next(Series.CONTACT))
        present = contact_of(tx, member.contact)
        tx.contacts.add(evolve(present, number=number, at=now, charged_account=account, version=0))
        return self._change(tx, member, box, now, contact=number)

    def _contact(self, tx: Transaction, box: BoxNumber, application: Application, now: datetime) -> Contact:
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

    def _change(self, tx: Transaction, member: Member, by: Actor, now: datetime, **changes: Any) -> Member:
        new = next_version(member, **changes)
        tx.members.replace(member, new)
        tx.journal.append(Event(now, by, EventKind.MEMBER_CHANGED, new))
        return new

    def _fingerprints(self, application: Application) -> list[str]:
        details = (
            "email:" + _normal_email(application.email),
            "telephone:" + _normal_telephone(application.telephone),
            "account:" + _normal_account(application.bank_account),
        )
        return [hmac.new(self.secret, detail.encode(), hashlib.sha256).hexdigest() for detail in details]

    def _person(self, tx: Transaction, application: Application, now: datetime) -> PersonNumber:
        """Return who an applicant is; persons who turn out to be one are joined for good (M9)."""
        digests = self._fingerprints(application)
        known = {digest: tx.persons.fingerprint(digest) for digest in digests}
        found = sorted({self._root(tx, seen.person) for seen in known.values() if seen is not None})
        if found:
            number = found[0]
            for other in found[1:]:
                self._join(tx, other, number, now)
        else:
            number = PersonNumber(tx.numbers.next(Series.PERSON))
            tx.persons.add(Person(number))
        for digest, seen in known.items():
            if seen is None:
                tx.persons.add_fingerprint(Fingerprint(digest, number))
        return number

    def _root(self, tx: Transaction, number: PersonNumber) -> PersonNumber:
        person = tx.persons.get(number)
        while person is not None and person.joined_into is not None:
            person = tx.persons.get(person.joined_into)
        return number if person is None else person.number

    def _join(self, tx: Transaction, number: PersonNumber, into: PersonNumber, now: datetime) -> None:
        """Join two persons, their members and what these have open, so that nobody deals with him- or herself."""
        person = tx.persons.get(number)
        assert person is not None
        joined = person.join(into)
        tx.persons.replace(person, joined)
        root = tx.persons.get(into)
        assert root is not None
        if person.points:
            tx.persons.replace(root, next_version(root, points=root.points + person.points))
        tx.journal.append(Event(now, Role.BROKER, EventKind.PERSONS_JOINED, joined))
        for member in tx.members.of_person(number):
            self._change(tx, member, Role.BROKER, now, person=into)
            for offer in tx.offers.of_member(member.box):
                if offer.state is not OfferState.CLOSED:
                    new = of_person(offer, into)
                    tx.offers.replace(offer, new)
                    tx.journal.append(Event(now, Role.BROKER, EventKind.OFFER_JOINED, new))
