"""Items that are reserved in advance, and the demand for them."""

import sqlalchemy as sa
from alembic import op

from brokerage.adapters.sql.types import DOCUMENT, INSTANT, TEXT, TRUTH, WHOLE

__all__ = ["upgrade"]

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "items",
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("box", WHOLE, nullable=True),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("details_description", TEXT, nullable=False),
        sa.Column("details_age", TEXT, nullable=False),
        sa.Column("details_model", TEXT, nullable=False),
        sa.Column("details_photographs", DOCUMENT, nullable=False),
        sa.Column("details_attributes", DOCUMENT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("release_at", INSTANT, nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.Column("change", WHOLE, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("mailing", TRUTH, nullable=False),
        sa.Column("mailed", WHOLE, nullable=False),
        sa.Column("closing", TRUTH, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("number", name="items_key"),
        sa.CheckConstraint("state IN ('announced', 'released', 'withdrawn')", name="items_state_is_known"),
        sa.CheckConstraint("version >= 0", name="items_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_index(
        "items_announced",
        "items",
        ["number"],
        sqlite_where=sa.text("state = 'announced'"),
        postgresql_where=sa.text("state = 'announced'"),
    )
    op.create_index(
        "items_announced_in_category",
        "items",
        ["category", "number"],
        sqlite_where=sa.text("state = 'announced'"),
        postgresql_where=sa.text("state = 'announced'"),
    )
    op.create_index("items_box_number", "items", ["box", "number"])
    op.create_index("items_category_change_number", "items", ["category", "change", "number"])
    op.create_index(
        "items_to_close",
        "items",
        ["number"],
        sqlite_where=sa.text("closing IS 1"),
        postgresql_where=sa.text("closing IS true"),
    )
    op.create_index(
        "items_to_mail",
        "items",
        ["number"],
        sqlite_where=sa.text("mailing IS 1"),
        postgresql_where=sa.text("mailing IS true"),
    )
    op.create_index(
        "items_to_release",
        "items",
        ["release_at", "number"],
        sqlite_where=sa.text("state = 'announced'"),
        postgresql_where=sa.text("state = 'announced'"),
    )
    op.create_table(
        "watches",
        sa.Column("box", WHOLE, nullable=False),
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("when", TEXT, nullable=False),
        sa.Column("due", INSTANT, nullable=True),
        sa.Column("seen", WHOLE, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("box", "topic", "category", name="watches_key"),
        sa.CheckConstraint("seen >= 0", name="watches_seen_is_no_less_than_0"),
        sa.CheckConstraint("topic IN ('items', 'demand')", name="watches_topic_is_known"),
        sa.CheckConstraint("version >= 0", name="watches_version_is_no_less_than_0"),
        sa.CheckConstraint("\"when\" IN ('at once', 'regularly')", name="watches_when_is_known"),
        sqlite_strict=True,
    )
    op.create_index(
        "watches_at_once",
        "watches",
        ["topic", "category", "box"],
        sqlite_where=sa.text("\"when\" = 'at once'"),
        postgresql_where=sa.text("\"when\" = 'at once'"),
    )
    op.create_index("watches_topic_category_box", "watches", ["topic", "category", "box"])
    op.create_index(
        "watches_with_digests",
        "watches",
        ["due", "box", "topic", "category"],
        sqlite_where=sa.text("due IS NOT NULL"),
        postgresql_where=sa.text("due IS NOT NULL"),
    )
    op.create_table(
        "demands",
        sa.Column("item", WHOLE, nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("reservations", WHOLE, nullable=False),
        sa.Column("units", WHOLE, nullable=False),
        sa.Column("change", WHOLE, nullable=False),
        sa.Column("mailing", TRUTH, nullable=False),
        sa.Column("mailed", WHOLE, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("item", name="demands_key"),
        sa.ForeignKeyConstraint(
            ["item"], ["items.number"], name="demands_item_known", deferrable=True, initially="DEFERRED"
        ),
        sa.CheckConstraint("reservations >= 0", name="demands_reservations_is_no_less_than_0"),
        sa.CheckConstraint("units >= 0", name="demands_units_is_no_less_than_0"),
        sa.CheckConstraint("version >= 0", name="demands_version_is_no_less_than_0"),
        sqlite_strict=True,
    )
    op.create_index("demands_category_change_item", "demands", ["category", "change", "item"])
    op.create_index(
        "demands_to_mail",
        "demands",
        ["item"],
        sqlite_where=sa.text("mailing IS 1"),
        postgresql_where=sa.text("mailing IS true"),
    )
    op.create_table(
        "pools",
        sa.Column("item", WHOLE, nullable=False),
        sa.Column("max_price", WHOLE, nullable=False),
        sa.Column("units", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("item", "max_price", name="pools_key"),
        sa.ForeignKeyConstraint(
            ["item"], ["items.number"], name="pools_item_known", deferrable=True, initially="DEFERRED"
        ),
        sa.CheckConstraint("max_price >= 0", name="pools_max_price_is_no_less_than_0"),
        sa.CheckConstraint("units >= 0", name="pools_units_is_no_less_than_0"),
        sqlite_strict=True,
    )
