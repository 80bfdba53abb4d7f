"""The manager's office: what the broker's manager decides and sees."""

from brokerage.office.analysis import Analysis
from brokerage.office.cases import DealCases
from brokerage.office.desk import Office

__all__ = ["Analysis", "DealCases", "Office"]
