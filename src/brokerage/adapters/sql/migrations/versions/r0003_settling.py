"""Deals, their cases and statements, and the ledger."""

import sqlalchemy as sa
from alembic import op

from brokerage.adapters.sql.types import DOCUMENT, INSTANT, TEXT, TRUTH, WHOLE

__all__ = ["upgrade"]

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "authorisations",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("box", WHOLE, nullable=False),
        sa.Column("units", WHOLE, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("key", name="authorisations_key"),
        sa.CheckConstraint("state IN ('intended', 'used', 'void')", name="authorisations_state_is_known"),
        sa.CheckConstraint("units >= 0", name="authorisations_units_is_no_less_than_0"),
        sa.CheckConstraint("version >= 0", name="authorisations_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_index(
        "authorisations_intended",
        "authorisations",
        ["at", "key"],
        sqlite_where=sa.text("state = 'intended'"),
        postgresql_where=sa.text("state = 'intended'"),
    )
    op.create_table(
        "balances",
        sa.Column("account", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("units", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("account", "currency", name="balances_key"),
        sqlite_strict=True,
    )
    op.create_table(
        "deals",
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("sale", WHOLE, nullable=False),
        sa.Column("purchase", WHOLE, nullable=False),
        sa.Column("seller", WHOLE, nullable=False),
        sa.Column("buyer", WHOLE, nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("min_price", WHOLE, nullable=False),
        sa.Column("max_price", WHOLE, nullable=False),
        sa.Column("selling_price", WHOLE, nullable=False),
        sa.Column("buying_price", WHOLE, nullable=False),
        sa.Column("fulfilment", TEXT, nullable=False),
        sa.Column("collect_from", WHOLE, nullable=False),
        sa.Column("deliver_to", WHOLE, nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("details_description", TEXT, nullable=False),
        sa.Column("details_age", TEXT, nullable=False),
        sa.Column("details_model", TEXT, nullable=False),
        sa.Column("details_photographs", DOCUMENT, nullable=False),
        sa.Column("details_attributes", DOCUMENT, nullable=False),
        sa.Column("agreed_at", INSTANT, nullable=False),
        sa.Column("quantity", WHOLE, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("deadline", INSTANT, nullable=True),
        sa.Column("released", DOCUMENT, nullable=False),
        sa.Column("paid_out", DOCUMENT, nullable=False),
        sa.Column("failed", DOCUMENT, nullable=False),
        sa.Column("cuts", DOCUMENT, nullable=False),
        sa.Column("refunded", WHOLE, nullable=False),
        sa.Column("accepted", TRUTH, nullable=False),
        sa.Column("attempts", DOCUMENT, nullable=False),
        sa.Column("problem", TEXT, nullable=False),
        sa.Column("wishes", DOCUMENT, nullable=False),
        sa.Column("dispute_by", WHOLE, nullable=True),
        sa.Column("dispute_at", INSTANT, nullable=True),
        sa.Column("dispute_spoken", DOCUMENT, nullable=True),
        sa.Column("paid_at", INSTANT, nullable=True),
        sa.Column("collected_at", INSTANT, nullable=True),
        sa.Column("delivered_at", INSTANT, nullable=True),
        sa.Column("returning_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("number", name="deals_key"),
        sa.UniqueConstraint("purchase", name="deals_purchase_once"),
        sa.UniqueConstraint("reference", name="deals_reference_once"),
        sa.ForeignKeyConstraint(
            ["collect_from"],
            ["contacts.number"],
            name="deals_collect_from_known",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.ForeignKeyConstraint(
            ["deliver_to"], ["contacts.number"], name="deals_deliver_to_known", deferrable=True, initially="DEFERRED"
        ),
        sa.CheckConstraint("fulfilment IN ('carrier', 'performed')", name="deals_fulfilment_is_known"),
        sa.CheckConstraint("min_price >= 0", name="deals_min_price_is_no_less_than_0"),
        sa.CheckConstraint("origin IN ('market', 'reservation')", name="deals_origin_is_known"),
        sa.CheckConstraint(
            "min_price <= selling_price AND selling_price <= buying_price AND buying_price <= max_price",
            name="deals_prices_are_in_order",
        ),
        sa.CheckConstraint("quantity >= 1", name="deals_quantity_is_no_less_than_1"),
        sa.CheckConstraint("refunded >= 0", name="deals_refunded_is_no_less_than_0"),
        sa.CheckConstraint(
            (
                "state IN ('agreed', 'paid', 'collected', 'delivered', 'returning', 'disputed', 'completed', "
                "'lapsed', 'cancelled', 'refunded', 'charged back')"
            ),
            name="deals_state_is_known",
        ),
        sa.CheckConstraint("version >= 0", name="deals_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_index("deals_buyer_number", "deals", ["buyer", "number"])
    op.create_index(
        "deals_due",
        "deals",
        ["deadline", "number"],
        sqlite_where=sa.text("deadline IS NOT NULL"),
        postgresql_where=sa.text("deadline IS NOT NULL"),
    )
    op.create_index(
        "deals_of_sales",
        "deals",
        ["sale"],
        unique=True,
        sqlite_where=sa.text("origin = 'market' AND state != 'lapsed'"),
        postgresql_where=sa.text("origin = 'market' AND state != 'lapsed'"),
    )
    op.create_index("deals_seller_number", "deals", ["seller", "number"])
    op.create_table(
        "cases",
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("deal", WHOLE, nullable=True),
        sa.Column("notice_type", TEXT, nullable=True),
        sa.Column("notice_source", TEXT, nullable=True),
        sa.Column("notice_id", TEXT, nullable=True),
        sa.Column("notice_reference", TEXT, nullable=True),
        sa.Column("notice_units", WHOLE, nullable=True),
        sa.Column("notice_currency", TEXT, nullable=True),
        sa.Column("notice_deal", WHOLE, nullable=True),
        sa.Column("notice_step", TEXT, nullable=True),
        sa.Column("notice_payout", TEXT, nullable=True),
        sa.Column("notice_authorisation", TEXT, nullable=True),
        sa.Column("effect", TEXT, nullable=True),
        sa.Column("debtor", TEXT, nullable=True),
        sa.Column("units", WHOLE, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("number", name="cases_key"),
        sa.ForeignKeyConstraint(
            ["deal"], ["deals.number"], name="cases_deal_known", deferrable=True, initially="DEFERRED"
        ),
        sa.ForeignKeyConstraint(
            ["effect"], ["outbox.key"], name="cases_effect_known", deferrable=True, initially="DEFERRED"
        ),
        sa.CheckConstraint("debtor IN ('seller', 'carrier', 'buyer')", name="cases_debtor_is_known"),
        sa.CheckConstraint(
            "kind IN ('quarantine', 'suspense', 'effect', 'dispute', 'claim', 'tender')", name="cases_kind_is_known"
        ),
        sa.CheckConstraint(
            "notice_step IN ('collected', 'delivered', 'refused', 'lost', 'returned')",
            name="cases_notice_step_is_known",
        ),
        sa.CheckConstraint("notice_units >= 0", name="cases_notice_units_is_no_less_than_0"),
        sa.CheckConstraint("version >= 0", name="cases_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_index("cases_deal_number", "cases", ["deal", "number"])
    op.create_index(
        "cases_effect_named",
        "cases",
        ["effect"],
        sqlite_where=sa.text("effect IS NOT NULL"),
        postgresql_where=sa.text("effect IS NOT NULL"),
    )
    op.create_index(
        "cases_open",
        "cases",
        ["number"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "cases_open_by_kind",
        "cases",
        ["kind", "number"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "deals_charged_back",
        sa.Column("of_number", WHOLE, nullable=False),
        sa.Column("place", WHOLE, nullable=False),
        sa.Column("key", DOCUMENT, nullable=False),
        sa.Column("means", TEXT, nullable=False),
        sa.Column("units", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("of_number", "place", name="deals_charged_back_key"),
        sa.ForeignKeyConstraint(
            ["of_number"], ["deals.number"], name="deals_charged_back_of_known", ondelete="CASCADE"
        ),
        sa.CheckConstraint(
            "means IN ('bank transfer', 'card', 'account charge')", name="deals_charged_back_means_is_known"
        ),
        sa.CheckConstraint("units >= 0", name="deals_charged_back_units_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_table(
        "deals_charges",
        sa.Column("of_number", WHOLE, nullable=False),
        sa.Column("place", WHOLE, nullable=False),
        sa.Column("payee_name", TEXT, nullable=False),
        sa.Column("payee_box", WHOLE, nullable=True),
        sa.Column("payee_bank_account", TEXT, nullable=True),
        sa.Column("units", WHOLE, nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("of_number", "place", name="deals_charges_key"),
        sa.ForeignKeyConstraint(["of_number"], ["deals.number"], name="deals_charges_of_known", ondelete="CASCADE"),
        sa.CheckConstraint(
            "purpose IN ('seller''s share', 'commission', 'carriage', 'payment fee')",
            name="deals_charges_purpose_is_known",
        ),
        sa.CheckConstraint("units >= 0", name="deals_charges_units_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_table(
        "deals_payments",
        sa.Column("of_number", WHOLE, nullable=False),
        sa.Column("place", WHOLE, nullable=False),
        sa.Column("key", DOCUMENT, nullable=False),
        sa.Column("means", TEXT, nullable=False),
        sa.Column("units", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("of_number", "place", name="deals_payments_key"),
        sa.ForeignKeyConstraint(["of_number"], ["deals.number"], name="deals_payments_of_known", ondelete="CASCADE"),
        sa.CheckConstraint(
            "means IN ('bank transfer', 'card', 'account charge')", name="deals_payments_means_is_known"
        ),
        sa.CheckConstraint("units >= 0", name="deals_payments_units_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_table(
        "entries",
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("deal", WHOLE, nullable=True),
        sa.Column("purpose", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="entries_key"),
        sa.ForeignKeyConstraint(
            ["deal"], ["deals.number"], name="entries_deal_known", deferrable=True, initially="DEFERRED"
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "entries_deal_named",
        "entries",
        ["deal"],
        sqlite_where=sa.text("deal IS NOT NULL"),
        postgresql_where=sa.text("deal IS NOT NULL"),
    )
    op.create_table(
        "statements",
        sa.Column("deal", WHOLE, nullable=False),
        sa.Column("place", WHOLE, nullable=False),
        sa.Column("box", WHOLE, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("deal", "place", name="statements_key"),
        sa.ForeignKeyConstraint(
            ["deal"], ["deals.number"], name="statements_deal_known", deferrable=True, initially="DEFERRED"
        ),
        sa.CheckConstraint("place >= 1", name="statements_place_is_no_less_than_1"),
        sa.CheckConstraint("version >= 0", name="statements_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_table(
        "entries_postings",
        sa.Column("of_number", WHOLE, nullable=False),
        sa.Column("place", WHOLE, nullable=False),
        sa.Column("account_kind", TEXT, nullable=False),
        sa.Column("account_deal", WHOLE, nullable=True),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("units", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("of_number", "place", name="entries_postings_key"),
        sa.ForeignKeyConstraint(
            ["of_number"], ["entries.number"], name="entries_postings_of_known", ondelete="CASCADE"
        ),
        sa.CheckConstraint(
            (
                "account_kind IN ('bank', 'escrow', 'refunds', 'payouts', 'revenue', 'suspense', 'seller''s "
                "debt', 'carrier''s debt', 'buyer''s debt')"
            ),
            name="entries_postings_account_kind_is_known",
        ),
        sqlite_strict=True,
    )
