"""Numbers, the journal, and what comes in and goes out."""

import sqlalchemy as sa
from alembic import op

from brokerage.adapters.sql.types import DOCUMENT, INSTANT, TEXT, WHOLE

__all__ = ["upgrade"]

revision = "0002"
down_revision = "0001"
_SEQUENCES = (
    "numbers_arrival",
    "numbers_box",
    "numbers_case",
    "numbers_complaint",
    "numbers_contact",
    "numbers_entry",
    "numbers_item",
    "numbers_offer",
    "numbers_order",
    "numbers_person",
    "numbers_telling",
    "numbers_tender",
    "outbox_places",
)
_COUNTED = ("journal", "deal", "item change", "news")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "inbox",
        sa.Column("notice_type", TEXT, nullable=False),
        sa.Column("notice_source", TEXT, nullable=False),
        sa.Column("notice_id", TEXT, nullable=False),
        sa.Column("notice_reference", TEXT, nullable=True),
        sa.Column("notice_units", WHOLE, nullable=True),
        sa.Column("notice_currency", TEXT, nullable=True),
        sa.Column("notice_deal", WHOLE, nullable=True),
        sa.Column("notice_step", TEXT, nullable=True),
        sa.Column("notice_payout", TEXT, nullable=True),
        sa.Column("notice_authorisation", TEXT, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("result", TEXT, nullable=False),
        sa.Column("place", WHOLE, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("source", "id", name="inbox_key"),
        sa.CheckConstraint(
            "notice_step IN ('collected', 'delivered', 'refused', 'lost', 'returned')",
            name="inbox_notice_step_is_known",
        ),
        sa.CheckConstraint("notice_units >= 0", name="inbox_notice_units_is_no_less_than_0"),
        sa.CheckConstraint("place >= 0", name="inbox_place_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_table(
        "journal",
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("fact_type", TEXT, nullable=False),
        sa.Column("fact", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("position", name="journal_key"),
        sqlite_strict=True,
    )
    op.create_table(
        "numbers",
        sa.Column("series", TEXT, nullable=False),
        sa.Column("last", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("series", name="numbers_key"),
        sqlite_strict=True,
    )
    op.create_table(
        "outbox",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("task_type", TEXT, nullable=False),
        sa.Column("task_box", WHOLE, nullable=True),
        sa.Column("task_contact", WHOLE, nullable=True),
        sa.Column("task_subject", TEXT, nullable=True),
        sa.Column("task_body", TEXT, nullable=True),
        sa.Column("task_deal", WHOLE, nullable=True),
        sa.Column("task_collect_from", WHOLE, nullable=True),
        sa.Column("task_deliver_to", WHOLE, nullable=True),
        sa.Column("task_carrier", WHOLE, nullable=True),
        sa.Column("task_position", WHOLE, nullable=True),
        sa.Column("task_payee_name", TEXT, nullable=True),
        sa.Column("task_payee_box", WHOLE, nullable=True),
        sa.Column("task_payee_bank_account", TEXT, nullable=True),
        sa.Column("task_units", WHOLE, nullable=True),
        sa.Column("task_currency", TEXT, nullable=True),
        sa.Column("task_payment", DOCUMENT, nullable=True),
        sa.Column("task_means", TEXT, nullable=True),
        sa.Column("task_authorisation", TEXT, nullable=True),
        sa.Column("due", INSTANT, nullable=False),
        sa.Column("attempts", WHOLE, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("problem", TEXT, nullable=False),
        sa.Column("case", WHOLE, nullable=True),
        sa.Column("version", WHOLE, nullable=False),
        sa.Column("added", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("key", name="outbox_key"),
        sa.UniqueConstraint("added", name="outbox_added_once"),
        sa.CheckConstraint("attempts >= 0", name="outbox_attempts_is_no_less_than_0"),
        sa.CheckConstraint("state IN ('pending', 'done', 'declined')", name="outbox_state_is_known"),
        sa.CheckConstraint(
            "task_means IN ('bank transfer', 'card', 'account charge')", name="outbox_task_means_is_known"
        ),
        sa.CheckConstraint("task_position >= 0", name="outbox_task_position_is_no_less_than_0"),
        sa.CheckConstraint("task_units >= 0", name="outbox_task_units_is_no_less_than_0"),
        sa.CheckConstraint("version >= 0", name="outbox_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_index(
        "outbox_due",
        "outbox",
        ["due", "added"],
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "progress",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("name", name="progress_key"),
        sa.CheckConstraint("position >= 0", name="progress_position_is_no_less_than_0"),
        sa.CheckConstraint("version >= 0", name="progress_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_table(
        "requests",
        sa.Column("box", WHOLE, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("result", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("box", "id", name="requests_key"),
        sqlite_strict=True,
    )
    op.create_table(
        "secrets",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("kept", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("name", name="secrets_key"),
        sqlite_strict=True,
    )
    op.create_table(
        "tallies",
        sa.Column("box", WHOLE, nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("offered", WHOLE, nullable=False),
        sa.Column("sold", WHOLE, nullable=False),
        sa.Column("unsold", WHOLE, nullable=False),
        sa.Column("wanted", WHOLE, nullable=False),
        sa.Column("bought", WHOLE, nullable=False),
        sa.Column("unmet", WHOLE, nullable=False),
        sa.Column("sold_units", WHOLE, nullable=False),
        sa.Column("bought_units", WHOLE, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("box", "category", "currency", name="tallies_key"),
        sa.CheckConstraint("bought >= 0", name="tallies_bought_is_no_less_than_0"),
        sa.CheckConstraint("bought_units >= 0", name="tallies_bought_units_is_no_less_than_0"),
        sa.CheckConstraint("offered >= 0", name="tallies_offered_is_no_less_than_0"),
        sa.CheckConstraint("sold >= 0", name="tallies_sold_is_no_less_than_0"),
        sa.CheckConstraint("sold_units >= 0", name="tallies_sold_units_is_no_less_than_0"),
        sa.CheckConstraint("unmet >= 0", name="tallies_unmet_is_no_less_than_0"),
        sa.CheckConstraint("unsold >= 0", name="tallies_unsold_is_no_less_than_0"),
        sa.CheckConstraint("version >= 0", name="tallies_version_is_no_less_than_0"),
        sa.CheckConstraint("wanted >= 0", name="tallies_wanted_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_index("tallies_category_box_currency", "tallies", ["category", "box", "currency"])
    if op.get_bind().dialect.name == "postgresql":
        for name in _SEQUENCES:
            op.execute(sa.schema.CreateSequence(sa.Sequence(name)))
    for series in _COUNTED:
        op.execute(f"INSERT INTO numbers (series, last) VALUES ('{series}', 0)")
