"""Potential by account, territory or segment: exactly one a row, none below zero, undone like any other fact."""

from __future__ import annotations

import pytest

from quarterdeck.records.models import Batch, Potential, Segment
from quarterdeck.services.imports import batch_undone, findings_of
from small_files import COMPANY, SYSTEM, applied, csv

HEADER = "account,territory,segment,effective_from,amount,currency"
pytestmark = pytest.mark.django_db


def test_each_row_says_one_thing_and_what_does_not_is_told() -> None:
    applied(*COMPANY)
    batch = applied(
        csv(
            "potentials",
            HEADER,
            "a-1,,,2025-01-01,1000.00,",
            ",,mining,,5000000.00,",
            "a-1,,mining,,10.00,",
            ",,,,20.00,",
            ",,farming,,-1.00,",
            "ghost,,,,30.00,",
            ",,weaving,,,",
            "a-1,,,,40.00,XXX",
        )
    )
    found = Potential.current.values_list("account__code", "segment__code", "amount_minor")
    assert set(found) == {("a-1", None, 1_000_00), (None, "mining", 5_000_000_00)}
    told = {one.rule: one.severity for one in findings_of(SYSTEM, batch)}
    assert {"no_place", "potential_below_zero", "unknown_reference"} <= told.keys()
    assert told["unknown_reference"] == "error"


def test_the_same_file_twice_changes_nothing_and_a_batch_is_undone() -> None:
    applied(*COMPANY)
    rows = csv("potentials", HEADER, "a-1,,,,1000.00,", ",,mining,2026-01-01,7.00,")
    first = applied(rows)
    applied(rows)
    assert Potential.objects.count() == 2
    applied(csv("potentials", HEADER, "a-1,,,,900.00,"))
    assert Potential.current.get(account__code="a-1").amount_minor == 900_00
    batch_undone(SYSTEM, Batch.objects.latest("pk"))
    assert Potential.current.get(account__code="a-1").amount_minor == 1_000_00
    batch_undone(SYSTEM, first)
    assert not Potential.current.exists()
    assert not Segment.visible.filter(code="mining").exists()
