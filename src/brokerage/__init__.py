"""A broker between buyers and sellers: four ways to find a deal, one way to settle it.

Start with :class:`Brokerage`.
"""

from brokerage.accounts import AccountView, ReasonView
from brokerage.adapters.memory.gateways import pretend_gateways
from brokerage.adapters.system import ManualClock
from brokerage.boxes import (
    BuyersDeal,
    CandidateView,
    Counterpart,
    DisputeView,
    MemberBox,
    PurchaseView,
    SaleView,
    SellersDeal,
    UnsoldView,
)
from brokerage.deal_views import StatementView
from brokerage.desks import BuyerDesk, MemberAccount, MemberDesk, SellerDesk
from brokerage.engine import Brokerage
from brokerage.errors import BrokerageError, RefusedRow, RefusedRows
from brokerage.gateways import Gateways
from brokerage.messages import ComplaintAbout, FiledComplaint, NewsView
from brokerage.money import Money
from brokerage.office import Analysis, MembersOffice, Office
from brokerage.order_views import OrderView
from brokerage.overviews import CategoryView, HistoryRow
from brokerage.pages import Listing, Page
from brokerage.policy import Carriage, Immediate, PayoutOn, Periodic, Policy
from brokerage.pricing import FactorRule, Margin, MarginRule, Quote, Rounding, Terms, quote
from brokerage.rating import Measure, Rating
from brokerage.records.cases import Case, CaseKind
from brokerage.records.categories import Category, Fulfilment
from brokerage.records.complaints import Complaint, ComplaintKind
from brokerage.records.contractors import Trade
from brokerage.records.deals import Deal
from brokerage.records.events import Event, EventKind
from brokerage.records.ledger import (
    BANK,
    REVENUE,
    SUSPENSE,
    Account,
    Debtor,
    Entry,
    debt_of,
    escrow_of,
    payouts_of,
    refunds_of,
)
from brokerage.records.members import MemberKind
from brokerage.records.news import News
from brokerage.records.notices import DeliveryStep
from brokerage.records.numbers import BoxNumber, CaseNumber, DealNumber, ItemNumber, OfferNumber, TenderNumber
from brokerage.records.offers import Details
from brokerage.records.statements import Statement
from brokerage.records.watches import When
from brokerage.records.withdrawals import WithdrawalReason
from brokerage.reserving_views import DemandRow, DemandView, ItemView, ReservationView, WatchView
from brokerage.services.analysis import (
    CategoryOrder,
    CategoryRank,
    Figures,
    MemberRank,
    OfficeDeal,
    RankBy,
    RatingChange,
    UnsoldCount,
)
from brokerage.services.housekeeping import Report
from brokerage.services.market.acceptance import Accepted
from brokerage.services.market.decisions import AccountCharge, BankTransfer, Card, PayBy
from brokerage.services.market.requests import Buy, Sell
from brokerage.services.market.transactions import TransactionPage
from brokerage.services.membership import MemberFile
from brokerage.services.tendering.files import TenderFile, TenderRow
from brokerage.tender_views import AppointmentView, BidView, CallView, QuestionView

__all__ = [
    "BANK",
    "REVENUE",
    "SUSPENSE",
    "Accepted",
    "Account",
    "AccountCharge",
    "AccountView",
    "Analysis",
    "AppointmentView",
    "BankTransfer",
    "BidView",
    "BoxNumber",
    "Brokerage",
    "BrokerageError",
    "Buy",
    "BuyerDesk",
    "BuyersDeal",
    "CallView",
    "CandidateView",
    "Card",
    "Carriage",
    "Case",
    "CaseKind",
    "CaseNumber",
    "Category",
    "CategoryOrder",
    "CategoryRank",
    "CategoryView",
    "Complaint",
    "ComplaintAbout",
    "ComplaintKind",
    "Counterpart",
    "Deal",
    "DealNumber",
    "Debtor",
    "DeliveryStep",
    "DemandRow",
    "DemandView",
    "Details",
    "DisputeView",
    "Entry",
    "Event",
    "EventKind",
    "FactorRule",
    "Figures",
    "FiledComplaint",
    "Fulfilment",
    "Gateways",
    "HistoryRow",
    "Immediate",
    "ItemNumber",
    "ItemView",
    "Listing",
    "ManualClock",
    "Margin",
    "MarginRule",
    "Measure",
    "MemberAccount",
    "MemberBox",
    "MemberDesk",
    "MemberFile",
    "MemberKind",
    "MemberRank",
    "MembersOffice",
    "Money",
    "News",
    "NewsView",
    "OfferNumber",
    "Office",
    "OfficeDeal",
    "OrderView",
    "Page",
    "PayBy",
    "PayoutOn",
    "Periodic",
    "Policy",
    "PurchaseView",
    "QuestionView",
    "Quote",
    "RankBy",
    "Rating",
    "RatingChange",
    "ReasonView",
    "RefusedRow",
    "RefusedRows",
    "Report",
    "ReservationView",
    "Rounding",
    "SaleView",
    "Sell",
    "SellerDesk",
    "SellersDeal",
    "Statement",
    "StatementView",
    "TenderFile",
    "TenderNumber",
    "TenderRow",
    "Terms",
    "Trade",
    "TransactionPage",
    "UnsoldCount",
    "UnsoldView",
    "WatchView",
    "When",
    "WithdrawalReason",
    "debt_of",
    "escrow_of",
    "payouts_of",
    "pretend_gateways",
    "quote",
    "refunds_of",
]
