"""How parties are reached and paid: the only facts that hold personal data (spec M1, M2, M7, S1).

Everything else refers to a contact by its number. So what a member corrects makes a new contact and changes none that
a deal has frozen, and whoever is forgotten is forgotten here, once, and nowhere else.
"""

from datetime import datetime

from attrs import frozen

from brokerage.records.numbers import BoxNumber, ContactNumber
from brokerage.records.versions import next_version

__all__ = ["Address", "Contact", "forget"]


@frozen
class Address:
    """Where goods are collected or delivered, as a carrier is told."""

    name: str
    address: str
    telephone: str


@frozen
class Contact:
    """Whom the broker deals with, from an instant on: a member, or an applicant whom it refused (``box`` is ``None``).

    A correction makes another contact, so the contacts of a box are the versions of its member's data (spec M2). What
    stands in one changes only when it is forgotten (spec M7). ``charged_account`` is the account that the member lets
    the broker charge, if any (spec S4).
    """

    number: ContactNumber
    box: BoxNumber | None
    name: str
    address: str
    telephone: str
    email: str
    bank_account: str
    at: datetime
    charged_account: str | None = None
    forgotten: bool = False
    version: int = 0

    @property
    def place(self) -> Address:
        """Where goods are collected from the party, or delivered to it."""
        return Address(self.name, self.address, self.telephone)


def forget(contact: Contact) -> Contact:
    """Return a contact with a pseudonym in the place of everything personal (spec M7).

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
    >>> ann = Contact(ContactNumber(7), None, "Ann", "1 Elm Row", "555", "a@b.example", "US-1", noon)
    >>> forget(ann).place
    Address(name='forgotten 7', address='forgotten 7', telephone='forgotten 7')
    """
    words = f"forgotten {contact.number}"
    return next_version(
        contact,
        name=words,
        address=words,
        telephone=words,
        email=words,
        bank_account=words,
        charged_account=None,
        forgotten=True,
    )
