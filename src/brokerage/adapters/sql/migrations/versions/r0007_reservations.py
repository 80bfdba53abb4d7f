"""Reservations, which refer to orders and deals."""

import sqlalchemy as sa
from alembic import op

from brokerage.adapters.sql.types import DAY, INSTANT, TEXT, TRUTH, WHOLE

__all__ = ["upgrade"]

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "reservations",
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("box", WHOLE, nullable=False),
        sa.Column("person", WHOLE, nullable=False),
        sa.Column("item", WHOLE, nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("quantity", WHOLE, nullable=False),
        sa.Column("max_price", WHOLE, nullable=False),
        sa.Column("wanted_by", DAY, nullable=True),
        sa.Column("reserved_at", INSTANT, nullable=False),
        sa.Column("arrival", WHOLE, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("order", WHOLE, nullable=True),
        sa.Column("deal", WHOLE, nullable=True),
        sa.Column("outcome", TEXT, nullable=True),
        sa.Column("filed", TRUTH, nullable=False),
        sa.Column("deliver_to", WHOLE, nullable=True),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("number", name="reservations_key"),
        sa.ForeignKeyConstraint(
            ["deal"], ["deals.number"], name="reservations_deal_known", deferrable=True, initially="DEFERRED"
        ),
        sa.ForeignKeyConstraint(
            ["deliver_to"],
            ["contacts.number"],
            name="reservations_deliver_to_known",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.ForeignKeyConstraint(
            ["item"], ["items.number"], name="reservations_item_known", deferrable=True, initially="DEFERRED"
        ),
        sa.ForeignKeyConstraint(
            ["order"], ["orders.number"], name="reservations_order_known", deferrable=True, initially="DEFERRED"
        ),
        sa.ForeignKeyConstraint(
            ["person"], ["persons.number"], name="reservations_person_known", deferrable=True, initially="DEFERRED"
        ),
        sa.CheckConstraint("max_price >= 0", name="reservations_max_price_is_no_less_than_0"),
        sa.CheckConstraint(
            "outcome IN ('completed', 'cancelled', 'expired', 'failed')", name="reservations_outcome_is_known"
        ),
        sa.CheckConstraint("quantity >= 1", name="reservations_quantity_is_no_less_than_1"),
        sa.CheckConstraint(
            "state IN ('open', 'asked', 'confirmed', 'agreed', 'closed')", name="reservations_state_is_known"
        ),
        sa.CheckConstraint("version >= 0", name="reservations_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_index("reservations_box_number", "reservations", ["box", "number"])
    op.create_index(
        "reservations_deal_named",
        "reservations",
        ["deal"],
        sqlite_where=sa.text("deal IS NOT NULL"),
        postgresql_where=sa.text("deal IS NOT NULL"),
    )
    op.create_index(
        "reservations_open",
        "reservations",
        ["item", "arrival", "number"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("reservations_order_number", "reservations", ["order", "number"])
    op.create_index(
        "reservations_unfiled",
        "reservations",
        ["box", "number"],
        sqlite_where=sa.text("filed IS 0"),
        postgresql_where=sa.text("filed IS false"),
    )
    op.create_index(
        "reservations_unfinished",
        "reservations",
        ["category"],
        sqlite_where=sa.text("state != 'closed'"),
        postgresql_where=sa.text("state != 'closed'"),
    )
    op.create_index(
        "reservations_wanted",
        "reservations",
        ["wanted_by", "number"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "reservations_wanted_of_item",
        "reservations",
        ["item", "wanted_by", "number"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "reservations_fees",
        sa.Column("of_number", WHOLE, nullable=False),
        sa.Column("place", WHOLE, nullable=False),
        sa.Column("payee_name", TEXT, nullable=False),
        sa.Column("payee_box", WHOLE, nullable=True),
        sa.Column("payee_bank_account", TEXT, nullable=True),
        sa.Column("units", WHOLE, nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("of_number", "place", name="reservations_fees_key"),
        sa.ForeignKeyConstraint(
            ["of_number"], ["reservations.number"], name="reservations_fees_of_known", ondelete="CASCADE"
        ),
        sa.CheckConstraint(
            "purpose IN ('seller''s share', 'commission', 'carriage', 'payment fee')",
            name="reservations_fees_purpose_is_known",
        ),
        sa.CheckConstraint("units >= 0", name="reservations_fees_units_is_no_less_than_0"),
        sqlite_strict=True,
    )
