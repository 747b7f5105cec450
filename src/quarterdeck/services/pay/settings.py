"""Settings of what leaves the house about pay: dated, journaled, never edited; and payroll ids of people.

    adp             from 2026-01-01   {company_code: HHX, earnings_code: C, earnings_field: 3}
    gusto           from 2026-01-01   {column: commission}
    capitalisation  from 2026-01-01   {benefit_months: 36, expedient: yes}

On a day the setting with the latest first day up to it holds; of two for one day the one said later.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from quarterdeck.records.models import CompAssignment, PayrollCode, PayrollRow, PaySetting, Person
from quarterdeck.services import access
from quarterdeck.services.journal import journaled
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quarterdeck.services.actor import Actor

ADP, GUSTO, CAPITALISATION = "adp", "gusto", "capitalisation"
SYSTEMS: Final = {ADP: "ADP", GUSTO: "Gusto"}
_NOT_SET: Final = "The setting was not kept."
_NOT_CODED: Final = "The payroll ids were not kept."
_MOST_MONTHS: Final = 240
_ADP_OWN: Final = (40, 50, 60, 61)
_ADP_LAST: Final = 79
_EARLIEST: Final = dt.date(1970, 1, 1)
_LATEST: Final = dt.date(2200, 1, 1)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a setting: what it is, what it must look like, and what that is in words."""

    name: str
    title: str
    holds: Callable[[str], object]
    must: str
    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""


def _matching(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern, re.ASCII).fullmatch


def _is_months(text: str) -> bool:
    return text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= _MOST_MONTHS and len(text) < 4  # noqa: PLR2004


def _chosen(name: str, title: str, *choices: tuple[str, str]) -> Field:
    known = [key for key, _ in choices]
    return Field(name, title, known.__contains__, f"one of {', '.join(known)}", choices, known[0])


def _is_earnings_code(text: str) -> bool:
    """One or two letters or digits; the numbers 40, 50, 60, 61 and those above 79 are ADP's own.

    >>> [_is_earnings_code(text) for text in ("C", "B2", "79", "40", "80", "ABC", "")]
    [True, True, True, False, False, False, False]
    """
    is_code = re.fullmatch(r"[A-Z0-9]{1,2}", text) is not None
    return is_code and not (text.isdigit() and (int(text) in _ADP_OWN or int(text) > _ADP_LAST))


FIELDS: Final[dict[str, tuple[Field, ...]]] = {
    ADP: (
        Field("company_code", "Company code", _matching(r"[A-Z0-9]{3}"), "three capital letters or digits"),
        Field("earnings_code", "Earnings code", _is_earnings_code, "one or two letters or digits that ADP leaves free"),
        _chosen("earnings_field", "Earnings column", ("3", "Earnings 3"), ("4", "Earnings 4"), ("5", "Earnings 5")),
    ),
    GUSTO: (_chosen("column", "Earnings column", ("commission", "commission"), ("bonus", "bonus")),),
    CAPITALISATION: (
        Field("benefit_months", "Period of benefit, in months", _is_months, f"a whole number from 1 to {_MOST_MONTHS}"),
        _chosen(
            "expedient", "Practical expedient", ("yes", "expense at once what serves a year or less"),
            ("no", "capitalise all of it"),
        ),
    ),
}  # fmt: skip
VERBS: Final = {ADP: "run_pay", GUSTO: "run_pay", CAPITALISATION: "approve_pay"}
"""How costs are accounted for is finance's to say."""
_CODES: Final = {
    ADP: (_matching(r"(?!0+$)[0-9]{1,6}"), "a file number of at most six digits"),
    GUSTO: (_matching(r"[A-Za-z0-9]{6}"), "six letters or digits"),
}


def setting_on(rows: Iterable[PaySetting], name: str, day: dt.date) -> PaySetting | None:
    """Of rows in the order in which they were said, the one that holds on a day."""
    found = [row for row in rows if row.name == name and row.effective_from <= day]
    return max(found, key=lambda row: (row.effective_from, row.pk), default=None)


def settings_said(*names: str) -> list[PaySetting]:
    """All that was ever set, in order; one query."""
    return list(PaySetting.objects.filter(name__in=names).select_related("by__person").order_by("pk"))


