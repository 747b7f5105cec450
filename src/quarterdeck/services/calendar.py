"""The company's own time: its fiscal calendar, the working days of its people, and the rules that hold for all of it.

    rita, US, full time, on leave on 2025-07-07      2025-07-01 to 2025-07-08: 1, 2, 3 July (the 4th is a holiday)

Part time and country belong to the person, the days in the company to their seats, absences to leave.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
from django.db.models import Exists

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.calendar.holiday_days import is_country, public_holidays
from quarterdeck.engine.calendar.workdays import work_days
from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.records.models import (
    Booking,
    CapacityDriver,
    Company,
    Leave,
    MixLimit,
    OpportunityVersion,
    Person,
    Potential,
    Seat,
    Target,
)
from quarterdeck.services import access
from quarterdeck.services.journal import journaled
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.templates import POTENTIAL_OF

if TYPE_CHECKING:
    from quarterdeck.services.actor import Actor
    from quarterdeck.terms.period import Period, PeriodKind
    from quarterdeck.terms.tables import Frame

SETTINGS: Final = ("name", "currency", "country", "time_zone", "calendar", "headline_metric", "shows_as_of")

_PEOPLE: Final = {
    "person_id": nw.Int64, "country": nw.String, "part_time": nw.Float64,
    "effective_from": nw.Date, "effective_to": nw.Date,
}  # fmt: skip
_LEAVE: Final = {"person_id": nw.Int64, "starts_on": nw.Date, "ends_on": nw.Date, "share": nw.Float64}


def company() -> Company:
    """The company; one that was never set up has every default. `has_bookings`, ...: whether there is one."""
    known = {"has_bookings": Exists(Booking.current.all())}
    known |= {"has_mixes": Exists(MixLimit.objects.all()), "has_drivers": Exists(CapacityDriver.objects.all())}
    for kind in POTENTIAL_OF:
        known[f"has_potential_of_{kind}"] = Exists(Potential.current.exclude(**{kind: None}))
    found = Company.objects.annotate(**known).order_by("pk").first()
    return found if isinstance(found, Company) else Company()


def company_for(actor: Actor) -> Company:
    """The company, read once for what an actor asks."""
    if "company" not in actor.memo or actor.is_system:
        actor.memo["company"] = company()
    found: Company = actor.memo["company"]
    return found


def fiscal_calendar(of: Company | None = None) -> FiscalCalendar:
    """The calendar by which the company cuts time."""
    return FiscalCalendar.from_dict((of or company()).calendar)


def period_on(day: dt.date, kind: PeriodKind, of: Company | None = None) -> Period:
    """The company's month, quarter or year in which a day lies."""
    return fiscal_calendar(of).period_of(day, kind)


def worked_days(people: Collection[int], starts_on: dt.date, ends_on: dt.date, *, country: str) -> Frame:
    """Days on which people work in `[starts_on, ends_on)`: a WORK_DAYS frame; three queries.

    `country`: whose holidays hold for people who name none. People without any seat count as always there.
    """
    rows = list(_people_rows(people, country))
    leave = Leave.current.filter(person_id__in=people, starts_on__lt=ends_on, ends_on__gt=starts_on)
    away = list(leave.values_list("person_id", "starts_on", "ends_on", "share"))
    countries = {row[1] for row in rows}
    return work_days(
        _frame(rows, _PEOPLE),
        _frame([(*row[:3], float(row[3])) for row in away], _LEAVE),
        starts_on,
        ends_on,
        holidays=public_holidays(countries, range(starts_on.year, ends_on.year + 1)),
    )


def _people_rows(people: Collection[int], country: str) -> Iterator[tuple[Any, ...]]:
    """A person's days in the company, one row per seat."""
    seats: dict[int, list[tuple[dt.date | None, dt.date | None]]] = {}
    held = Seat.current.filter(person_id__in=people).values_list("person_id", "effective_from", "effective_to")
    for person_id, begins, ends in held:
        seats.setdefault(person_id, []).append((begins, ends))
    known = Person.objects.filter(pk__in=people).values_list("pk", "country", "part_time")
    for person_id, lives_in, part_time in known:
        for begins, ends in seats.get(person_id, [(None, None)]):
            yield person_id, lives_in if is_country(lives_in) else country, float(part_time), begins, ends


