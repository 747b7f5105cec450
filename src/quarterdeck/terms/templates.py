"""The canonical files: what a company hands in, one template per noun.

Codes are the company's own; every row is known by the code in its first column (or by the key named below), so that
the same file imported twice changes nothing. Amounts are written as people write them; the importer turns them into
minor units. Days are ISO 8601 unless the mapping says otherwise.
"""

from __future__ import annotations

from typing import Final

from quarterdeck.terms.tables import Column, Table

HATS: Final = ("rep", "manager", "director", "operations", "finance", "department_head", "executive")
ACTIVITY_KINDS: Final = ("call", "email", "meeting", "demo", "proposal", "other")
STAGE_KINDS: Final = ("open", "won", "lost")
FORECAST_CATEGORIES: Final = ("pipeline", "best_case", "commit", "closed", "omitted")
BOOKING_KINDS: Final = ("order", "invoice")
PERIOD_KINDS: Final = ("month", "quarter", "year")
LAYERS: Final = ("plan", "street")
HOLDER_KINDS: Final = ("person", "team", "position", "territory")
POTENTIAL_OF: Final = ("account", "territory", "segment")

# fmt: off
_CURRENCY = Column("currency", "text", "ISO 4217 code; empty means the company's currency.", is_required=False, example="USD")


TEAMS: Final = Table(
    "teams",
    "team and the time it hung under its parent",
    "The tree of teams. A team without a parent is a root.",
    (
        Column("team", "id", "The team's code.", example="east"),
        Column("name", "text", "The name people use.", is_required=False, example="East"),
        Column("parent", "id", "The team above.", is_required=False, refers_to="teams", example="company"),
        Column("effective_from", "day", "First day; empty means always.", is_required=False, example="2024-01-01"),
        Column("effective_to", "day", "First day no longer so; empty means still so.", is_required=False),
    ),
    ("team", "effective_from"),
)

PEOPLE: Final = Table(
    "people",
    "person and the time they held a seat",
    "People and the seats they hold. A person with two hats, or who moved, has one row for each.",
    (
        Column("person", "id", "The person's code.", example="rita", aliases=("employee id", "user id", "owner id")),
        Column("name", "text", "Full name.", example="Rita Moreno", aliases=("full name", "sales agent")),
        Column("email", "text", "Work address; what an invitation is sent to.", is_required=False, example="rita@example.com"),
        Column("hat", "choice", "What the person does in this seat.", choices=HATS, example="rep", aliases=("role",)),
        Column("team", "id", "The team in which the seat is.", refers_to="teams", example="east"),
        Column("position", "id", "The seat's code; empty means a seat of the person's own.", is_required=False, example="east-1"),
        Column("effective_from", "day", "First day in the seat; empty means always.", is_required=False, example="2024-01-01"),
        Column("effective_to", "day", "First day no longer in it; empty means still so.", is_required=False),
        Column("country", "text", "ISO 3166 code; decides public holidays.", is_required=False, example="US"),
        Column("part_time", "ratio", "Share of a full week worked, 1 is full time.", is_required=False, example="1"),
    ),
    ("person", "hat", "team", "effective_from"),
)

LEAVE: Final = Table(
    "leave",
    "absence of a person",
    "Days a person does not work: holiday, sickness, parental leave.",
    (
        Column("person", "id", "Who is away.", refers_to="people", example="rita"),
        Column("starts_on", "day", "First day away.", example="2025-07-07"),
        Column("ends_on", "day", "First day back.", example="2025-07-21"),
        Column("share", "ratio", "Share of the day away, 1 is all of it.", is_required=False, example="1"),
        Column("reason", "text", "A word for the calendar.", is_required=False, example="holiday"),
    ),
    ("person", "starts_on"),
)