def setting_changed(actor: Actor, name: str, effective_from: dt.date, values: Mapping[str, str]) -> PaySetting:
    """Say how it is from a day on. Raises Refusal: `pay_setting`, `needs_hat`."""
    if name not in FIELDS:
        raise access.not_visible("setting")
    access.require(actor, VERBS[name], _NOT_SET)
    if not _EARLIEST <= effective_from < _LATEST:
        raise Refusal(_NOT_SET, f"{effective_from} is too far away.", "Name another first day.", "pay_setting")
    given = {one.name: _checked(one, values.get(one.name, "")) for one in FIELDS[name]}
    with journaled(actor, "pay_setting_changed", "pay_setting") as entry:
        before = setting_on(settings_said(name), name, effective_from)
        row = PaySetting.objects.create(
            name=name, effective_from=effective_from, values=given, at=actor.now, by=actor.user
        )
        said = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in given.items())
        entry.about(
            row.pk, f"Pay setting {name} from {effective_from:%-d %B %Y}: {said}",
            before=before.values if before is not None else None, after=given,
        )  # fmt: skip
    return row


def _checked(field: Field, text: str) -> str:
    found = text.strip() if field.choices else text.strip().upper()
    if not field.holds(found):
        raise Refusal(_NOT_SET, f"{field.title}: '{found[:40]}' is not {field.must}.", "Correct it.", "pay_setting")
    return found


# Payroll ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A person with their payroll ids, for the page that sets them."""

    person_id: int
    person: str
    code: str
    adp: str
    gusto: str


def payroll_codes(system: str, people: Iterable[int]) -> dict[int, str]:
    """The payroll id of each of these people, of those who have one; one query."""
    rows = PayrollCode.objects.filter(system=system, person_id__in=list(people)).order_by("pk")
    return {person: code for person, code in dict(rows.values_list("person_id", "code")).items() if code}


def people_coded(actor: Actor) -> list[Coded]:
    """Everybody who is on a comp plan or was paid, by name; four queries."""
    access.require(actor, "see_pay", "The payroll ids were not shown.")
    wanted = {
        *CompAssignment.current.values_list("person_id", flat=True).distinct(),
        *PayrollRow.objects.values_list("person_id", flat=True).distinct(),
    }
    known: dict[str, dict[int, str]] = {ADP: {}, GUSTO: {}}
    rows = PayrollCode.objects.filter(person_id__in=wanted).order_by("pk")
    for system, person, code in rows.values_list("system", "person_id", "code"):
        known[system][person] = code
    return [
        Coded(person_id=pk, person=name, code=code, adp=known[ADP].get(pk, ""), gusto=known[GUSTO].get(pk, ""))
        for pk, name, code in Person.visible.filter(pk__in=wanted)
        .order_by("name", "pk")
        .values_list("pk", "name", "code")
    ]


def payroll_codes_set(actor: Actor, system: str, codes: Mapping[int, str]) -> int:
    """Say who is who in a payroll system; an empty code takes one back. How many changed. Refuses: `pay_setting`."""
    if system not in SYSTEMS:
        raise access.not_visible("payroll system")
    access.require(actor, "run_pay", _NOT_CODED)
    known = {one.person_id: one for one in people_coded(actor)}
    given = {pk: text.strip().upper() for pk, text in codes.items()}
    if any(pk not in known for pk in given):
        raise access.not_visible("person")
    changed = {pk: code for pk, code in given.items() if code != getattr(known[pk], system)}
    after = {pk: given.get(pk, getattr(one, system)) for pk, one in known.items()}
    _check_codes(system, {pk: known[pk].person for pk in known}, changed, after)
    if not changed:
        return 0
    with journaled(actor, "payroll_codes_set", "payroll_code") as entry:
        PayrollCode.objects.bulk_create(
            PayrollCode(person_id=pk, system=system, code=code, at=actor.now, by=actor.user)
            for pk, code in sorted(changed.items())
        )
        entry.about(system, f"{SYSTEMS[system]} ids of {len(changed)} people", after={"n_changed": len(changed)})
    return len(changed)


def _check_codes(
    system: str, names: Mapping[int, str], changed: Mapping[int, str], after: Mapping[int, str]
) -> None:  # fmt: skip
    holds, must = _CODES[system]
    for pk, code in changed.items():
        if code and not holds(code):
            why = f"{names[pk]}: '{code[:40]}' is not {must}."
            raise Refusal(_NOT_CODED, why, "Correct it.", "pay_setting")
        same = [names[other] for other, one in after.items() if code and other != pk and _same(system, one, code)]
        if same:
            why = f"{names[pk]} and {same[0]} would have the same id, {code}."
            raise Refusal(_NOT_CODED, why, "Give each their own.", "pay_setting")


def _same(system: str, one: str, other: str) -> bool:
    """Whether two ids are one: file numbers by their value, so that 007 is 7."""
    return int(one) == int(other) if system == ADP and one and other else one == other
