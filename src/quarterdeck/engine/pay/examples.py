"""A plan's own worked examples, run as the plan itself is: a plan whose examples fail is not published.

    - name: half way                                        events, people, values  ->  pay_run  ->  compared with
    expect
      values: {quota: 100000}
      events: [{on: 2025-03-31, amount: 50000}]       ->    nothing, or: half way: payouts commission: amount is 4000,
      not 5000 expect: {payouts: [{component: commission, amount: 5000}]}

Amounts are in the currency's own unit, as people write them. A row of `expect` finds rows by its texts and days, and
compares the sums of its numbers; `null` says that there are no such rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from quarterdeck.engine.pay.amortisation import amortisations
from quarterdeck.engine.pay.exact import fraction
from quarterdeck.engine.pay.facts import PayFacts, collected
from quarterdeck.engine.pay.findings import pay_findings
from quarterdeck.engine.pay.run import PayRun, pay_run
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.findings import Finding
from quarterdeck.terms.money import minor_digits, whole
from quarterdeck.terms.pay import (
    PAY_EVENTS,
    PAY_EXCHANGE,
    PAY_PEOPLE,
    PAY_RECEIPTS,
    PAY_SETTLED,
    PAY_SPLITS,
    PAY_VALUES,
)

if TYPE_CHECKING:
    from quarterdeck.engine.pay.definitions import Plan
    from quarterdeck.terms.tables import Frame, Table

SOMEBODY: Final = "rep"
"""Who an example is about when it names nobody."""
_ALIASES: Final = {
    "id": "event_id",
    "event": "event_id",
    "on": "happened_on",
    "person": "person_id",
    "manager": "manager_id",
    "team": "team_id",
    "deal": "deal_id",
    "amount": "amount_minor",
    "from": "effective_from",
    "to": "effective_to",
}


def plan_examples(plan: Plan) -> list[Finding]:
    """What the plan's examples promise and the plan does not do; empty when all hold.

    >>> from quarterdeck.engine.pay.reading import plan_from_text
    >>> plan = plan_from_text('''{plan: reps, currency: USD, effective_from: 2025-01-01, effective_to: 2026-01-01,
    ...   measures: {sales: {window: year}}, components: [{name: commission, measure: sales, rate: 8%}],
    ...   examples: [{name: small, events: [{amount: 100}],
    ...     expect: {payouts: [{component: commission, amount: 9}]}}]}''')
    >>> [finding.message for finding in plan_examples(plan)]
    ['small: payouts of component commission: amount is 8, not 9.']
    """
    return [
        Finding(
            file=plan.name,
            row=None,
            column=f"examples[{at}]",
            value=str(example["name"]),
            rule="plan_example",
            severity="error",
            message=f"{example['name']}: {why}.",
            remedy="Correct the plan, or the example.",
        )
        for at, example in enumerate(plan.examples)
        for why in _failures(plan, example)
    ]


def _failures(plan: Plan, example: Mapping[str, Any]) -> Iterator[str]:
    try:
        facts = example_facts(plan, example)
    except (KeyError, ValueError, TypeError) as error:
        yield f"its rows cannot be read: {error}"
        return
    try:
        run, findings = example_run(plan, example, facts)
    except Refusal as refusal:
        expected = example["expect"].get("refused")
        if not expected or refusal.rule != expected[0].get("rule"):
            yield f"it is refused: {refusal.why.rstrip('.')}"
        return
    expect = dict(example["expect"])
    wanted = [one.get("rule") for one in expect.pop("findings", ())]
    found = [one for one in findings if one.severity == "error"]
    yield from (f"{one.rule}: {one.message.rstrip('.')}" for one in found if one.rule not in wanted)
    yield from (f"no finding of {rule}" for rule in wanted if rule not in {one.rule for one in found})
    tables = _tables(plan, run)
    for name, rows in expect.items():
        if name not in tables:
            yield f"there is no table {name!r}; there are {', '.join(tables)}"
            continue
        for row in rows:
            yield from _differences(plan, name, tables[name], row)


def example_run(plan: Plan, example: Mapping[str, Any], facts: PayFacts) -> tuple[PayRun, list[Finding]]:
    """The run of an example, by default up to the plan's last day, and what is wrong with its facts."""
    as_of = _day(example.get("as_of")) or plan.effective_to - dt.timedelta(days=1)
    findings = pay_findings(plan, facts, as_of)
    run = pay_run(plan, facts, as_of, open_from=_day(example.get("open_from")))
    return run, [*findings, *run.findings]


