"""Categories, offers with their books, and the messages of a market."""

import sqlalchemy as sa
from alembic import op

from brokerage.adapters.sql.types import DECIMAL, DOCUMENT, INSTANT, TEXT, TRUTH, WHOLE

__all__ = ["upgrade"]

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "categories",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("group", TEXT, nullable=False),
        sa.Column("terms_rate", DECIMAL, nullable=False),
        sa.Column("terms_margin", TEXT, nullable=False),
        sa.Column("terms_factor", TEXT, nullable=False),
        sa.Column("terms_rounding", TEXT, nullable=False),
        sa.Column("fulfilment", TEXT, nullable=False),
        sa.Column("is_open", TRUTH, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("key", name="categories_key"),
        sa.CheckConstraint("fulfilment IN ('carrier', 'performed')", name="categories_fulfilment_is_known"),
        sa.CheckConstraint(
            "terms_factor IN ('lowest', 'mean', 'seller', 'buyer')", name="categories_terms_factor_is_known"
        ),
        sa.CheckConstraint("terms_rounding IN ('half-even', 'down', 'up')", name="categories_terms_rounding_is_known"),
        sa.CheckConstraint("version >= 0", name="categories_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_table(
        "lost_minima",
        sa.Column("category", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("level", WHOLE, nullable=False),
        sa.Column("block", WHOLE, nullable=False),
        sa.Column("least", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("category", "currency", "level", "block", name="lost_minima_key"),
        sqlite_strict=True,
    )
    op.create_table(
        "news",
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("boxes", DOCUMENT, nullable=False),
        sa.Column("category", TEXT, nullable=True),
        sa.Column("mailing", TRUTH, nullable=False),
        sa.Column("mailed", WHOLE, nullable=False),
        sa.Column("withdrawn", TRUTH, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.Column("is_for_many", TRUTH, nullable=False),
        sa.PrimaryKeyConstraint("number", name="news_key"),
        sa.CheckConstraint("version >= 0", name="news_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_index(
        "news_for_many",
        "news",
        ["number"],
        sqlite_where=sa.text("is_for_many IS 1 AND withdrawn IS NOT 1"),
        postgresql_where=sa.text("is_for_many IS true AND withdrawn IS NOT true"),
    )
    op.create_index(
        "news_to_mail",
        "news",
        ["number"],
        sqlite_where=sa.text("mailing IS 1"),
        postgresql_where=sa.text("mailing IS true"),
    )
    op.create_table(
        "news_of_boxes",
        sa.Column("box", WHOLE, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("box", "number", name="news_of_boxes_key"),
        sa.ForeignKeyConstraint(
            ["number"], ["news.number"], name="news_of_boxes_number_known", deferrable=True, initially="DEFERRED"
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "complaints",
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("complainant", WHOLE, nullable=True),
        sa.Column("respondent", WHOLE, nullable=False),
        sa.Column("deal", WHOLE, nullable=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("points", WHOLE, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("annulled", TEXT, nullable=True),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("number", name="complaints_key"),
        sa.UniqueConstraint("complainant", "deal", name="complaints_complainant_deal_once"),
        sa.ForeignKeyConstraint(
            ["deal"], ["deals.number"], name="complaints_deal_known", deferrable=True, initially="DEFERRED"
        ),
        sa.CheckConstraint("kind IN ('payment', 'commodity', 'delay')", name="complaints_kind_is_known"),
        sa.CheckConstraint("points >= 0", name="complaints_points_is_no_less_than_0"),
        sa.CheckConstraint("version >= 0", name="complaints_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_index("complaints_complainant_number", "complaints", ["complainant", "number"])
    op.create_index("complaints_deal_number", "complaints", ["deal", "number"])
    op.create_index("complaints_respondent_number", "complaints", ["respondent", "number"])
    op.create_table(
        "losses",
        sa.Column("deal", WHOLE, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("after", DOCUMENT, nullable=True),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("deal", name="losses_key"),
        sa.ForeignKeyConstraint(
            ["deal"], ["deals.number"], name="losses_deal_known", deferrable=True, initially="DEFERRED"
        ),
        sa.CheckConstraint("version >= 0", name="losses_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_table(
        "offers",
        sa.Column("side", TEXT, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("box", WHOLE, nullable=False),
        sa.Column("person", WHOLE, nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("min_price", WHOLE, nullable=True),
        sa.Column("limit", INSTANT, nullable=True),
        sa.Column("terms_rate", DECIMAL, nullable=True),
        sa.Column("terms_margin", TEXT, nullable=True),
        sa.Column("terms_factor", TEXT, nullable=True),
        sa.Column("terms_rounding", TEXT, nullable=True),
        sa.Column("factor", DECIMAL, nullable=False),
        sa.Column("offered_at", INSTANT, nullable=False),
        sa.Column("arrival", WHOLE, nullable=False),
        sa.Column("arrived_at", INSTANT, nullable=False),
        sa.Column("details_description", TEXT, nullable=True),
        sa.Column("details_age", TEXT, nullable=True),
        sa.Column("details_model", TEXT, nullable=True),
        sa.Column("details_photographs", DOCUMENT, nullable=True),
        sa.Column("details_attributes", DOCUMENT, nullable=True),
        sa.Column("filed", TRUTH, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("outcome", TEXT, nullable=True),
        sa.Column("deal", WHOLE, nullable=True),
        sa.Column("changes", WHOLE, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.Column("max_price", WHOLE, nullable=True),
        sa.Column("requirements_attributes", DOCUMENT, nullable=True),
        sa.Column("requirements_words", DOCUMENT, nullable=True),
        sa.Column("ladder", TEXT, nullable=True),
        sa.Column("visible", TRUTH, nullable=False),
        sa.Column("told", TRUTH, nullable=False),
        sa.Column("seen_deal", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("number", name="offers_key"),
        sa.ForeignKeyConstraint(
            ["deal"], ["deals.number"], name="offers_deal_known", deferrable=True, initially="DEFERRED"
        ),
        sa.ForeignKeyConstraint(
            ["person"], ["persons.number"], name="offers_person_known", deferrable=True, initially="DEFERRED"
        ),
        sa.CheckConstraint(
            (
                "CASE side WHEN 'sale' THEN min_price IS NOT NULL AND max_price IS NULL AND ladder IS NOT NULL "
                "ELSE max_price IS NOT NULL AND min_price IS NULL AND ladder IS NULL END"
            ),
            name="offers_limit_is_of_its_side",
        ),
        sa.CheckConstraint("max_price >= 0", name="offers_max_price_is_no_less_than_0"),
        sa.CheckConstraint("min_price >= 0", name="offers_min_price_is_no_less_than_0"),
        sa.CheckConstraint(
            "outcome IN ('completed', 'cancelled', 'expired', 'failed')", name="offers_outcome_is_known"
        ),
        sa.CheckConstraint("(state = 'closed') = (outcome IS NOT NULL)", name="offers_outcome_is_of_what_is_closed"),
        sa.CheckConstraint("side IN ('sale', 'purchase')", name="offers_side_is_known"),
        sa.CheckConstraint("state IN ('open', 'agreed', 'closed')", name="offers_state_is_known"),
        sa.CheckConstraint(
            "terms_factor IN ('lowest', 'mean', 'seller', 'buyer')", name="offers_terms_factor_is_known"
        ),
        sa.CheckConstraint("terms_rounding IN ('half-even', 'down', 'up')", name="offers_terms_rounding_is_known"),
        sa.CheckConstraint("version >= 0", name="offers_version_is_no_less_than_0"),
        sa.CheckConstraint("state <> 'agreed' OR deal IS NOT NULL", name="offers_what_is_agreed_has_a_deal"),
        sqlite_strict=True,
    )
    op.create_index(
        "offers_boxes",
        "offers",
        ["box", "number"],
        sqlite_where=sa.text("filed IS 0"),
        postgresql_where=sa.text("filed IS false"),
    )
    op.create_index(
        "offers_deal_named",
        "offers",
        ["deal"],
        sqlite_where=sa.text("deal IS NOT NULL"),
        postgresql_where=sa.text("deal IS NOT NULL"),
    )
    op.create_index(
        "offers_ladders",
        "offers",
        ["category", "currency", "ladder", "min_price", "number"],
        sqlite_where=sa.text("side = 'sale' AND state = 'open' AND visible IS 1"),
        postgresql_where=sa.text("side = 'sale' AND state = 'open' AND visible IS true"),
    )
    op.create_index(
        "offers_limits",
        "offers",
        ["limit", "number"],
        sqlite_where=sa.text("state = 'open' AND \"limit\" IS NOT NULL"),
        postgresql_where=sa.text("state = 'open' AND \"limit\" IS NOT NULL"),
    )
    op.create_index(
        "offers_listed",
        "offers",
        ["category", "number"],
        sqlite_where=sa.text("side = 'sale' AND filed IS 0"),
        postgresql_where=sa.text("side = 'sale' AND filed IS false"),
    )
    op.create_index(
        "offers_lost",
        "offers",
        ["category", "currency", "deal", "min_price"],
        sqlite_where=sa.text("side = 'sale' AND deal IS NOT NULL"),
        postgresql_where=sa.text("side = 'sale' AND deal IS NOT NULL"),
    )
    op.create_index(
        "offers_purchases",
        "offers",
        ["category", "currency", "max_price", "number"],
        sqlite_where=sa.text("side = 'purchase' AND state = 'open' AND visible IS 1"),
        postgresql_where=sa.text("side = 'purchase' AND state = 'open' AND visible IS true"),
    )
    op.create_index(
        "offers_unfinished",
        "offers",
        ["category", "number"],
        sqlite_where=sa.text("state IN ('open', 'agreed')"),
        postgresql_where=sa.text("state IN ('open', 'agreed')"),
    )
    op.create_index(
        "offers_unsold",
        "offers",
        ["category", "number"],
        sqlite_where=sa.text("side = 'sale' AND state = 'open' AND visible IS 1"),
        postgresql_where=sa.text("side = 'sale' AND state = 'open' AND visible IS true"),
    )
    op.create_index(
        "offers_untold_purchases",
        "offers",
        ["category", "currency", "max_price", "number"],
        sqlite_where=sa.text("side = 'purchase' AND state = 'open' AND visible IS 1 AND told IS 0"),
        postgresql_where=sa.text("side = 'purchase' AND state = 'open' AND visible IS true AND told IS false"),
    )
    op.create_index(
        "offers_untold_sales",
        "offers",
        ["category", "currency", "min_price", "number"],
        sqlite_where=sa.text("side = 'sale' AND state = 'open' AND visible IS 1 AND told IS 0"),
        postgresql_where=sa.text("side = 'sale' AND state = 'open' AND visible IS true AND told IS false"),
    )
    op.create_index(
        "offers_waiting",
        "offers",
        ["arrival", "number"],
        sqlite_where=sa.text("state = 'open' AND visible IS 0"),
        postgresql_where=sa.text("state = 'open' AND visible IS false"),
    )
    op.create_table(
        "checks",
        sa.Column("offer", WHOLE, nullable=False),
        sa.Column("arrival", WHOLE, nullable=False),
        sa.Column("others", TRUTH, nullable=False),
        sa.Column("after", DOCUMENT, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("arrival", "others", name="checks_key"),
        sa.ForeignKeyConstraint(
            ["offer"], ["offers.number"], name="checks_offer_known", deferrable=True, initially="DEFERRED"
        ),
        sa.CheckConstraint("version >= 0", name="checks_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
