"""The manager's office: what the broker's manager decides and sees."""

from brokerage.office.analysis import Analysis
from brokerage.office.cases import DealCases
from brokerage.office.complaints import ComplaintsOffice
from brokerage.office.contractors import ContractorsOffice
from brokerage.office.desk import Office
from brokerage.office.items import ItemsOffice
from brokerage.office.members import MembersOffice
from brokerage.office.news import NewsOffice
from brokerage.office.orders import OrdersOffice
from brokerage.office.tenders import TendersOffice

__all__ = [
    "Analysis",
    "ComplaintsOffice",
    "ContractorsOffice",
    "DealCases",
    "ItemsOffice",
    "MembersOffice",
    "NewsOffice",
    "Office",
    "OrdersOffice",
    "TendersOffice",
]
