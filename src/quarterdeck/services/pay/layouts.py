"""Layouts of payroll systems: a batch's lines as the file that ADP or Gusto takes. Nothing here asks the database.

    ADP (EPI paydata batch)        Co Code,Batch ID,File #,Earnings 3 Code,Earnings 3 Amount
                                   HHX,7,004711,C,4210.00
    Gusto (payroll CSV upload)     last_name,first_name,gusto_employee_id,commission
                                   Moreno,Rita,5G9934,4210.00

Sources, read on 24 November 2026: ADP export specification of SuccessWare 21 (columns, lengths, ranges, name of the
file), fields of the ADP summary export of TimeForce II (codes, which amount follows which code), ADP export of Realtime
(column titles); "Run payroll with CSV upload" and "Gusto employee IDs" of Gusto's help (titles and what is required).
An employee may stand in several rows of an ADP file: what one row cannot hold is split.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from quarterdeck.services.exports import defused
from quarterdeck.services.pay.settings import ADP, GUSTO, SYSTEMS
from quarterdeck.terms.findings import Finding
from quarterdeck.terms.money import Money, minor_digits

ADP_MOST: Final = 99_999
"""Whole units of currency that a row's amount has room for: 99,999.99."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payee:
    """A line of a batch: who is paid how much, and by which id the payroll system knows them (empty: none)."""

    name: str
    person_code: str
    payroll_code: str
    paid_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class File:
    """A file to be handed over."""

    name: str
    body: bytes
    n_rows: int
    total_minor: int


def layout_findings(
    system: str, payees: Iterable[Payee], setting: Mapping[str, str] | None, currency: str
) -> list[Finding]:
    """What keeps a file from being made (errors), and what it would leave out (warnings)."""
    found = [] if setting is not None else [_finding(
        "setting", "", "error", f"Nothing is set for {SYSTEMS[system]} on the period's last day.",
        "Set it on the page of payroll settings.",
    )]  # fmt: skip
    seen: dict[str, str] = {}
    for one in payees:
        if one.currency != currency:
            found.append(_finding(
                one.person_code, one.currency, "warning", f"{one.name} is paid in {one.currency} and is left out.",
                f"Pay them elsewhere: the file holds {currency} alone.",
            ))  # fmt: skip
            continue
        found += _of_payee(system, one, seen)
    return found


def _of_payee(system: str, one: Payee, seen: dict[str, str]) -> Iterator[Finding]:
    if not one.payroll_code:
        why = f"{one.name} has no {SYSTEMS[system]} id."
        yield _finding(one.person_code, "", "error", why, "Enter it on the page of payroll settings.")
    elif one.payroll_code in seen:
        why = f"{one.name} and {seen[one.payroll_code]} have the same {SYSTEMS[system]} id."
        yield _finding(one.person_code, one.payroll_code, "error", why, "Give each their own.")
    if system == GUSTO and not all(_names(one.name)):
        why = f"{one.name} has one name, and Gusto asks for a first and a last one."
        yield _finding(one.person_code, one.name, "error", why, "Correct the person's name.")
    seen.setdefault(one.payroll_code, one.name)


def _finding(column: str, value: str, severity: str, message: str, remedy: str) -> Finding:
    return Finding(
        file="payroll", row=None, column=column, value=value, rule="payroll_file",
        severity="error" if severity == "error" else "warning", message=message, remedy=remedy,
    )  # fmt: skip


def layout_file(
    system: str, number: int, payees: Sequence[Payee], setting: Mapping[str, str], currency: str
) -> File:  # fmt: skip
    """The file of a batch without findings that are errors; lines in another currency are left out."""
    own = [one for one in payees if one.currency == currency]
    total = sum(one.paid_minor for one in own)
    head, rows, name = (_adp if system == ADP else _gusto)(number, own, setting)
    return File(name, _csv([head, *rows], "ascii" if system == ADP else "utf-8"), len(rows), total)


def _adp(
    number: int, payees: Sequence[Payee], setting: Mapping[str, str]
) -> tuple[list[str], list[list[str]], str]:  # fmt: skip
    field, company = setting["earnings_field"], setting["company_code"]
    head = ["Co Code", "Batch ID", "File #", f"Earnings {field} Code", f"Earnings {field} Amount"]
    rows = [
        [company, str(number), one.payroll_code.zfill(6), setting["earnings_code"], _amount(part, one.currency)]
        for one in payees
        for part in _held(one.paid_minor, one.currency)
    ]
    return head, rows, f"EPI{company}{number % 100:02}.csv"


def _held(minor: int, currency: str) -> Iterator[int]:
    """An amount in parts that a row has room for.

    >>> list(_held(25_000_000, "USD"))
    [9999999, 9999999, 5000002]
    """
    most = (ADP_MOST + 1) * 10 ** minor_digits(currency) - 1
    while minor > 0:
        yield min(minor, most)
        minor -= most


def _gusto(
    number: int, payees: Sequence[Payee], setting: Mapping[str, str]
) -> tuple[list[str], list[list[str]], str]:  # fmt: skip
    head = ["last_name", "first_name", "gusto_employee_id", setting["column"]]
    rows = [
        [defused(last), defused(first), one.payroll_code, _amount(one.paid_minor, one.currency)]
        for one in payees
        for first, last in [_names(one.name)]
    ]
    return head, rows, f"gusto-payroll-{number}.csv"


def _names(name: str) -> tuple[str, str]:
    """First and last name: the last word is the last one.

    >>> _names("Ana Maria Silva"), _names("Cher")
    (('Ana Maria', 'Silva'), ('', 'Cher'))
    """
    first, _, last = name.strip().rpartition(" ")
    return first.strip(), last


def _amount(minor: int, currency: str) -> str:
    return f"{Money(minor, currency).major:f}"


def _csv(rows: Iterable[Sequence[str]], encoding: str) -> bytes:
    """Comma separated, with the line ends that both systems' own files have."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)
