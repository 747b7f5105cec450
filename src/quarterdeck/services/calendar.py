"""The company's own rules: its fiscal calendar, currency and country, the day pages look from, and what there is of it.

company_for(dana)      Harbour & Hale, USD, fiscal years from January; has_bookings: yes, has_mixes: no
period_on(14 March)    March 2026
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Exists

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.calendar.holiday_days import is_country
from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.records.models import (
    Booking,
    CapacityDriver,
    Company,
    MixLimit,
    OpportunityVersion,
    Potential,
    Target,
)
from quarterdeck.services import access
from quarterdeck.services.journal import journaled
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.templates import POTENTIAL_OF

if TYPE_CHECKING:
    from quarterdeck.services.actor import Actor
    from quarterdeck.terms.period import Period, PeriodKind

SETTINGS: Final = ("name", "currency", "country", "time_zone", "calendar", "headline_metric", "shows_as_of")


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