TERRITORIES: Final = Table(
    "territories",
    "territory and who held it for a time",
    "Territories and their holders.",
    (
        Column("territory", "id", "The territory's code.", example="north"),
        Column("name", "text", "The name people use.", is_required=False, example="North"),
        Column("person", "id", "Who held it; empty means vacant.", is_required=False, refers_to="people", example="rita"),
        Column("effective_from", "day", "First day held; empty means always.", is_required=False, example="2024-01-01"),
        Column("effective_to", "day", "First day no longer held; empty means still so.", is_required=False),
    ),
    ("territory", "effective_from"),
)

PRODUCTS: Final = Table(
    "products",
    "product",
    "What is sold.",
    (
        Column("product", "id", "The product's code.", example="ridge-1"),
        Column("name", "text", "The name people use.", is_required=False, example="Ridge 1"),
        Column("family", "text", "The group it belongs to.", is_required=False, example="Ridge", aliases=("series",)),
        Column("list_price", "money", "Price before discount.", is_required=False, example="1200.00", aliases=("sales price",)),
        _CURRENCY,
    ),
    ("product",),
)

ACCOUNTS: Final = Table(
    "accounts",
    "account",
    "Companies sold to.",
    (
        Column("account", "id", "The account's code.", example="a-100"),
        Column("name", "text", "The name people use.", is_required=False, example="Hollis Tools"),
        Column("segment", "text", "The part of the market it belongs to.", is_required=False, example="manufacturing",
          aliases=("sector", "industry")),
        Column("territory", "id", "The territory it lies in.", is_required=False, refers_to="territories", example="north"),
        Column("owner", "id", "Who looks after it.", is_required=False, refers_to="people", example="rita"),
        Column("country", "text", "ISO 3166 code or name.", is_required=False, example="US"),
        Column("parent", "id", "The account it belongs to.", is_required=False, refers_to="accounts"),
    ),
    ("account",),
)

POTENTIALS: Final = Table(
    "potentials",
    "account, territory or segment, from a day on",
    "What could be sold in a year to an account or in a territory, and the size of a market: exactly one of the three a row.",
    (
        Column("account", "id", "The account it is about.", is_required=False, refers_to="accounts", example="a-100"),
        Column("territory", "id", "Or the territory, as a whole.", is_required=False, refers_to="territories"),
        Column("segment", "text", "Or the part of the market, all of it: its size.", is_required=False),
        Column("effective_from", "day", "From this day until the next row; empty means always.", is_required=False,
          example="2026-01-01"),
        Column("amount", "money", "How much in a year.", example="480000.00", aliases=("potential", "market size")),
        _CURRENCY,
    ),
    ("account", "territory", "segment", "effective_from"),
)

OPPORTUNITIES: Final = Table(
    "opportunities",
    "opportunity as it stands",
    "Deals as they stand now. With no history beside them, the stages known from their dates are kept as history.",
    (
        Column("opportunity", "id", "The deal's code.", example="d-1"),
        Column("name", "text", "The name people use.", is_required=False, example="Hollis 40 seats"),
        Column("owner", "id", "Who works on it.", refers_to="people", example="rita", aliases=("sales agent", "owner id")),
        Column("account", "id", "Who buys.", is_required=False, refers_to="accounts", example="a-100"),
        Column("product", "id", "What is bought.", is_required=False, refers_to="products", example="ridge-1"),
        Column("stage", "text", "Where it stands, in the company's words.", example="Proposal", aliases=("deal stage", "stage name")),
        Column("stage_kind", "choice", "Whether that stage is open, won or lost; empty is read off the stage's name.",
          is_required=False, choices=STAGE_KINDS, example="open"),
        Column("forecast_category", "choice", "What its owner promises.", is_required=False, choices=FORECAST_CATEGORIES,
          example="commit"),
        Column("amount", "money", "What it is worth, or was when it closed.", is_required=False, example="48000.00"),
        _CURRENCY,
        Column("opened_on", "day", "The day it began.", is_required=False, example="2025-01-14",
          aliases=("engage date", "created date", "create date")),
        Column("close_on", "day", "The day it is expected to close.", is_required=False, example="2025-03-31"),
        Column("closed_on", "day", "The day it was won or lost.", is_required=False, aliases=("close date",)),
        Column("competitor", "text", "Who else is in it.", is_required=False),
        Column("loss_reason", "text", "Why it was lost.", is_required=False),
    ),
    ("opportunity",),
)

