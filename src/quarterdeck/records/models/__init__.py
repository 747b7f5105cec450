"""Every model by name, so that the rest of the house imports from one door."""

from quarterdeck.records.models.activities import Activity, FieldReport
from quarterdeck.records.models.bookings import Booking, CreditSplit, ExchangeRate, Payment, Return
from quarterdeck.records.models.capacity import CapacityDriver, Scenario, ScenarioVersion
from quarterdeck.records.models.company import Company
from quarterdeck.records.models.deals import Opportunity, OpportunityChange, OpportunityState, OpportunityVersion
from quarterdeck.records.models.imports import Batch, FindingRow, NounChange
from quarterdeck.records.models.journal import JournalEntry
from quarterdeck.records.models.keys import IdempotencyKey
from quarterdeck.records.models.market import Account, Potential, Product, Segment, Territory, TerritoryHolding
from quarterdeck.records.models.mixes import MixChoice, MixLimit
from quarterdeck.records.models.pay import (
    CompAssignment,
    CompPlan,
    CompPlanVersion,
    PayCredit,
    PayDispute,
    PayDisputeNote,
    PayEvent,
    PayInput,
    PayLine,
    PayMeasure,
    PayPayout,
    Payroll,
    PayrollRow,
    PayRun,
    PayRunState,
    PaySettlement,
)
from quarterdeck.records.models.payroll import PayrollCode, PayrollFile, PaySetting, PlanAcceptance, PlanReminder
from quarterdeck.records.models.people import Leave, Person, Position, Seat, Team, TeamLink
from quarterdeck.records.models.plans import (
    Amendment,
    Goal,
    Notice,
    Plan,
    PlanEdit,
    PlanState,
    Proposal,
    ProposalAnswer,
    Target,
)
from quarterdeck.records.models.territories import AccountHolding, TerritoryMove, TerritoryProposal, TerritoryStep
from quarterdeck.records.models.totals import Total
from quarterdeck.records.models.users import ApiToken, Invitation, User

__all__ = [
    "Account",
    "AccountHolding",
    "Activity",
    "Amendment",
    "ApiToken",
    "Batch",
    "Booking",
    "CapacityDriver",
    "CompAssignment",
    "CompPlan",
    "CompPlanVersion",
    "Company",
    "CreditSplit",
    "ExchangeRate",
    "FieldReport",
    "FindingRow",
    "Goal",
    "IdempotencyKey",
    "Invitation",
    "JournalEntry",
    "Leave",
    "MixChoice",
    "MixLimit",
    "Notice",
    "NounChange",
    "Opportunity",
    "OpportunityChange",
    "OpportunityState",
    "OpportunityVersion",
    "PayCredit",
    "PayDispute",
    "PayDisputeNote",
    "PayEvent",
    "PayInput",
    "PayLine",
    "PayMeasure",
    "PayPayout",
    "PayRun",
    "PayRunState",
    "PaySetting",
    "PaySettlement",
    "Payment",
    "Payroll",
    "PayrollCode",
    "PayrollFile",
    "PayrollRow",
    "Person",
    "Plan",
    "PlanAcceptance",
    "PlanEdit",
    "PlanReminder",
    "PlanState",
    "Position",
    "Potential",
    "Product",
    "Proposal",
    "ProposalAnswer",
    "Return",
    "Scenario",
    "ScenarioVersion",
    "Seat",
    "Segment",
    "Target",
    "Team",
    "TeamLink",
    "Territory",
    "TerritoryHolding",
    "TerritoryMove",
    "TerritoryProposal",
    "TerritoryStep",
    "Total",
    "User",
]
