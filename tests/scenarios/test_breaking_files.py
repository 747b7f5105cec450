"""Files that would break a tree, a key or a sum: each gets a finding or a refusal, and the desks still open."""

from __future__ import annotations

import pytest

from quarterdeck.records.models import Account, Activity, Booking, Person, Seat, TeamLink
from quarterdeck.services.calendar import company_changed
from quarterdeck.services.imports import batch_undone, findings_of
from quarterdeck.services.totals import totals_differences
from quarterdeck.terms.errors import Refusal
from small_files import COMPANY, SYSTEM, applied, csv
from walking import pages, signed_in

pytestmark = pytest.mark.django_db


def rules(batch: object) -> dict[tuple[str, str], str]:
    """Severity by rule and value."""
    return {(one.rule, one.value): one.severity for one in findings_of(SYSTEM, batch)}  # type: ignore[arg-type]  # a batch


def tree() -> dict[str, str | None]:
    return dict(TeamLink.current.values_list("team__code", "parent__code"))


@pytest.fixture(autouse=True)
def company() -> None:
    applied(*COMPANY)


def desks_open() -> None:
    for who in ("dana", "rita"):
        client = signed_in(Person.objects.get(code=who))
        for address in pages():
            answer = client.get(address, follow=True)
            assert answer.status_code in (200, 403, 404, 405), (who, address, answer.status_code)


def test_a_team_that_would_hang_under_itself_keeps_its_place() -> None:
    batch = applied(
        csv("teams", "team,name,parent", "company,Company,east", "x,X,y", "y,Y,x", "z,Z,z", "good,Good,east")
    )
    assert tree() == {"company": None, "east": "company", "west": "company", "good": "east"}
    found = rules(batch)
    assert {value for rule, value in found if rule == "team_cycle"} == {"company", "x", "y", "z"}
    assert found["team_cycle", "x"] == "error"
    desks_open()


def test_teams_that_change_places_on_a_day_are_no_cycle() -> None:
    batch = applied(csv("teams", "team,name,parent,effective_from,effective_to", "a,A,b,,2025-01-01",
        "b,B,company,,2025-01-01", "a,A,company,2025-01-01,", "b,B,a,2025-01-01,"))  # fmt: skip
    assert not [rule for rule, _ in rules(batch) if rule == "team_cycle"]
    assert TeamLink.current.filter(team__code__in=["a", "b"]).count() == 4


def test_a_batch_whose_undoing_would_close_a_circle_is_not_undone() -> None:
    applied(csv("teams", "team,name,parent", "a,A,east", "b,B,a"))
    moved = applied(csv("teams", "team,name,parent", "b,B,west"))
    applied(csv("teams", "team,name,parent", "a,A,b"), system="other")
    with pytest.raises(Refusal, match="under itself") as refused:
        batch_undone(SYSTEM, moved)
    assert refused.value.rule == "cycle"
    assert tree()["b"] == "west"
    desks_open()


def test_two_people_in_one_seat_are_a_finding() -> None:
    head = "person,name,hat,team,position,effective_from,effective_to"
    batch = applied(csv("people", head, "rita,Rita Moreno,rep,east,s1,2025-01-01,",
        "sam,Sam Okafor,rep,east,s1,2025-03-01,",
        "dana,Dana Quill,rep,east,s2,2025-01-01,2025-02-01", "sam,Sam Okafor,rep,east,s2,2025-02-01,"))  # fmt: skip
    assert {key for key in rules(batch) if key[0] == "seat_shared"} == {("seat_shared", "s1")}
    later = applied(csv("people", head, "dana,Dana Quill,rep,east,s1,2025-05-01,"))
    assert rules(later)["seat_shared", "s1"] == "warning"
    assert Seat.current.filter(position__code="s1").count() == 3
    desks_open()


def test_codes_that_are_alike_as_far_as_they_are_kept_are_not_made_one() -> None:
    long = "x" * 350
    batch = applied(csv("activities", "activity,kind,person,happened_on", f"{long}1,call,rita,2025-03-03",
        f"{long}2,call,rita,2025-03-04", "fine,call,rita,2025-03-05"),
        csv("accounts", "account,name", f"{long}1,A", f"{long}2,B", "n,Fine"))  # fmt: skip
    assert list(Activity.current.values_list("source_id", flat=True)) == ["fine"]
    assert set(Account.visible.values_list("code", flat=True)) == {"a-1", "a-2", "n"}
    severities = [severity for (rule, _), severity in rules(batch).items() if rule == "key_too_long"]
    assert severities
    assert set(severities) == {"error"}
    assert batch.counts["activities"]["left_out"] == 2


def test_amounts_that_no_sum_can_hold_are_refused_whole() -> None:
    lines = [f"b-{at},rita,2025-01-01,10000000000000" for at in range(9_300)]
    with pytest.raises(Refusal) as refused:
        applied(csv("bookings", "booking,person,booked_on,amount", *lines))
    assert refused.value.rule == "overflow"
    assert Booking.objects.count() == 0
    assert totals_differences().is_empty()


def test_the_currency_stays_once_there_are_amounts() -> None:
    applied(csv("bookings", "booking,person,booked_on,amount", "b,rita,2025-01-01,5"))
    with pytest.raises(Refusal) as refused:
        company_changed(SYSTEM, currency="JPY")
    assert refused.value.rule == "settings"


def test_accounts_that_belong_to_each_other_open() -> None:
    applied(csv("accounts", "account,name,parent", "p,P,q", "q,Q,p", "r,R,r"))
    client = signed_in(Person.objects.get(code="dana"))
    for pk in Account.visible.values_list("pk", flat=True):
        assert client.get(f"/accounts/{pk}").status_code == 200


def test_days_at_the_ends_of_time_and_absences_one_over_another_do_no_harm() -> None:
    applied(
        csv("activities", "activity,kind,person,happened_on", "t1,call,rita,0001-01-01", "t2,call,rita,9999-12-31",
            "t3,call,rita,2025-03-03T23:30:00-11:00"),
        csv("opportunities", "opportunity,owner,stage,amount,opened_on,close_on,closed_on",
            "d1,rita,Open,10,,9999-12-31,",
            "d2,rita,Won,10,2025-01-01,,9999-12-31"),
        csv("leave", "person,starts_on,ends_on", "rita,2025-01-01,2025-02-01", "rita,2025-01-15,9999-12-31"),
        csv("targets", "holder,metric,period_kind,starts_on,amount", "rita,bookings,year,9999-12-31,5",
            "rita,bookings,month,2025-06-01,92233720368547758.07"),
    )  # fmt: skip
    assert totals_differences().is_empty()
    assert Activity.current.get(source_id="t3").happened_on.isoformat() == "2025-03-03"
    desks_open()


def test_a_calendar_that_cuts_through_targets_is_refused_and_one_with_the_same_months_is_not() -> None:
    applied(csv("targets", "holder,metric,period_kind,starts_on,amount", "rita,bookings,month,2025-03-01,5"))
    with pytest.raises(Refusal, match="2025-03-01 to 2025-03-31") as refused:
        company_changed(SYSTEM, calendar={"kind": "4-4-5", "anchor": "2024-12-30"})
    assert refused.value.rule == "settings"
    assert company_changed(SYSTEM, calendar={"first_month": 7}).calendar["first_month"] == 7
    desks_open()