OPPORTUNITY_HISTORY: Final = Table(
    "opportunity_history",
    "opportunity from the day something about it changed",
    "How deals moved: one row for each day on which stage, amount, owner, promise or expected close changed.",
    (
        Column("opportunity", "id", "The deal.", refers_to="opportunities", example="d-1"),
        Column("effective_from", "day", "The day from which this was so.", example="2025-02-03"),
        Column("stage", "text", "Where it stood.", example="Proposal"),
        Column("stage_kind", "choice", "Whether that stage is open, won or lost.", is_required=False, choices=STAGE_KINDS,
          example="open"),
        Column("forecast_category", "choice", "What its owner promised.", is_required=False, choices=FORECAST_CATEGORIES),
        Column("amount", "money", "What it was worth.", is_required=False, example="50000.00"),
        _CURRENCY,
        Column("owner", "id", "Who worked on it; empty means unchanged.", is_required=False, refers_to="people", example="rita"),
        Column("close_on", "day", "The day it was expected to close.", is_required=False, example="2025-03-31"),
    ),
    ("opportunity", "effective_from"),
)

ACTIVITIES: Final = Table(
    "activities",
    "activity",
    "What people did: calls, emails, meetings, demos, proposals.",
    (
        Column("activity", "id", "The activity's code.", example="t-1"),
        Column("kind", "choice", "What it was.", choices=ACTIVITY_KINDS, example="call", aliases=("type", "activity type")),
        Column("person", "id", "Who did it.", refers_to="people", example="rita", aliases=("owner", "owner id")),
        Column("happened_on", "day", "The day it happened.", example="2025-03-03", aliases=("activity date", "date")),
        Column("account", "id", "With whom.", is_required=False, refers_to="accounts", example="a-100"),
        Column("opportunity", "id", "About which deal.", is_required=False, refers_to="opportunities", example="d-1"),
        Column("minutes", "count", "How long it took.", is_required=False, unit="minutes", example="25"),
        Column("outcome", "text", "What came of it.", is_required=False, example="reached"),
        Column("subject", "text", "A few words about it.", is_required=False, example="First call"),
    ),
    ("activity",),
)

BOOKINGS: Final = Table(
    "bookings",
    "order or invoice line",
    "What was sold and booked.",
    (
        Column("booking", "id", "The line's code.", example="o-1-1"),
        Column("kind", "choice", "Order or invoice.", is_required=False, choices=BOOKING_KINDS, example="order"),
        Column("person", "id", "Who sold it; empty is read off the deal, then the territory.", is_required=False,
          refers_to="people", example="rita"),
        Column("account", "id", "Who bought.", is_required=False, refers_to="accounts", example="a-100"),
        Column("product", "id", "What was bought.", is_required=False, refers_to="products", example="ridge-1"),
        Column("opportunity", "id", "The deal it came from.", is_required=False, refers_to="opportunities", example="d-1"),
        Column("territory", "id", "The territory it counts in; empty means the account's.", is_required=False,
          refers_to="territories"),
        Column("booked_on", "day", "The day it counts.", example="2025-03-28"),
        Column("amount", "money", "Its value.", example="48000.00"),
        _CURRENCY,
        Column("quantity", "count", "How many.", is_required=False, example="40"),
    ),
    ("booking",),
)

PAYMENTS: Final = Table(
    "payments",
    "payment",
    "Money received.",
    (
        Column("payment", "id", "The payment's code.", example="p-1"),
        Column("booking", "id", "What it pays.", refers_to="bookings", example="o-1-1"),
        Column("paid_on", "day", "The day it arrived.", example="2025-04-15"),
        Column("amount", "money", "How much.", example="24000.00"),
        _CURRENCY,
    ),
    ("payment",),
)

