"""Members, those who have left, and the persons behind them."""

import sqlalchemy as sa
from alembic import op

from brokerage.adapters.sql.types import DECIMAL, INSTANT, TEXT, TRUTH, WHOLE

__all__ = ["upgrade"]

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "activities",
        sa.Column("box", WHOLE, nullable=False),
        sa.Column("open_offers", WHOLE, nullable=False),
        sa.Column("deals_in_flight", WHOLE, nullable=False),
        sa.Column("last_deal_at", INSTANT, nullable=True),
        sa.Column("seen_news", WHOLE, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("box", name="activities_key"),
        sa.CheckConstraint("deals_in_flight >= 0", name="activities_deals_in_flight_is_no_less_than_0"),
        sa.CheckConstraint("open_offers >= 0", name="activities_open_offers_is_no_less_than_0"),
        sa.CheckConstraint("seen_news >= 0", name="activities_seen_news_is_no_less_than_0"),
        sa.CheckConstraint("version >= 0", name="activities_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_table(
        "contacts",
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("box", WHOLE, nullable=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("telephone", TEXT, nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("bank_account", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("charged_account", TEXT, nullable=True),
        sa.Column("forgotten", TRUTH, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("number", name="contacts_key"),
        sa.CheckConstraint("version >= 0", name="contacts_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_index("contacts_box_number", "contacts", ["box", "number"])
    op.create_table(
        "credentials",
        sa.Column("box", WHOLE, nullable=False),
        sa.Column("password_hash", TEXT, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("box", name="credentials_key"),
        sa.CheckConstraint("version >= 0", name="credentials_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_table(
        "persons",
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("joined_into", WHOLE, nullable=True),
        sa.Column("points", WHOLE, nullable=False),
        sa.Column("filed", WHOLE, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.Column("filed_below", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("number", name="persons_key"),
        sa.ForeignKeyConstraint(
            ["joined_into"], ["persons.number"], name="persons_joined_into_known", deferrable=True, initially="DEFERRED"
        ),
        sa.CheckConstraint("filed >= 0", name="persons_filed_is_no_less_than_0"),
        sa.CheckConstraint("points >= 0", name="persons_points_is_no_less_than_0"),
        sa.CheckConstraint("version >= 0", name="persons_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_index(
        "persons_who_filed",
        "persons",
        ["filed_below", "number"],
        sqlite_where=sa.text("joined_into IS NULL AND filed > 0"),
        postgresql_where=sa.text("joined_into IS NULL AND filed > 0"),
    )
    op.create_table(
        "sign_in_tries",
        sa.Column("box", WHOLE, nullable=False),
        sa.Column("failures", WHOLE, nullable=False),
        sa.Column("wait_until", INSTANT, nullable=False),
        sa.Column("forget_at", INSTANT, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("box", name="sign_in_tries_key"),
        sa.CheckConstraint("failures >= 1", name="sign_in_tries_failures_is_no_less_than_1"),
        sa.CheckConstraint("version >= 0", name="sign_in_tries_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_index("sign_in_tries_to_forget", "sign_in_tries", ["forget_at", "box"])
    op.create_table(
        "withdrawal_reasons",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("is_offered", TRUTH, nullable=False),
        sa.Column("withdrawals", WHOLE, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("key", name="withdrawal_reasons_key"),
        sa.CheckConstraint("version >= 0", name="withdrawal_reasons_version_is_no_less_than_0"),
        sa.CheckConstraint("withdrawals >= 0", name="withdrawal_reasons_withdrawals_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_table(
        "fingerprints",
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("person", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="fingerprints_key"),
        sa.ForeignKeyConstraint(
            ["person"], ["persons.number"], name="fingerprints_person_known", deferrable=True, initially="DEFERRED"
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "former_members",
        sa.Column("box", WHOLE, nullable=False),
        sa.Column("person", WHOLE, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("contact", WHOLE, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("left_at", INSTANT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("factor", DECIMAL, nullable=False),
        sa.Column("last_deal_at", INSTANT, nullable=True),
        sa.Column("forgotten_at", INSTANT, nullable=True),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("box", name="former_members_key"),
        sa.ForeignKeyConstraint(
            ["contact"], ["contacts.number"], name="former_members_contact_known", deferrable=True, initially="DEFERRED"
        ),
        sa.ForeignKeyConstraint(
            ["person"], ["persons.number"], name="former_members_person_known", deferrable=True, initially="DEFERRED"
        ),
        sa.CheckConstraint("kind IN ('individual', 'corporation')", name="former_members_kind_is_known"),
        sa.CheckConstraint("version >= 0", name="former_members_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_index("former_members_person_box", "former_members", ["person", "box"])
    op.create_table(
        "members",
        sa.Column("box", WHOLE, nullable=False),
        sa.Column("person", WHOLE, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("contact", WHOLE, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("factor", DECIMAL, nullable=False),
        sa.Column("open_offers_allowed", WHOLE, nullable=True),
        sa.Column("mail_candidates", TRUTH, nullable=False),
        sa.Column("mail_deals", TRUTH, nullable=False),
        sa.Column("factor_is_set", TRUTH, nullable=False),
        sa.Column("mail_news", TRUTH, nullable=False),
        sa.Column("quiet_since", INSTANT, nullable=True),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("box", name="members_key"),
        sa.ForeignKeyConstraint(
            ["contact"], ["contacts.number"], name="members_contact_known", deferrable=True, initially="DEFERRED"
        ),
        sa.ForeignKeyConstraint(
            ["person"], ["persons.number"], name="members_person_known", deferrable=True, initially="DEFERRED"
        ),
        sa.CheckConstraint("kind IN ('individual', 'corporation')", name="members_kind_is_known"),
        sa.CheckConstraint("open_offers_allowed >= 0", name="members_open_offers_allowed_is_no_less_than_0"),
        sa.CheckConstraint("version >= 0", name="members_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_index("members_person_box", "members", ["person", "box"])
    op.create_index(
        "members_quiet",
        "members",
        [sa.text("coalesce(quiet_since, since)"), "box"],
        sqlite_where=sa.text("told_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.create_index(
        "members_told",
        "members",
        ["told_at", "box"],
        sqlite_where=sa.text("told_at IS NOT NULL"),
        postgresql_where=sa.text("told_at IS NOT NULL"),
    )
    op.create_table(
        "pauses",
        sa.Column("person", WHOLE, nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("person", "category", name="pauses_key"),
        sa.ForeignKeyConstraint(
            ["person"], ["persons.number"], name="pauses_person_known", deferrable=True, initially="DEFERRED"
        ),
        sa.CheckConstraint("version >= 0", name="pauses_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_index("pauses_ends", "pauses", ["until", "person", "category"])
