"""Members, those who have left, and the persons behind them (spec M1, M3, M5, M6, M7, M9)."""

from datetime import datetime
from decimal import Decimal
from enum import Enum

from attrs import frozen

from brokerage.making import quickly_made
from brokerage.records.news import NO_NEWS
from brokerage.records.numbers import BoxNumber, ContactNumber, NewsNumber, PersonNumber
from brokerage.records.versions import next_version

__all__ = [
    "Activity",
    "Credentials",
    "Fingerprint",
    "FormerMember",
    "Member",
    "MemberKind",
    "Person",
    "SignInTries",
]


class MemberKind(Enum):
    """What kind of party a member is."""

    INDIVIDUAL = "individual"
    CORPORATION = "corporation"


@frozen
class Person:
    """Whoever shares an e-mail address, telephone or bank account with a member, now or in the past.

    Persons are only ever joined, never split: a joined person points to the one it went into, for good. ``points`` is
    the sum of the complaints about whoever the person is or was as a member, and ``filed`` the number of standing
    complaints that the person has filed (spec K3).
    """

    number: PersonNumber
    joined_into: PersonNumber | None = None
    points: int = 0
    filed: int = 0
    version: int = 0

    def join(self, into: PersonNumber) -> "Person":
        """Return this person as part of another."""
        return next_version(self, joined_into=into)


@frozen
class Fingerprint:
    """A keyed hash of a contact detail, and the person it was first seen with.

    Kept for good, even of the forgotten.
    """

    digest: str
    person: PersonNumber


@frozen
class Member:
    """A member as registered; a correction makes a new version (spec M1, M2).

    ``contact`` is how the member is reached and paid at present. ``factor`` is the commission factor Rm; offers freeze
    it when they are accepted (spec P8). ``open_offers_allowed`` overrides the policy's limit. ``mail_candidates``,
    ``mail_deals`` and ``mail_news`` are the member's choices of e-mail (spec X4, M8). ``quiet_since`` is when the
    member last gave a sign that this record knows of, ``None``: when registering; ``told_at`` is when he or she was
    told of being dormant, and ``None`` again after an answer (spec M5). A factor that ``factor_is_set`` was set by
    hand, and rating leaves it alone (spec M4).
    """

    box: BoxNumber
    person: PersonNumber
    kind: MemberKind
    contact: ContactNumber
    since: datetime
    factor: Decimal = Decimal(1)
    open_offers_allowed: int | None = None
    mail_candidates: bool = False
    mail_deals: bool = False
    factor_is_set: bool = False
    mail_news: bool = False
    quiet_since: datetime | None = None
    told_at: datetime | None = None
    version: int = 0


@quickly_made
@frozen
class Activity:
    """How much a member has going on: the record that guards rules across the member's offers and deals.

    Whoever opens or ends an offer or a deal of the member replaces it, so two works that would together break a limit
    cannot both succeed. ``seen_news`` is the last item of news when the member last acknowledged the box.
    """

    box: BoxNumber
    open_offers: int = 0
    deals_in_flight: int = 0
    last_deal_at: datetime | None = None
    seen_news: NewsNumber = NO_NEWS
    version: int = 0

    def changed(
        self, open_offers: int = 0, deals_in_flight: int = 0, last_deal_at: datetime | None = None
    ) -> "Activity":
        """Return the activity with the differences added, and with the time of a newer deal if there is one."""
        return Activity(
            self.box,
            self.open_offers + open_offers,
            self.deals_in_flight + deals_in_flight,
            self.last_deal_at if last_deal_at is None else last_deal_at,
            self.seen_news,
            self.version + 1,
        )

    def saw(self, news: NewsNumber) -> "Activity":
        """Return the activity with news seen up to an item."""
        return next_version(self, seen_news=news)


@frozen
class FormerMember:
    """A member who has left: what the history keeps (spec M3, M7).

    The contacts of the box are kept too, until the member is forgotten. ``reason`` is the code of the reason for
    withdrawal; ``contact`` is the last one.
    """

    box: BoxNumber
    person: PersonNumber
    kind: MemberKind
    contact: ContactNumber
    since: datetime
    left_at: datetime
    reason: str
    factor: Decimal
    last_deal_at: datetime | None = None
    forgotten_at: datetime | None = None
    version: int = 0


@frozen
class Credentials:
    """What is needed to check a member's password: the hasher's own text, never the password (spec M6)."""

    box: BoxNumber
    password_hash: str
    version: int = 0

    def __repr__(self) -> str:
        return f"Credentials(box={self.box})"


@frozen
class SignInTries:
    """How often signing in to a box failed of late, whether or not there is such a box (spec M6).

    Nobody is listened to before ``wait_until``, and everything is forgotten at ``forget_at``.
    """

    box: BoxNumber
    failures: int
    wait_until: datetime
    forget_at: datetime
    version: int = 0
