"""Tenders, bids, contractors and orders."""

import sqlalchemy as sa
from alembic import op

from brokerage.adapters.sql.types import DAY, DECIMAL, DOCUMENT, INSTANT, TEXT, TRUTH, WHOLE

__all__ = ["upgrade"]

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "contractors",
        sa.Column("box", WHOLE, nullable=False),
        sa.Column("trade", TEXT, nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("trade", "box", name="contractors_key"),
        sa.CheckConstraint("trade IN ('seller', 'carrier', 'payment provider')", name="contractors_trade_is_known"),
        sa.CheckConstraint("version >= 0", name="contractors_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_table(
        "tenders",
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("asked_type", TEXT, nullable=False),
        sa.Column("asked_item", WHOLE, nullable=True),
        sa.Column("asked_trade", TEXT, nullable=True),
        sa.Column("asked_category", TEXT, nullable=True),
        sa.Column("asked_zone", TEXT, nullable=True),
        sa.Column("asked_currency", TEXT, nullable=True),
        sa.Column("asked_since", INSTANT, nullable=True),
        sa.Column("asked_until", INSTANT, nullable=True),
        sa.Column("asked_amount", WHOLE, nullable=True),
        sa.Column("asked_order", WHOLE, nullable=True),
        sa.Column("asked_deals", WHOLE, nullable=True),
        sa.Column("asked_units", WHOLE, nullable=True),
        sa.Column("trade", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("called_at", INSTANT, nullable=False),
        sa.Column("bids_until", INSTANT, nullable=False),
        sa.Column("invited", DOCUMENT, nullable=False),
        sa.Column("sealed", TRUTH, nullable=False),
        sa.Column("judge", TEXT, nullable=False),
        sa.Column("answer", WHOLE, nullable=True),
        sa.Column("bids", WHOLE, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("deadline", INSTANT, nullable=True),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("mailing", TRUTH, nullable=False),
        sa.Column("mailed", WHOLE, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("number", name="tenders_key"),
        sa.ForeignKeyConstraint(
            ["asked_item"], ["items.number"], name="tenders_asked_item_known", deferrable=True, initially="DEFERRED"
        ),
        sa.CheckConstraint("asked_amount >= 0", name="tenders_asked_amount_is_no_less_than_0"),
        sa.CheckConstraint("asked_deals >= 0", name="tenders_asked_deals_is_no_less_than_0"),
        sa.CheckConstraint(
            "asked_trade IN ('seller', 'carrier', 'payment provider')", name="tenders_asked_trade_is_known"
        ),
        sa.CheckConstraint("asked_units >= 0", name="tenders_asked_units_is_no_less_than_0"),
        sa.CheckConstraint("bids >= 0", name="tenders_bids_is_no_less_than_0"),
        sa.CheckConstraint(
            "state IN ('called', 'awarding', 'awarded', 'failed', 'withdrawn')", name="tenders_state_is_known"
        ),
        sa.CheckConstraint("trade IN ('seller', 'carrier', 'payment provider')", name="tenders_trade_is_known"),
        sa.CheckConstraint("version >= 0", name="tenders_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_index("tenders_asked_order_number", "tenders", ["asked_order", "number"])
    op.create_index(
        "tenders_called",
        "tenders",
        ["trade", "number"],
        sqlite_where=sa.text("state IN ('called', 'awarding')"),
        postgresql_where=sa.text("state IN ('called', 'awarding')"),
    )
    op.create_index(
        "tenders_on_items",
        "tenders",
        ["asked_item", "number"],
        sqlite_where=sa.text("state IN ('called', 'awarding')"),
        postgresql_where=sa.text("state IN ('called', 'awarding')"),
    )
    op.create_index(
        "tenders_to_mail",
        "tenders",
        ["number"],
        sqlite_where=sa.text("mailing IS 1"),
        postgresql_where=sa.text("mailing IS true"),
    )
    op.create_index(
        "tenders_with_deadlines",
        "tenders",
        ["deadline", "number"],
        sqlite_where=sa.text("deadline IS NOT NULL"),
        postgresql_where=sa.text("deadline IS NOT NULL"),
    )
    op.create_table(
        "bids",
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("tender", WHOLE, nullable=False),
        sa.Column("box", WHOLE, nullable=False),
        sa.Column("person", WHOLE, nullable=False),
        sa.Column("terms_least", WHOLE, nullable=False),
        sa.Column("terms_most", WHOLE, nullable=True),
        sa.Column("terms_delivery", DAY, nullable=True),
        sa.Column("terms_valid_until", INSTANT, nullable=True),
        sa.Column("terms_fixed", WHOLE, nullable=False),
        sa.Column("terms_rate", DECIMAL, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("arrival", WHOLE, nullable=False),
        sa.Column("withdrawn", TRUTH, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("number", name="bids_key"),
        sa.UniqueConstraint("tender", "box", name="bids_tender_box_once"),
        sa.ForeignKeyConstraint(
            ["person"], ["persons.number"], name="bids_person_known", deferrable=True, initially="DEFERRED"
        ),
        sa.ForeignKeyConstraint(
            ["tender"], ["tenders.number"], name="bids_tender_known", deferrable=True, initially="DEFERRED"
        ),
        sa.CheckConstraint("terms_fixed >= 0", name="bids_terms_fixed_is_no_less_than_0"),
        sa.CheckConstraint("terms_least >= 1", name="bids_terms_least_is_no_less_than_1"),
        sa.CheckConstraint("terms_most >= 1", name="bids_terms_most_is_no_less_than_1"),
        sa.CheckConstraint("version >= 0", name="bids_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_index("bids_box_number", "bids", ["box", "number"])
    op.create_index("bids_tender_number", "bids", ["tender", "number"])
    op.create_table(
        "standing_terms",
        sa.Column("trade", TEXT, nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("zone", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("service_box", WHOLE, nullable=False),
        sa.Column("service_fixed", WHOLE, nullable=False),
        sa.Column("service_each", WHOLE, nullable=False),
        sa.Column("service_rate", DECIMAL, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("tender", WHOLE, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("trade", "category", "zone", "currency", name="standing_terms_key"),
        sa.ForeignKeyConstraint(
            ["tender"], ["tenders.number"], name="standing_terms_tender_known", deferrable=True, initially="DEFERRED"
        ),
        sa.CheckConstraint("service_each >= 0", name="standing_terms_service_each_is_no_less_than_0"),
        sa.CheckConstraint("service_fixed >= 0", name="standing_terms_service_fixed_is_no_less_than_0"),
        sa.CheckConstraint("trade IN ('seller', 'carrier', 'payment provider')", name="standing_terms_trade_is_known"),
        sa.CheckConstraint("version >= 0", name="standing_terms_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_table(
        "tenders_places",
        sa.Column("of_number", WHOLE, nullable=False),
        sa.Column("place", WHOLE, nullable=False),
        sa.Column("rank", WHOLE, nullable=False),
        sa.Column("bid", WHOLE, nullable=False),
        sa.Column("box", WHOLE, nullable=False),
        sa.Column("price", WHOLE, nullable=False),
        sa.Column("units", WHOLE, nullable=False),
        sa.Column("total", WHOLE, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("is_low", TRUTH, nullable=False),
        sa.Column("rate", DECIMAL, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("remark", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("of_number", "place", name="tenders_places_key"),
        sa.ForeignKeyConstraint(["of_number"], ["tenders.number"], name="tenders_places_of_known", ondelete="CASCADE"),
        sa.CheckConstraint("price >= 0", name="tenders_places_price_is_no_less_than_0"),
        sa.CheckConstraint("rank >= 1", name="tenders_places_rank_is_no_less_than_1"),
        sa.CheckConstraint(
            "state IN ('waiting', 'asked', 'accepted', 'declined', 'did not answer', 'passed over')",
            name="tenders_places_state_is_known",
        ),
        sa.CheckConstraint("total >= 0", name="tenders_places_total_is_no_less_than_0"),
        sa.CheckConstraint("units >= 0", name="tenders_places_units_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_table(
        "bids_terms_qualities",
        sa.Column("of_number", WHOLE, nullable=False),
        sa.Column("place", WHOLE, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", DECIMAL, nullable=False),
        sa.PrimaryKeyConstraint("of_number", "place", name="bids_terms_qualities_key"),
        sa.ForeignKeyConstraint(
            ["of_number"], ["bids.number"], name="bids_terms_qualities_of_known", ondelete="CASCADE"
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "bids_terms_tiers",
        sa.Column("of_number", WHOLE, nullable=False),
        sa.Column("place", WHOLE, nullable=False),
        sa.Column("quantity", WHOLE, nullable=False),
        sa.Column("price", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("of_number", "place", name="bids_terms_tiers_key"),
        sa.ForeignKeyConstraint(["of_number"], ["bids.number"], name="bids_terms_tiers_of_known", ondelete="CASCADE"),
        sa.CheckConstraint("price >= 0", name="bids_terms_tiers_price_is_no_less_than_0"),
        sa.CheckConstraint("quantity >= 1", name="bids_terms_tiers_quantity_is_no_less_than_1"),
        sqlite_strict=True,
    )
    op.create_table(
        "orders",
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("tender", WHOLE, nullable=False),
        sa.Column("bid", WHOLE, nullable=False),
        sa.Column("item", WHOLE, nullable=False),
        sa.Column("seller", WHOLE, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("price", WHOLE, nullable=False),
        sa.Column("share", WHOLE, nullable=False),
        sa.Column("rate", DECIMAL, nullable=False),
        sa.Column("least", WHOLE, nullable=False),
        sa.Column("delivery", DAY, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("units", WHOLE, nullable=False),
        sa.Column("open", WHOLE, nullable=False),
        sa.Column("confirmed", WHOLE, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("deadline", INSTANT, nullable=True),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("fulfilment", TEXT, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("number", name="orders_key"),
        sa.ForeignKeyConstraint(
            ["bid"], ["bids.number"], name="orders_bid_known", deferrable=True, initially="DEFERRED"
        ),
        sa.ForeignKeyConstraint(
            ["item"], ["items.number"], name="orders_item_known", deferrable=True, initially="DEFERRED"
        ),
        sa.ForeignKeyConstraint(
            ["tender"], ["tenders.number"], name="orders_tender_known", deferrable=True, initially="DEFERRED"
        ),
        sa.CheckConstraint("confirmed >= 0", name="orders_confirmed_is_no_less_than_0"),
        sa.CheckConstraint("fulfilment IN ('carrier', 'performed')", name="orders_fulfilment_is_known"),
        sa.CheckConstraint("least >= 1", name="orders_least_is_no_less_than_1"),
        sa.CheckConstraint("open >= 0", name="orders_open_is_no_less_than_0"),
        sa.CheckConstraint("price >= 0", name="orders_price_is_no_less_than_0"),
        sa.CheckConstraint("share >= 0", name="orders_share_is_no_less_than_0"),
        sa.CheckConstraint("state IN ('services', 'buyers', 'seller', 'made', 'fallen')", name="orders_state_is_known"),
        sa.CheckConstraint("units >= 0", name="orders_units_is_no_less_than_0"),
        sa.CheckConstraint("version >= 0", name="orders_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_index("orders_seller_number", "orders", ["seller", "number"])
    op.create_index("orders_tender_number", "orders", ["tender", "number"])
    op.create_index(
        "orders_with_deadlines",
        "orders",
        ["deadline", "number"],
        sqlite_where=sa.text("deadline IS NOT NULL"),
        postgresql_where=sa.text("deadline IS NOT NULL"),
    )
    op.create_table(
        "standing_terms_earlier",
        sa.Column("of_trade", TEXT, nullable=False),
        sa.Column("of_category", TEXT, nullable=False),
        sa.Column("of_zone", TEXT, nullable=False),
        sa.Column("of_currency", TEXT, nullable=False),
        sa.Column("place", WHOLE, nullable=False),
        sa.Column("service_box", WHOLE, nullable=False),
        sa.Column("service_fixed", WHOLE, nullable=False),
        sa.Column("service_each", WHOLE, nullable=False),
        sa.Column("service_rate", DECIMAL, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("tender", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint(
            "of_trade", "of_category", "of_zone", "of_currency", "place", name="standing_terms_earlier_key"
        ),
        sa.ForeignKeyConstraint(
            ["of_trade", "of_category", "of_zone", "of_currency"],
            ["standing_terms.trade", "standing_terms.category", "standing_terms.zone", "standing_terms.currency"],
            name="standing_terms_earlier_of_known",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("service_each >= 0", name="standing_terms_earlier_service_each_is_no_less_than_0"),
        sa.CheckConstraint("service_fixed >= 0", name="standing_terms_earlier_service_fixed_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_table(
        "orders_services",
        sa.Column("of_number", WHOLE, nullable=False),
        sa.Column("place", WHOLE, nullable=False),
        sa.Column("trade", TEXT, nullable=False),
        sa.Column("zone", TEXT, nullable=False),
        sa.Column("service_box", WHOLE, nullable=False),
        sa.Column("service_fixed", WHOLE, nullable=False),
        sa.Column("service_each", WHOLE, nullable=False),
        sa.Column("service_rate", DECIMAL, nullable=False),
        sa.PrimaryKeyConstraint("of_number", "place", name="orders_services_key"),
        sa.ForeignKeyConstraint(["of_number"], ["orders.number"], name="orders_services_of_known", ondelete="CASCADE"),
        sa.CheckConstraint("service_each >= 0", name="orders_services_service_each_is_no_less_than_0"),
        sa.CheckConstraint("service_fixed >= 0", name="orders_services_service_fixed_is_no_less_than_0"),
        sa.CheckConstraint("trade IN ('seller', 'carrier', 'payment provider')", name="orders_services_trade_is_known"),
        sqlite_strict=True,
    )
