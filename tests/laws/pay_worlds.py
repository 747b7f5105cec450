"""Random plans, people and events, small and hostile, for the laws and the oracle of pay."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import narwhals as nw
from hypothesis import strategies as st

from quarterdeck.engine.pay.facts import PayFacts
from quarterdeck.engine.pay.reading import plan_from_text
from quarterdeck.engine.pay.run import PayRun, pay_run
from quarterdeck.terms.pay import PAY_EVENTS, PAY_PEOPLE, PAY_SPLITS, PAY_VALUES
from quarterdeck.terms.tables import Table

PEOPLE = ("ana", "bo", "çe", "d d")
FIRST, AS_OF = dt.date(2025, 1, 1), dt.date(2025, 7, 31)
AMOUNT = st.integers(-50_000, 400_000)
DAY = st.integers(0, 180).map(lambda n: FIRST + dt.timedelta(days=n))
RATE = st.integers(0, 400).map(lambda n: f"{n / 10:.1f}%")


@dataclass(frozen=True)
class World:
    """Rows of each input, as dicts."""

    events: list[dict[str, Any]]
    people: list[dict[str, Any]]
    values: list[dict[str, Any]]
    splits: list[dict[str, Any]]

    def facts(self, **changed: Any) -> PayFacts:
        rows = {**self.__dict__, **changed}
        return PayFacts(
            frame(PAY_EVENTS, rows["events"]).lazy(),
            frame(PAY_PEOPLE, rows["people"]),
            frame(PAY_VALUES, rows["values"]),
            frame(PAY_SPLITS, rows["splits"]).lazy(),
        )


def frame(table: Table, rows: list[dict[str, Any]]) -> Any:
    return nw.from_dict(
        {name: [row.get(name) for row in rows] for name in table.schema}, table.schema, backend="polars"
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Up to four people under each other, quotas that change, a few events, some of them shared."""
    managers = [None, *(draw(st.sampled_from([None, *PEOPLE[:at]])) for at in range(1, len(PEOPLE)))]
    teams = [draw(st.sampled_from([None, "x", "y"])) for _ in PEOPLE]
    people = [
        {"person_id": who, "manager_id": boss, "team_id": team}
        for who, boss, team in zip(PEOPLE, managers, teams, strict=True)
    ]
    if draw(st.booleans()):
        day = draw(DAY)
        people += [{**people[1], "manager_id": "ana" if managers[1] is None else None, "effective_from": day}]
        people[1] = {**people[1], "effective_to": day}
    events = [
        {
            "event_id": f"e{at}",
            "person_id": draw(st.sampled_from(PEOPLE)),
            "happened_on": draw(DAY),
            "amount_minor": draw(AMOUNT),
        }
        for at in range(draw(st.integers(0, 8)))
    ]
    quotas = [{"person_id": who, "name": "quota", "value": str(draw(st.integers(1, 3000)))} for who in PEOPLE]
    shared = [event["event_id"] for event in events if draw(st.booleans())]
    splits = []
    for event in shared:
        cut = draw(st.integers(0, 1000))
        splits += [
            {"event_id": event, "person_id": "ana", "share": f"{cut / 10:.1f}%"},
            {"event_id": event, "person_id": "bo", "share": f"{(1000 - cut) / 10:.1f}%"},
        ]
    return World(events, people, quotas, splits)


def plan_text(
    component: str, *, measure: str = "{window: year, target: quota}", more: str = "", settlement: str = "{}"
) -> str:
    """A plan with one measure `sales`."""
    return f"""
plan: law
currency: USD
effective_from: 2025-01-01
effective_to: 2026-01-01
values: {{quota: money}}
measures:
  sales: {measure}
{more}
components:
  - {{name: pay, measure: sales, {component}}}
settlement: {settlement}
"""


@st.composite
def bands(draw: st.DrawFn, *, is_rising: bool = True) -> str:
    """Two to five touching bands from zero, of attainment or of money, in YAML."""
    bounds = sorted(draw(st.sets(st.integers(1, 300), min_size=1, max_size=4)))
    values = [draw(st.integers(0, 300)) for _ in range(len(bounds) + 1)]
    values = sorted(values) if is_rising else values
    parts = zip([0, *bounds], values, strict=True)
    return "[" + ", ".join(f"{{from: {low}%, pays: {value / 10:.1f}%}}" for low, value in parts) + "]"


PLANS = st.one_of(
    bands().map(
        lambda found: plan_text(f"table: {{mode: marginal, value: rate, by: attainment(sales), bands: {found}}}")
    ),
    bands(is_rising=False).map(
        lambda found: plan_text(
            f"table: {{mode: retroactive, value: rate, by: attainment(sales), bands: {found}}}, "
            "cap: {amount: 90 USD, excess: carried}"
        )
    ),
    st.just(plan_text("rate: 7.77%, prorate: true", measure="{window: deal}")),
    st.just(plan_text("rate: 3.3%", measure="{window: quarter, credit: {to: roll_up, depth: 1, own: false}}")),
    st.just(plan_text("rate: 50%", measure="{credit: {to: roll_up, share: 33.3%}}")),
    bands().map(
        lambda found: plan_text(
            f"table: {{mode: retroactive_over_target, value: rate, by: attainment(sales), bands: {found}}}",
            measure="{window: quarter, target: quota, credit: splits, "
            "weights: [{where: amount > 100000, weight: 1.25}, {weight: 0.75}]}",
            settlement="{draw: {amount: 100 USD, recovery_share: 30%, limit: 500 USD}}",
        )
    ),
)
"""Plans of each mode and window, in which what one person is credited with is nobody else's business."""
ALL_PLANS = st.one_of(
    PLANS,
    st.just(plan_text("rate: 2.5%", measure="{window: quarter, credit: {to: company, share: 10%}}")),
    st.just(plan_text("rate: 1.9%", measure="{window: month, credit: {to: team}}")),
    st.just(plan_text("pool: {rate: 3%, weight: own}", measure="{credit: {to: company}}", more="  own: {}")),
    st.just(plan_text("rate: 4%", measure="{window: plan, credit: {to: splits}}")),
)
"""Also those in which it is."""


def pay_of(text: str, facts: PayFacts, **more: Any) -> PayRun:
    """A plan run up to AS_OF."""
    return pay_run(plan_from_text(text), facts, AS_OF, **more)


def rows_of(run: PayRun) -> list[Any]:
    """Everything that a run pays."""
    return [run.payouts.rows(), run.settlements.rows(), run.lines.rows()]
