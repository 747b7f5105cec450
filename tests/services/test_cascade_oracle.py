"""A goal's cells against SQL over the tables they are stored in: every level and every month sums, to the unit.

Beside what the demo company has (a vacancy, a person with two hats, one who moved in mid-year) there are a team without
people, a person with a rep's seat in two teams, and one who is to move during the goal's year.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest
from django.db import connection

from quarterdeck.records.models import Person, Position, Target, Team
from quarterdeck.services.goals import GoalDraft, goal_set
from quarterdeck.services.imports import batch_applied, batch_created
from quarterdeck.terms.money import MAX_MINOR
from small_files import csv

if TYPE_CHECKING:
    from companies import Loaded

pytestmark = pytest.mark.django_db

MORE: Final = (
    csv("teams", "team,name,parent", "north,North,east", "empty,Empty,company", "hollow,Hollow,empty"),
    csv("people", "person,name,email,hat,team,position,effective_from,effective_to",
        "twice,Twice Seated,,rep,north,north-1,2026-01-01,", "twice,Twice Seated,,rep,west,west-9,2026-01-01,",
        "mover,Mona Mover,,rep,north,north-2,,2026-07-01", "mover,Mona Mover,,rep,west,west-8,2026-07-01,"),
)  # fmt: skip
CELLS: Final = """
    SELECT t.starts_on, t.amount, 'team' AS kind, t.team_id AS id, l.parent_id AS above
    FROM target t JOIN team_link l ON l.team_id = t.team_id AND l.superseded_at IS NULL
      AND coalesce(l.effective_from, %(day)s) <= %(day)s AND coalesce(l.effective_to, '9999-01-01') > %(day)s
    WHERE t.goal_id = %(goal)s AND t.superseded_at IS NULL
    UNION ALL
    SELECT t.starts_on, t.amount, 'person', t.person_id, (
      SELECT p.team_id FROM seat s JOIN position p ON p.id = s.position_id
      WHERE s.person_id = t.person_id AND p.hat = 'rep' AND s.superseded_at IS NULL
        AND coalesce(s.effective_from, %(day)s) <= %(day)s AND coalesce(s.effective_to, '9999-01-01') > %(day)s
      ORDER BY p.id LIMIT 1)
    FROM target t WHERE t.goal_id = %(goal)s AND t.superseded_at IS NULL AND t.person_id IS NOT NULL
    UNION ALL
    SELECT t.starts_on, t.amount, 'position', t.position_id, p.team_id
    FROM target t JOIN position p ON p.id = t.position_id
    WHERE t.goal_id = %(goal)s AND t.superseded_at IS NULL
"""
WRONG: Final = f"""
    WITH cell AS ({CELLS})
    SELECT up.id, up.starts_on, up.amount, sum(down.amount) FROM cell up LEFT JOIN cell down
      ON down.above = up.id AND down.starts_on = up.starts_on
    WHERE up.kind = 'team' GROUP BY up.id, up.starts_on, up.amount
    HAVING sum(down.amount) IS NULL OR sum(down.amount) <> up.amount
"""


def asked(sql: str, goal: int, day: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"goal": goal, "day": day})
        return list(cursor.fetchall())


def nodes(goal: int, day: str) -> set[tuple[object, ...]]:
    return set(asked(f"SELECT DISTINCT kind, id FROM ({CELLS}) c", goal, day))


@pytest.fixture
def company(demo_company: Loaded) -> Loaded:
    batch_applied(demo_company.actor, batch_created(demo_company.actor, MORE))
    return demo_company


def draft(**more: object) -> GoalDraft:
    top = Team.objects.get(code="company")
    return GoalDraft(**{"metric": "bookings", "fiscal_year": 2026, "team_id": top.pk, "amount": 4_123_456_78, **more})  # type: ignore[arg-type]  # what a test names


@pytest.mark.parametrize(
    "more", [{}, {"basis": "even"}, {"amount": 1}, {"amount": 7}, {"amount": MAX_MINOR}, {"amount": 2**53 + 1},
        {"metric": "deals_won", "amount": 101}, {"fiscal_year": 2027}, {"fiscal_year": 2025}],
)  # fmt: skip
def test_every_level_and_every_month_sums_as_sql_adds_it_up(company: Loaded, more: dict[str, object]) -> None:
    goal = goal_set(company.actor, draft(**more))
    day = f"{goal.fiscal_year}-01-01"
    assert asked(WRONG, goal.pk, day) == []
    [(months, whole)] = asked(
        f"SELECT count(*), sum(amount) FROM ({CELLS}) c WHERE above IS NULL AND kind = 'team'", goal.pk, day
    )
    assert (months, whole) == (12, goal.amount)
    [(below,)] = asked(f"SELECT sum(amount) FROM ({CELLS}) c WHERE kind <> 'team'", goal.pk, day)
    assert below == goal.amount


def test_everybody_who_carries_has_cells_and_nobody_else(company: Loaded) -> None:
    goal = goal_set(company.actor, draft())
    found = {
        kind: {number for name, number in nodes(goal.pk, "2026-01-01") if name == kind}
        for kind in ("team", "person", "position")
    }
    teams = dict(Team.visible.values_list("code", "pk"))
    people = set(Person.visible.filter(pk__in=found["person"]).values_list("code", flat=True))
    assert found["team"] == set(teams.values()) - {teams["empty"], teams["hollow"]}
    assert people == {"rita", "kofi", "hana", "lena", "owen", "yuki", "toma", "twice", "mover"}
    seats = Position.objects.filter(pk__in=found["position"]).order_by("pk").values_list("code", flat=True)
    assert list(seats) == ["east-4", "hana:rep:west", "west-9"], "two that were left, and the second of two"


def test_a_goal_set_again_leaves_one_current_cell_per_node_and_month(company: Loaded) -> None:
    goal_set(company.actor, draft())
    goal = goal_set(replace(company.actor), draft(amount=999_999_99, basis="even"))
    assert asked(WRONG, goal.pk, "2026-01-01") == []
    by_hand = Target.current.filter(goal__isnull=False)
    assert set(by_hand.values_list("goal_id", flat=True)) == {goal.pk}
    assert by_hand.count() == 12 * len(nodes(goal.pk, "2026-01-01"))
