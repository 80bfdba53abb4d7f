"""The fields of the views: none has a place for what its reader must not know."""

from typing import Any

import attrs
import pytest

from brokerage import (
    AccountView,
    BuyersDeal,
    CandidateView,
    CategoryView,
    Counterpart,
    HistoryRow,
    MemberBox,
    PurchaseView,
    ReasonView,
    SaleView,
    SellersDeal,
    UnsoldView,
)
from brokerage.deal_views import DisputeView, StatementView
from brokerage.messages import ComplaintAbout, FiledComplaint, NewsView
from brokerage.order_views import OrderView
from brokerage.records.offers import Details
from brokerage.reserving_views import DemandRow, DemandView, ItemView, ReservationView, WatchView
from brokerage.tender_views import AppointmentView, BidView, CallView, QuestionView, TierView


@pytest.mark.parametrize(
    ("view", "fields"),
    [
        (Counterpart, "name address telephone"),
        (CandidateView, "sale status price carriage payment_fee total name details"),
        (
            SaleView,
            "number offered_at side status category name limit min_price details purchase selling_price deal",
        ),
        (PurchaseView, "number offered_at side status category name limit max_price candidates lost deal"),
        (
            SellersDeal,
            "number sale purchase status category name quantity selling_price share agreed_at deadline ended_at "
            "wants_to_call_off dispute counterpart",
        ),
        (
            BuyersDeal,
            "number purchase sale status category name quantity price carriage payment_fee total refunded reference "
            "problem agreed_at deadline ended_at wants_to_call_off dispute counterpart",
        ),
        (DisputeView, "by at statements"),
        (StatementView, "by at text"),
        (
            AccountView,
            "box kind name address telephone email bank_account charged_account member_since valid_from",
        ),
        (ReasonView, "code text"),
        (UnsoldView, "number category name details"),
        (HistoryRow, "deal side offer category name price status agreed_at ended_at complained complained_about"),
        (CategoryView, "code name group"),
        (MemberBox, "number sale_count sales purchase_count purchases reservations bids orders appointments news"),
        (ItemView, "number status category name currency release_at details"),
        (
            ReservationView,
            "number reserved_at status item category name quantity max_price wanted_by carriage payment_fee price "
            "total delivery deadline deal",
        ),
        (DemandView, "item category name currency release_at units rows"),
        (DemandRow, "price units units_or_more"),
        (WatchView, "topic category when next"),
        (NewsView, "number at subject text"),
        (FiledComplaint, "number deal kind text at status"),
        (ComplaintAbout, "number deal kind points at status"),
        (
            CallView,
            "number status what category item details release_at zone currency since until deals units amount "
            "called_at bids_until sealed judge answer",
        ),
        (
            BidView,
            "tender number status what tiers least most delivery valid_until fixed rate qualities made_at rank",
        ),
        (TierView, "quantity price"),
        (QuestionView, "tender bid what price rate commission share units until"),
        (AppointmentView, "tender what category zone fixed each rate since until deals units"),
        (
            OrderView,
            "number tender bid item name status price share commission rate units least confirmed delivery made_at "
            "deadline outcome",
        ),
        (Details, "description age model photographs attributes"),
    ],
)
def test_views_have_no_field_for_what_their_reader_must_not_know(view: Any, fields: str) -> None:
    """A view has these fields and no other, so another's limit, price or name has no place in it."""
    assert fields.split() == [attribute.name for attribute in attrs.fields(view)]