def _frame(rows: list[tuple[Any, ...]], schema: dict[str, Any]) -> Frame:
    columns = {name: [row[at] for row in rows] for at, name in enumerate(schema)}
    return nw.from_dict(columns, schema, backend="polars")


def company_changed(actor: Actor, **changes: Any) -> Company:  # noqa: ANN401  settings are of any kind
    """The company with other settings. Raises Refusal for settings it does not have and values that mean nothing.

    The currency cannot change once there are amounts in it, since nothing says what they would be worth.
    """
    access.require(actor, "change_settings", "The settings were not changed.")
    if unknown := sorted(set(changes) - set(SETTINGS)):
        raise _refusal(f"There is no setting called {', '.join(unknown)}.", f"Use one of {', '.join(SETTINGS)}.")
    with journaled(actor, "company_changed", "company") as entry:
        Company.objects.get_or_create(pk=1) if not Company.objects.exists() else None
        found = Company.objects.select_for_update().order_by("pk").first()
        assert isinstance(found, Company)  # noqa: S101  made above, in this transaction
        before = {name: getattr(found, name) for name in changes}
        for name, value in changes.items():
            setattr(found, name, _checked(name, value, before[name]))
        found.save(update_fields=list(changes))
        after = {name: getattr(found, name) for name in changes}
        changed = [name for name in changes if before[name] != after[name]]
        entry.about(found.pk, f"Settings: {', '.join(changed) or 'nothing'} changed", before=before, after=after)
    return found


def _checked(name: str, value: Any, before: Any) -> Any:  # noqa: ANN401
    if name == "name" and not str(value).strip():
        raise _refusal("A company needs a name.", "Write its name.")
    if name == "currency":
        return _currency(str(value).strip().upper(), str(before))
    if name == "country" and not is_country(str(value)):
        raise _refusal(f"No public holidays are known for '{value}'.", "Write an ISO 3166 code, such as US or DE.")
    if name == "time_zone" and value not in zoneinfo.available_timezones():
        raise _refusal(f"There is no time zone '{value}'.", "Write one like Europe/Berlin.")
    if name == "calendar":
        return _that_fits_targets(FiscalCalendar.from_dict(dict(value))).to_dict()
    if name == "headline_metric":
        return _headline(str(value))
    return value.strip() if isinstance(value, str) else value


def _that_fits_targets(calendar: FiscalCalendar) -> FiscalCalendar:
    """The calendar, unless it cuts through a target's days: no period would then hold that target whole."""
    for starts_on, ends_on in Target.current.values_list("starts_on", "ends_on").distinct():
        months = calendar.periods(starts_on, ends_on, "month")
        if (months[0].starts_on, months[-1].ends_on) != (starts_on, ends_on):
            raise _refusal(
                f"There are targets from {starts_on} to {ends_on - dt.timedelta(days=1)}; its months would cut them.",
                "Undo the import that brought these targets, or keep a calendar with the same months.",
            )
    return calendar


def _currency(code: str, before: str) -> str:
    if not (len(code) == 3 and code.isascii() and code.isalpha()):  # noqa: PLR2004  ISO 4217
        raise _refusal(f"'{code}' is no currency.", "Write an ISO 4217 code, such as USD or EUR.")
    if code != before and _has_amounts():
        raise _refusal(
            f"There are amounts in {before}, and nothing says what they are worth in {code}.",
            "Start a new deployment in the other currency and import into it.",
        )
    return code


def _has_amounts() -> bool:
    return any(
        model.objects.filter(**{f"{field}__isnull": False}).exists()
        for model, field in ((OpportunityVersion, "amount_minor"), (Booking, "amount_minor"), (Target, "amount"))
    )


def _headline(metric: str) -> str:
    if metric and (metric not in METRICS or METRICS[metric].kind != "flow"):
        flows = ", ".join(name for name, found in METRICS.items() if found.kind == "flow")
        raise _refusal(f"Desks cannot open with '{metric}'.", f"Choose one of {flows}, or leave it empty.")
    return metric


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The settings were not changed.", why, next_step, "settings")
