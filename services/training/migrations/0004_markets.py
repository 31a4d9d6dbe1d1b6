"""Training remembers fairs with their stands, listings, agreements with off-takers and what was sold."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fair",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("venue", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("stands", sa.Integer(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("planned_by", sa.Uuid(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_because", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_because IS NULL)", name=op.f("ck_fair_cancelled_for_a_reason")
        ),
        sa.CheckConstraint("opens_on <= closes_on", name=op.f("ck_fair_ends_after_it_begins")),
        sa.CheckConstraint("stands > 0", name=op.f("ck_fair_has_stands")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fair")),
    )
    op.create_index("ix_fair_office", "fair", ["office", "opens_on", "id"], unique=False)
    op.create_table(
        "fair_stand",
        sa.Column("fair_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_fair_stand_counted_from_one")),
        sa.ForeignKeyConstraint(["fair_id"], ["fair.id"], name=op.f("fk_fair_stand_fair_id")),
        sa.PrimaryKeyConstraint("fair_id", "number", name=op.f("pk_fair_stand")),
    )
    op.create_table(
        "market_case",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("channels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("travel", sa.Boolean(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "marketed", "not-marketed", name="market_outcome", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "fair",
                "modern",
                "digital",
                "off-taker",
                name="market_channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("sales", sa.BigInteger(), nullable=True),
        sa.Column("deliveries", sa.Integer(), nullable=True),
        sa.Column(
            "obstacle",
            sa.Enum(
                "not-steady",
                "below-standard",
                "no-licence",
                "no-buyer",
                "no-stand",
                "stepped-back",
                "other",
                name="market_obstacle",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("explanation", sa.LargeBinary(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'marketed') = (channel IS NOT NULL)", name=op.f("ck_market_case_marketed_in_a_channel")
        ),
        sa.CheckConstraint(
            "(outcome = 'not-marketed') = (obstacle IS NOT NULL)", name=op.f("ck_market_case_not_marketed_for_a_reason")
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (ended_on IS NULL) AND (outcome IS NULL) = (sales IS NULL) AND (outcome IS NULL) = (deliveries IS NULL)",
            name=op.f("ck_market_case_an_end_has_its_figures"),
        ),
        sa.CheckConstraint("sales >= 0 AND deliveries >= 0", name=op.f("ck_market_case_nothing_below_nothing")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_market_case_referral_id")),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_market_case")),
    )
    op.create_table(
        "fair_booking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("fair_id", sa.Uuid(), nullable=False),
        sa.Column("stand", sa.Integer(), nullable=False),
        sa.Column("needs_travel", sa.Boolean(), nullable=False),
        sa.Column("ticket", sa.LargeBinary(), nullable=True),
        sa.Column("lodging", sa.String(), nullable=True),
        sa.Column("booked_by", sa.Uuid(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("freed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "freed_because",
            sa.Enum(
                "released",
                "referral-closed",
                "fair-cancelled",
                name="fair_booking_freed",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(freed_at IS NULL) = (freed_because IS NULL)", name=op.f("ck_fair_booking_freed_for_a_reason")
        ),
        sa.ForeignKeyConstraint(
            ["fair_id", "stand"],
            ["fair_stand.fair_id", "fair_stand.number"],
            name=op.f("fk_fair_booking_fair_id_stand"),
        ),
        sa.ForeignKeyConstraint(["referral_id"], ["market_case.referral_id"], name=op.f("fk_fair_booking_referral_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fair_booking")),
    )
    op.create_index(
        "uq_fair_booking_referral",
        "fair_booking",
        ["referral_id", "fair_id"],
        unique=True,
        postgresql_where=sa.text("freed_at IS NULL"),
    )
    op.create_index(
        "uq_fair_booking_stand",
        "fair_booking",
        ["fair_id", "stand"],
        unique=True,
        postgresql_where=sa.text("freed_at IS NULL"),
    )
    op.create_table(
        "market_listing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "fair",
                "modern",
                "digital",
                "off-taker",
                name="market_listing_channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("terms", sa.String(), nullable=True),
        sa.Column("listed_from", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "channel <> 'digital' OR address IS NOT NULL", name=op.f("ck_market_listing_a_platform_has_an_address")
        ),
        sa.CheckConstraint("channel <> 'modern' OR terms IS NOT NULL", name=op.f("ck_market_listing_a_shop_has_terms")),
        sa.CheckConstraint("channel IN ('modern', 'digital')", name=op.f("ck_market_listing_a_shop_or_a_platform")),
        sa.CheckConstraint("listed_from <= ended_on", name=op.f("ck_market_listing_ends_after_it_begins")),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["market_case.referral_id"], name=op.f("fk_market_listing_referral_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_market_listing")),
    )
    op.create_index("ix_market_listing_referral_id", "market_listing", ["referral_id"], unique=False)
    op.create_table(
        "off_take",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("buyer", sa.LargeBinary(), nullable=False),
        sa.Column("goods", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("counted", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("counted BETWEEN 0 AND quantity", name=op.f("ck_off_take_never_more_than_agreed")),
        sa.CheckConstraint("from_day <= until_day", name=op.f("ck_off_take_ends_after_it_begins")),
        sa.CheckConstraint("quantity > 0 AND unit_price > 0", name=op.f("ck_off_take_positive")),
        sa.ForeignKeyConstraint(["referral_id"], ["market_case.referral_id"], name=op.f("fk_off_take_referral_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_off_take")),
    )
    op.create_index("ix_off_take_referral_id", "off_take", ["referral_id"], unique=False)
    op.create_table(
        "market_sale",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        sa.Column("listing_id", sa.Uuid(), nullable=True),
        sa.Column("sold_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_market_sale_nothing_below_nothing")),
        sa.CheckConstraint("num_nonnulls(booking_id, listing_id) = 1", name=op.f("ck_market_sale_sold_somewhere")),
        sa.ForeignKeyConstraint(["booking_id"], ["fair_booking.id"], name=op.f("fk_market_sale_booking_id")),
        sa.ForeignKeyConstraint(["listing_id"], ["market_listing.id"], name=op.f("fk_market_sale_listing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_market_sale")),
        sa.UniqueConstraint("booking_id", "sold_on", name=op.f("uq_market_sale_booking_id_sold_on")),
        sa.UniqueConstraint("listing_id", "sold_on", name=op.f("uq_market_sale_listing_id_sold_on")),
    )
    op.create_table(
        "off_take_amendment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("off_take_id", sa.Uuid(), nullable=False),
        sa.Column("amended_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("quantity_before", sa.Integer(), nullable=False),
        sa.Column("unit_price_before", sa.BigInteger(), nullable=False),
        sa.Column("until_day_before", sa.Date(), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0 AND unit_price > 0", name=op.f("ck_off_take_amendment_positive")),
        sa.ForeignKeyConstraint(["off_take_id"], ["off_take.id"], name=op.f("fk_off_take_amendment_off_take_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_off_take_amendment")),
    )
    op.create_index("ix_off_take_amendment_off_take_id", "off_take_amendment", ["off_take_id"], unique=False)
    op.create_table(
        "off_take_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("off_take_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=True),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "delivered > 0 AND accepted BETWEEN 0 AND delivered",
            name=op.f("ck_off_take_delivery_accepted_of_what_was_delivered"),
        ),
        sa.CheckConstraint(
            "paid BETWEEN 0 AND coalesce(accepted, 0) * unit_price",
            name=op.f("ck_off_take_delivery_paid_for_what_was_accepted"),
        ),
        sa.ForeignKeyConstraint(["off_take_id"], ["off_take.id"], name=op.f("fk_off_take_delivery_off_take_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_off_take_delivery")),
        sa.UniqueConstraint("off_take_id", "number", name=op.f("uq_off_take_delivery_off_take_id_number")),
    )


def downgrade() -> None:
    op.drop_table("off_take_delivery")
    op.drop_index("ix_off_take_amendment_off_take_id", table_name="off_take_amendment")
    op.drop_table("off_take_amendment")
    op.drop_table("market_sale")
    op.drop_index("ix_off_take_referral_id", table_name="off_take")
    op.drop_table("off_take")
    op.drop_index("ix_market_listing_referral_id", table_name="market_listing")
    op.drop_table("market_listing")
    op.drop_index("uq_fair_booking_referral", table_name="fair_booking", postgresql_where=sa.text("freed_at IS NULL"))
    op.drop_index("uq_fair_booking_stand", table_name="fair_booking", postgresql_where=sa.text("freed_at IS NULL"))
    op.drop_table("fair_booking")
    op.drop_table("market_case")
    op.drop_table("fair_stand")
    op.drop_index("ix_fair_office", table_name="fair")
    op.drop_table("fair")