RETURNS: Final = Table(
    "returns",
    "return or cancellation",
    "What came back or was cancelled, as a positive amount.",
    (
        Column("return", "id", "The return's code.", example="r-1"),
        Column("booking", "id", "What is returned.", refers_to="bookings", example="o-1-1"),
        Column("returned_on", "day", "The day it counts.", example="2025-05-02"),
        Column("amount", "money", "Its value, positive.", example="1200.00"),
        _CURRENCY,
        Column("reason", "text", "Why.", is_required=False, example="damaged"),
    ),
    ("return",),
)

CREDIT_SPLITS: Final = Table(
    "credit_splits",
    "person who shares a booking, or every booking of a deal",
    "Who is paid for a booking beside, or instead of, the person on it: shares of one whole, and overlays beside it.",
    (
        Column("booking", "id", "Which booking is shared; empty for a whole deal.", is_required=False, refers_to="bookings",
          example="o-1-1"),
        Column("opportunity", "id", "Which deal is shared, with all its bookings of these days; empty for one booking.",
          is_required=False, refers_to="opportunities"),
        Column("person", "id", "Who gets a share.", refers_to="people", example="rita"),
        Column("role", "text", "split (also when empty): one of the shares that sum to the whole, the owner's too. Any other word, "
          "such as overlay, is credited beside the owner; a comp plan asks for it.", is_required=False, example="split"),
        Column("share", "text", "An exact share, as 0.4 or 40%.", example="100%"),
        Column("effective_from", "day", "First day of the bookings meant; empty means all.", is_required=False),
        Column("effective_to", "day", "First day no longer meant; empty means no end.", is_required=False),
    ),
    ("booking", "opportunity", "person", "role", "effective_from"),
)

TARGETS: Final = Table(
    "targets",
    "target of a holder for a metric and a period",
    "Numbers to reach, in any fiscal period. A wide sheet (one column a month) is turned long by the mapping.",
    (
        Column("holder", "id", "Who carries it: a person, a team, a position or a territory.", example="rita"),
        Column("holder_kind", "choice", "Which of these the holder is; empty is looked up.", is_required=False, choices=HOLDER_KINDS,
          example="person"),
        Column("metric", "text", "Which metric; empty means bookings.", is_required=False, example="bookings"),
        Column("period_kind", "choice", "Month, quarter or year; empty means month.", is_required=False, choices=PERIOD_KINDS,
          example="month"),
        Column("starts_on", "day", "A day in the fiscal period meant, usually its first.", example="2025-03-01"),
        Column("amount", "money", "The number to reach; a plain count for metrics that count.", example="90000.00"),
        _CURRENCY,
        Column("layer", "choice", "Plan or street; empty means plan.", is_required=False, choices=LAYERS),
        Column("is_quota", "flag", "Whether pay depends on it.", is_required=False, example="yes"),
    ),
    ("holder", "metric", "period_kind", "starts_on", "layer"),
)

EXCHANGE_RATES: Final = Table(
    "exchange_rates",
    "rate of a currency on a day",
    "What one unit of a foreign currency was worth in the company's currency.",
    (
        Column("currency", "text", "The foreign currency.", example="EUR"),
        Column("on", "day", "From this day until the next row.", example="2025-03-01"),
        Column("rate", "text", "Company currency per unit, as an exact decimal.", example="1.0842"),
    ),
    ("currency", "on"),
)

TEMPLATES: Final[dict[str, Table]] = {
    table.name: table
    for table in (
        TEAMS, PEOPLE, LEAVE, TERRITORIES, PRODUCTS, ACCOUNTS, EXCHANGE_RATES, POTENTIALS, OPPORTUNITIES, OPPORTUNITY_HISTORY,
        BOOKINGS, ACTIVITIES, PAYMENTS, RETURNS, CREDIT_SPLITS, TARGETS,
    )
}
"""By name, in the order in which they are applied: what is referred to comes first."""
