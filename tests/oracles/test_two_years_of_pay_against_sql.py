"""The demo company's two years, run and locked month by month and corrected by a late return, against SQL by hand.

`company_pay.sql` reads the company's rows as they lie in the database and knows nothing of plan files, runs or the
engine. What every run paid, and what was posted later for its month, must come to its figures to the cent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb
import polars as pl
import pytest
from django.db import connection, transaction

from quarterdeck.records.models import Booking, PayLine, PayPayout, PayRun, PaySettlement, Return, Seat
from quarterdeck.services.pay import demo
from quarterdeck.services.pay.assignments import person_assigned
from quarterdeck.services.pay.plans import comp_plan_drafted, comp_plan_published
from quarterdeck.services.pay.runs import (
    pay_run_approved,
    pay_run_checked,
    pay_run_locked,
    pay_run_made,
    pay_run_previewed,
)

if TYPE_CHECKING:
    from companies import Loaded

FIRST, N_MONTHS, LATE_AFTER = dt.date(2024, 1, 1), 24, 15
SQL: Final = (Path(__file__).parent / "company_pay.sql").read_text(encoding="utf-8")
QUOTAS: Final = {"reps": (40_000, 7_500), "managers": (150_000, 50_000)}
"""A month's, in whole dollars: the first person's, and so much more for each that follows."""
Assigned = list[tuple[str, int, int]]
"""Plan, person, a month's quota in cents."""
pytestmark = pytest.mark.django_db
TABLES: Final = {
    "booking": "id, source_system, source_id, credited_id, booked_on, amount_minor, superseded_at",
    "return": "source_system, source_id, booking_source_id, returned_on, amount_minor, superseded_at",
    "seat": "person_id, position_id, effective_from, effective_to, superseded_at",
    "position": "id, team_id, hat",
    "team_link": "team_id, parent_id, effective_from, effective_to, superseded_at",
}


def text_of(name: str) -> str:
    """The demo's plan, for two years."""
    text = (Path(demo.__file__).parent / f"{name}.yaml").read_text(encoding="utf-8")
    return text.replace("NEXT", "2026").replace("YEAR", "2024")


def two_years(company: Loaded) -> Assigned:
    """Run them; what was assigned: plan, person, a month's quota in cents."""
    actor = replace(company.actor, now=company.actor.now + dt.timedelta(hours=1))
    assigned = []
    for name, hat in (("reps", "rep"), ("managers", "manager")):
        made = comp_plan_drafted(actor, text_of(name))
        comp_plan_published(actor, made.pk)
        value = "quota" if name == "reps" else "team_quota"
        people = Seat.current.filter(position__hat=hat).order_by("person_id").values_list("person_id", flat=True)
        least, more = QUOTAS[name]
        for at, person in enumerate(dict.fromkeys(people)):
            quota = least + more * at
            person_assigned(actor, made.plan_id, person, effective_from=FIRST, values={value: str(quota)})
            assigned.append((name, person, quota * 100))
    for at in range(N_MONTHS):
        actor = replace(actor, now=actor.now + dt.timedelta(minutes=1))
        if at == LATE_AFTER:
            came_back_late(actor.now)
        run = pay_run_made(actor)
        pay_run_previewed(actor, run.pk)
        pay_run_approved(actor, run.pk, note="Looked at.")
        pay_run_locked(actor, run.pk)
    return assigned


def came_back_late(known_at: dt.datetime) -> None:
    """Half of 2024's largest order went back in that November, and is known more than a year after."""
    order = Booking.current.filter(booked_on__lt=dt.date(2024, 11, 1), booked_on__gte=FIRST).order_by("-amount_minor")[
        0
    ]
    Return.objects.create(
        source_system=order.source_system, source_id="late", booking_source_id=order.source_id,
        returned_on=dt.date(2024, 11, 12), amount_minor=order.amount_minor // 2 + 1, known_at=known_at,
    )  # fmt: skip


@pytest.fixture(scope="module")
def assigned(demo_company: Loaded, django_db_blocker: Any) -> Iterator[Assigned]:
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        found = two_years(demo_company)
    yield found
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