def example_facts(plan: Plan, example: Mapping[str, Any]) -> PayFacts:
    """The frames of an example's rows. What it leaves out is one person, on the plan all the time, on its first day."""
    events = [
        {"id": f"e{at}", "person": SOMEBODY, "on": plan.effective_from, **row}
        for at, row in enumerate(example.get("events", ()), start=1)
    ]
    people = example.get("people") or [{"person": SOMEBODY, "hat": "rep"}]
    values = example.get("values", [])
    rows = [{"name": name, "value": value} for name, value in values.items()] if isinstance(values, Mapping) else values
    worth = {str(row["id"]): row.get("currency") or plan.currency for row in events}
    receipts = [
        {"currency": worth.get(str(row.get("event")), plan.currency), **row} for row in example.get("receipts", ())
    ]
    return PayFacts(
        _frame(PAY_EVENTS, events, plan).lazy(),
        _frame(PAY_PEOPLE, people, plan),
        _frame(PAY_VALUES, rows, plan),
        _frame(PAY_SPLITS, example["splits"], plan).lazy() if "splits" in example else None,
        _frame(PAY_EXCHANGE, example.get("exchange", ()), plan),
        _frame(PAY_RECEIPTS, [_renamed(row, {"on": "paid_on"}) for row in receipts], plan).lazy(),
        _frame(PAY_SETTLED, example.get("settled", ()), plan),
    )


def _renamed(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in row.items()}


def _frame(table: Table, rows: Sequence[Mapping[str, Any]], plan: Plan) -> Frame:
    """Rows as people write them, as the table's columns; further columns are kept, as numbers or texts."""
    is_exchange = table is PAY_EXCHANGE
    named = [{name if is_exchange else _ALIASES.get(name, name): value for name, value in row.items()} for row in rows]
    schema = dict(table.schema)
    extra = {name: value for row in named for name, value in row.items() if name not in schema and name != "currency"}
    schema |= {
        name: nw.Int64 if isinstance(value, int) and not isinstance(value, bool) else nw.String
        for name, value in extra.items()
    }
    data = {name: [_cell(row.get(name), kind, row, name, plan) for row in named] for name, kind in schema.items()}
    return nw.from_dict(data, schema, backend="polars")


def _cell(value: Any, kind: Any, row: Mapping[str, Any], name: str, plan: Plan) -> Any:  # noqa: ANN401  cells of any kind
    if value is None:
        return None
    if kind == nw.Date:
        return _day(value)
    if name.endswith("_minor"):
        return whole(fraction(str(value)) * 10 ** minor_digits(row.get("currency") or plan.currency))
    return int(value) if kind == nw.Int64 else str(value)


def _day(value: object) -> dt.date | None:
    return None if value is None else value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))


def _tables(plan: Plan, run: PayRun) -> dict[str, Frame]:
    found = {
        "credits": collected(run.credits),
        "measures": run.measures,
        "payouts": run.payouts,
        "settlements": run.settlements,
        "lines": run.lines,
    }
    if plan.capitalised_months:
        found["amortisations"] = amortisations(run.settlements, plan.capitalised_months)
    return found


def _differences(plan: Plan, name: str, frame: Frame, row: Mapping[str, Any]) -> Iterator[str]:
    columns = {_short(column): column for column in frame.columns}
    if unknown := sorted(set(row) - set(columns)):
        yield f"{name} has no {', '.join(unknown)}; it has {', '.join(columns)}"
        return
    kinds = frame.schema
    keys = {key: value for key, value in row.items() if kinds[columns[key]] in {nw.String, nw.Date}}
    rows = frame
    for key, value in keys.items():
        rows = rows.filter(_is(nw.col(columns[key]), kinds[columns[key]], value))
    who = f"{name} of {', '.join(f'{key} {value}' for key, value in keys.items())}" if keys else name
    for key in row:
        if key not in keys and (why := _unlike(plan, rows, columns[key], row[key])):
            yield f"{who}: {key} is {why}"


def _is(column: nw.Expr, kind: Any, value: object) -> nw.Expr:  # noqa: ANN401  a type of narwhals
    if value is None:
        return column.is_null()
    return column == (_day(value) if kind == nw.Date else str(value))


def _unlike(plan: Plan, rows: Frame, column: str, expected: object) -> str:
    """How the sum differs from what was expected, or nothing."""
    if expected is None or not len(rows):
        return "" if expected is None and not len(rows) else f"{'there' if len(rows) else 'missing'}, not {expected}"
    wanted = fraction(str(expected))
    if column == "attainment":
        digits = len(str(expected).rstrip("%").partition(".")[2]) + (2 if str(expected).endswith("%") else 0)
        found = Fraction(round(Fraction(rows[column][0] or 0), digits))
    else:
        found = Fraction(int(rows[column].sum()), _scale(plan, column, rows))
    return "" if found == wanted else f"{_plain(found)}, not {_plain(wanted)}"


def _scale(plan: Plan, column: str, rows: Frame) -> int:
    """Minor units per unit in which a column is written: of measures, by what they measure."""
    named = "measure" if "measure" in rows.columns else "component"
    names = set(rows[named].drop_nulls().to_list()) if named in rows.columns else set()
    measures = names if named == "measure" else {plan.component(name).measure for name in names}
    is_money = column.endswith("_minor") or {plan.measures[name].unit for name in measures} == {"money"}
    return int(10 ** minor_digits(plan.currency)) if is_money and column != "band" else 1


def _plain(value: Fraction) -> str:
    return f"{value.numerator}" if value.denominator == 1 else f"{float(value):.6g}"


def _short(column: str) -> str:
    return "for" if column == "for_starts_on" else column.removesuffix("_minor").removesuffix("_id")
