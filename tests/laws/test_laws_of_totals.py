"""Whatever is imported, corrected and undone in whatever order, the stored totals are those of the current facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dumps import dump
from quarterdeck.services.imports import batch_undone
from quarterdeck.services.totals import totals_differences
from quarterdeck.terms.errors import Refusal
from small_files import COMPANY, SYSTEM, applied, csv

if TYPE_CHECKING:
    from quarterdeck.records.models import Batch

pytestmark = pytest.mark.django_db

File = tuple[str, bytes]

PEOPLE = st.sampled_from(["rita", "sam", "ghost", ""])
DAYS = st.dates().map(lambda day: day.replace(year=2025, month=day.month % 4 + 1, day=min(day.day, 28)).isoformat())
ACCOUNTS = st.sampled_from(["a-1", "a-2", ""])
AMOUNTS = st.sampled_from(["0", "10.00", "-3.50", "1000000.01", ""])
DEALS = st.sampled_from(["d-1", "d-2", "d-3"])
BOOKINGS = st.sampled_from(["b-1", "b-2"])
STAGES = st.sampled_from(["Qualify", "Proposal", "Won", "Lost"])


def rows(*columns: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*columns).map(",".join)


def file(template: str, head: str, *columns: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, bytes]]:
    return st.lists(rows(*columns), min_size=1, max_size=4).map(lambda lines: csv(template, head, *lines))


FILES = st.one_of(
    file("activities", "activity,kind,person,happened_on,minutes", st.sampled_from(["t-1", "t-2", "t-3"]),
        st.sampled_from(["call", "demo"]), PEOPLE, DAYS, st.sampled_from(["5", ""])),
    file("opportunities", "opportunity,owner,account,stage,amount,opened_on,closed_on", DEALS, PEOPLE, ACCOUNTS, STAGES,
        AMOUNTS, DAYS, DAYS),
    file("opportunity_history", "opportunity,effective_from,stage,amount,owner", DEALS, DAYS, STAGES, AMOUNTS, PEOPLE),
    file("bookings", "booking,person,account,opportunity,booked_on,amount", st.sampled_from(["b-1", "b-2"]), PEOPLE,
        ACCOUNTS, st.one_of(DEALS, st.just("")), DAYS, AMOUNTS),
    file("payments", "payment,booking,paid_on,amount", st.sampled_from(["p-1", "p-2"]), BOOKINGS,
        DAYS, AMOUNTS),
    file("returns", "return,booking,returned_on,amount", st.just("r-1"), BOOKINGS, DAYS, AMOUNTS),
    file("accounts", "account,segment,territory", st.sampled_from(["a-1", "a-2"]),
        st.sampled_from(["retail", "trade", ""]), st.sampled_from(["north", ""])),
    file("territories", "territory,person,effective_from,effective_to", st.just("north"),
        st.sampled_from(["rita", "sam", ""]), st.sampled_from(["2024-01-01", "2025-03-01"]),
        st.sampled_from(["2025-03-01", "2026-01-01", ""])),
)  # fmt: skip
STEPS = st.lists(st.one_of(FILES, st.integers(0, 5)), min_size=1, max_size=7)
"""A file to import, or the number of an earlier batch to undo."""

CHEAP = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True)
def company(db: None) -> Batch:  # noqa: ARG001  the database first
    return applied(*COMPANY)


@given(STEPS)
@CHEAP
def test_stored_totals_are_those_of_the_facts_after_any_sequence_of_writes(steps: list[Any]) -> None:
    with transaction.atomic():
        batches = []
        for step in steps:
            if not isinstance(step, int):
                batches.append(applied(step))
            elif step < len(batches):
                _undone(batches[step])
        assert totals_differences().rows() == []
        transaction.set_rollback(True)


def _undone(batch: Batch) -> None:
    try:
        batch_undone(SYSTEM, batch)
    except Refusal as refusal:
        assert refusal.rule in {"built_upon", "not_applied"}  # noqa: PT017  either rule is an answer


@given(st.lists(FILES, min_size=1, max_size=4), FILES)
@CHEAP
def test_undoing_the_last_batch_gives_back_all_that_was_seen(before: list[File], last: File) -> None:
    with transaction.atomic():
        for one in before:
            applied(one)
        seen = dump()
        batch_undone(SYSTEM, applied(last))
        assert dump() == seen
        transaction.set_rollback(True)


@given(st.lists(FILES, min_size=1, max_size=4))
@CHEAP
def test_undoing_all_batches_from_last_to_first_leaves_nothing(files: list[File]) -> None:
    with transaction.atomic():
        seen = dump()
        for batch in reversed([applied(one) for one in files]):
            batch_undone(SYSTEM, batch)
        assert dump() == seen
        transaction.set_rollback(True)


@given(st.lists(FILES, min_size=1, max_size=3))
@CHEAP
def test_importing_the_same_files_again_changes_nothing(files: list[File]) -> None:
    with transaction.atomic():
        for one in files:
            applied(one)
        seen = dump()
        applied(files[-1])
        assert dump() == seen
        transaction.set_rollback(True)
