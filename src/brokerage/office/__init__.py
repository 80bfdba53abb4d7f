"""The manager's office: what the broker's manager decides and sees."""

from brokerage.office.analysis import Analysis
from brokerage.office.cases import DealCases
from brokerage.office.desk import Office
from brokerage.office.members import MembersOffice

__all__ = ["Analysis", "DealCases", "MembersOffice", "Office"]