def reckoned(assigned: Assigned, *, with_late: bool) -> dict[tuple[str, int, str, dt.date], int]:
    """What the SQL says, by plan, person, component and month; nothing is left out."""
    with duckdb.connect() as duck:
        for name, columns in TABLES.items():
            duck.register(f"{name}_rows", _table(name, columns))
            duck.execute(f'create view "{name}" as from "{name}_rows"')
        plans = pl.DataFrame(assigned, schema=["plan", "person", "quota"], orient="row")
        duck.register("assigned", plans)
        sql = SQL.format(with_late=with_late, first=FIRST, n_months=N_MONTHS)
        rows = duck.execute(sql).fetchall()
    return {(plan, person, component, day): pay for plan, person, component, day, pay in rows if pay}


def _table(name: str, columns: str) -> pl.DataFrame:
    """A table's rows, days as days, as either database gives them."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {columns} FROM "{name}"')
        rows = cursor.fetchall()
    frame = pl.DataFrame(rows, schema=columns.split(", "), orient="row", infer_schema_length=None)
    days = [one for one in frame.columns if one.endswith("_on") or one.startswith("effective_")]
    written = [one for one in days if frame.schema[one] in {pl.String, pl.Null}]
    instants = [one for one in frame.columns if one == "superseded_at"]
    as_days = [pl.col(one).cast(pl.String).str.to_date() for one in written]
    return frame.with_columns(*as_days, *(pl.col(one).cast(pl.String) for one in instants))


def test_every_run_paid_what_the_sql_says_of_what_was_known_then(assigned: Assigned) -> None:
    then, whole = reckoned(assigned, with_late=False), reckoned(assigned, with_late=True)
    runs = list(PayRun.objects.order_by("starts_on"))
    assert [run.starts_on.month for run in runs] == [*range(1, 13)] * 2
    paid = PayPayout.objects.exclude(amount_minor=0).values_list(
        "version__plan__code", "person_id", "component", "run__starts_on", "amount_minor"
    )
    found = {(plan, person, part, day): amount for plan, person, part, day, amount in paid}
    until = runs[LATE_AFTER].starts_on
    expected = {key: pay for key, pay in then.items() if key[3] < until} | {
        key: pay for key, pay in whole.items() if key[3] >= until
    }
    assert len(expected) > 150
    assert found == expected


def test_what_was_posted_late_brings_every_month_to_what_the_sql_says_in_the_end(assigned: Assigned) -> None:
    whole = reckoned(assigned, with_late=True)
    found: dict[tuple[str, int, str, dt.date], int] = {}
    paid = PayPayout.objects.values_list(
        "version__plan__code", "person_id", "component", "run__starts_on", "amount_minor"
    )
    late = PayLine.objects.filter(kind="correction").values_list(
        "version__plan__code", "person_id", "component", "for_starts_on", "amount_minor"
    )
    assert late, "the return is a correction of two people at least"
    for *key, amount in (*paid, *late):
        found[tuple(key)] = found.get(tuple(key), 0) + amount  # type: ignore[index]  four columns
    assert {key: amount for key, amount in found.items() if amount} == whole
    assert set(late.values_list("run__starts_on", flat=True)) == {dt.date(2025, 1 + LATE_AFTER - 12, 1)}


def test_what_was_paid_and_what_is_carried_come_to_what_was_earned(assigned: Assigned) -> None:
    whole = reckoned(assigned, with_late=True)
    for plan, person, _ in assigned:
        of = {"version__plan__code": plan, "person_id": person}
        rows = list(PaySettlement.objects.filter(**of).order_by("run__starts_on"))
        earned = sum(pay for (named, who, *_), pay in whole.items() if (named, who) == (plan, person))
        assert sum(row.paid_minor for row in rows) + rows[-1].carried_minor == earned, (plan, person)
        assert sum(PayLine.objects.filter(**of).values_list("amount_minor", flat=True)) == sum(
            row.paid_minor for row in rows
        )


@pytest.mark.usefixtures("assigned")
def test_a_locked_month_gives_the_same_bytes_again_after_the_return(demo_company: Loaded) -> None:
    run = PayRun.objects.get(starts_on=dt.date(2024, 11, 1))
    assert pay_run_checked(demo_company.actor, run.pk).is_same
