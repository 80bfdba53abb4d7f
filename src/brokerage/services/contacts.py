"""Where somebody is reached and paid: looked up when it is wanted, and written down nowhere else (spec M7, S1)."""

from brokerage.ports import Transaction
from brokerage.records.contacts import Contact
from brokerage.records.deals import Payee
from brokerage.records.numbers import BoxNumber, ContactNumber

__all__ = ["account_of", "contact_of", "present_contact", "was_ever_member"]


def contact_of(tx: Transaction, number: ContactNumber) -> Contact:
    """Return a contact that some fact refers to: contacts are never removed."""
    contact = tx.contacts.get(number)
    assert contact is not None
    return contact


def was_ever_member(tx: Transaction, box: BoxNumber) -> bool:
    """Say whether a box is or was somebody's: a number may have been given out and not used."""
    return tx.members.get(box) is not None or tx.former.get(box) is not None


def present_contact(tx: Transaction, box: BoxNumber) -> Contact:
    """Return how the member of a box, or whoever was its member, is reached and paid now."""
    member = tx.members.get(box) or tx.former.get(box)
    assert member is not None
    return contact_of(tx, member.contact)


def account_of(tx: Transaction, payee: Payee) -> str | None:
    """Return the account into which a payee is paid now: a member's present one, another party's own.

    ``None`` for a member who has left and was forgotten.
    """
    if payee.box is not None:
        contact = present_contact(tx, payee.box)
        return None if contact.forgotten else contact.bank_account
    assert payee.bank_account is not None
    return payee.bank_account
