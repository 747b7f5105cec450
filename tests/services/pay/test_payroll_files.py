"""Payroll files: layouts of payroll systems, the settings and ids they are made by, and bytes that never change."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from pay_stage import acting, paid, staged
from quarterdeck.records.models import JournalEntry, Payroll, PayrollCode, PayrollFile, PaySetting, Person
from quarterdeck.services.pay import payroll_files, settings
from quarterdeck.services.pay.layouts import Payee, layout_file, layout_findings
from quarterdeck.services.pay.payroll import payroll_listing
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from small_company import SmallCompany

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ADP = {"company_code": "hhx", "earnings_code": "C", "earnings_field": "3"}
SET = {"company_code": "HHX", "earnings_code": "C", "earnings_field": "4"}
FIRST = dt.date(2025, 6, 1)


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[SmallCompany]:  # noqa: ARG001  the database first
    with staged(django_db_blocker, paid) as made:
        yield made


@pytest.fixture
def company(stage: SmallCompany, db: None) -> SmallCompany:  # noqa: ARG001  inside a savepoint of the stage
    return stage


def payee(**changes: Any) -> Payee:
    given = {"name": "Rita Moreno", "person_code": "p-rita", "payroll_code": "4711", "currency": "USD"}
    return Payee(**(given | {"paid_minor": 421_000} | changes))


def coded(company: SmallCompany) -> None:
    """Everybody with an ADP number, and what ADP knows the company by."""
    olga = acting(company, "olga")
    settings.setting_changed(olga, "adp", FIRST, ADP)
    people = {one.person_id: str(100 + at) for at, one in enumerate(settings.people_coded(olga))}
    settings.payroll_codes_set(olga, "adp", people)


def made(company: SmallCompany, system: str = "adp") -> PayrollFile:
    return payroll_files.payroll_file_made(acting(company, "fred"), Payroll.objects.get().pk, system)


def test_a_line_of_adp_has_the_columns_of_a_paydata_batch() -> None:
    file = layout_file("adp", 7, [payee()], SET, "USD")
    assert file.name == "EPIHHX07.csv"
    assert file.body == (
        b"Co Code,Batch ID,File #,Earnings 4 Code,Earnings 4 Amount\r\nHHX,7,004711,C,4210.00\r\n"
    )  # fmt: skip


def test_what_a_line_of_adp_cannot_hold_is_split_and_sums_to_the_cent() -> None:
    file = layout_file("adp", 7, [payee(paid_minor=25_000_001)], SET, "USD")
    amounts = [row["Earnings 4 Amount"] for row in csv.DictReader(io.StringIO(file.body.decode()))]
    assert amounts == ["99999.99", "99999.99", "50000.03"]


def test_a_line_of_gusto_has_names_id_and_the_earning() -> None:
    file = layout_file("gusto", 7, [payee(payroll_code="5G9934", name="Ana María Núñez")], {"column": "bonus"}, "USD")
    assert file.body.decode() == (
        "last_name,first_name,gusto_employee_id,bonus\r\nNúñez,Ana María,5G9934,4210.00\r\n"
    )  # fmt: skip


def test_no_name_is_a_formula_in_the_file_of_gusto() -> None:
    file = layout_file("gusto", 7, [payee(name="=cmd() @x", payroll_code="5G9934")], {"column": "bonus"}, "USD")
    assert "'@x,'=cmd()" in file.body.decode()


@pytest.mark.parametrize(
    ("people", "says"),
    [
        ([payee(payroll_code="")], "Rita Moreno has no ADP id."),
        ([payee(), payee(name="Raj Patel")], "Raj Patel and Rita Moreno have the same ADP id."),
    ],
)
def test_a_person_without_an_id_of_their_own_is_found_before_a_file_is_made(people: list[Payee], says: str) -> None:
    assert [one.message for one in layout_findings("adp", people, SET, "USD")] == [says]


def test_who_is_paid_in_another_currency_is_left_out_and_named() -> None:
    people = [payee(), payee(name="Eva Roth", currency="EUR", payroll_code="")]
    found = layout_findings("adp", people, SET, "USD")
    assert [(one.severity, one.message) for one in found] == [
        ("warning", "Eva Roth is paid in EUR and is left out."),
    ]
    assert layout_file("adp", 7, people, SET, "USD").n_rows == 1


def test_the_file_of_a_batch_sums_to_what_the_batch_pays(company: SmallCompany) -> None:
    coded(company)
    file = made(company)
    rows = list(csv.DictReader(io.StringIO(payroll_files.body_of(file).decode())))
    listing = payroll_listing(Payroll.objects.get())
    assert {row["Co Code"] for row in rows} == {"HHX"}
    assert round(sum(float(row["Earnings 3 Amount"]) for row in rows) * 100) == file.total_minor
    assert file.total_minor == sum(row["paid_minor"] for row in listing.rows)


def test_a_batch_is_the_same_bytes_whatever_is_renamed_since(company: SmallCompany) -> None:
    coded(company)
    fred, batch = Client(), Payroll.objects.get().pk
    fred.force_login(company.users["fred"], backend=BACKEND)
    addresses = [
        reverse("payroll", args=[batch]) + "?format=csv", reverse("payroll", args=[batch]) + "?format=xlsx",
        reverse("payroll-file", args=[made(company).pk]),
    ]  # fmt: skip
    before = [fred.get(address).content for address in addresses]
    Person.objects.filter(pk=company.people["rita"].pk).update(name="Somebody Else")
    assert [fred.get(address).content for address in addresses] == before
    assert all(before)


def test_the_same_file_made_twice_is_one_and_after_a_change_it_is_another(company: SmallCompany) -> None:
    coded(company)
    first = made(company)
    assert made(company).pk == first.pk
    settings.setting_changed(acting(company, "olga"), "adp", FIRST, ADP | {"earnings_code": "B"})
    assert (made(company).number, first.number) == (2, 1)


def test_a_file_is_refused_with_everything_that_is_missing(company: SmallCompany) -> None:
    with pytest.raises(Refusal) as refused:
        made(company)
    assert refused.value.rule == "payroll_file"
    assert "Nothing is set for ADP" in refused.value.why
    assert "has no ADP id" in refused.value.why
    assert not PayrollFile.objects.filter(layout="adp").exists()


@pytest.mark.parametrize("who", ["olga", "rita", "mona", "dana", "eva"])
def test_finance_alone_makes_payroll_files(company: SmallCompany, who: str) -> None:
    coded(company)
    with pytest.raises(Refusal) as refused:
        payroll_files.payroll_file_made(acting(company, who), Payroll.objects.get().pk, "adp")
    assert refused.value.rule == "needs_hat"


@pytest.mark.parametrize("who", ["rita", "mona", "dana", "eva", "lena"])
def test_payroll_files_and_ids_are_for_who_sees_pay(company: SmallCompany, who: str) -> None:
    client = Client()
    client.force_login(company.users[who], backend=BACKEND)
    file = PayrollFile.objects.first()
    assert file is not None
    assert client.get(reverse("payroll-file", args=[file.pk])).status_code == 404
    assert client.get(reverse("payroll-settings")).status_code == 403


def test_a_setting_holds_from_its_day_and_is_in_the_journal(company: SmallCompany) -> None:
    olga = acting(company, "olga")
    settings.setting_changed(olga, "adp", FIRST, ADP)
    settings.setting_changed(olga, "adp", dt.date(2025, 9, 1), ADP | {"company_code": "ZZ9"})
    rows = settings.settings_said("adp")
    days = (dt.date(2025, 5, 31), FIRST, dt.date(2025, 8, 31), dt.date(2025, 9, 1))
    found = [settings.setting_on(rows, "adp", day) for day in days]
    assert [row.values["company_code"] if row else None for row in found] == [None, "HHX", "HHX", "ZZ9"]
    assert JournalEntry.objects.filter(verb="pay_setting_changed").count() == 2


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("adp", {"company_code": "HH"}),
        ("adp", {"company_code": "=1+"}),
        ("adp", {"earnings_code": "40"}),
        ("adp", {"earnings_field": "9"}),
        ("gusto", {"column": "=cmd()"}),
        ("capitalisation", {"benefit_months": "0", "expedient": "yes"}),
        ("capitalisation", {"benefit_months": "9" * 30, "expedient": "yes"}),
        ("capitalisation", {"benefit_months": "36", "expedient": "perhaps"}),
    ],
)
def test_a_setting_that_means_nothing_is_refused(company: SmallCompany, name: str, change: dict[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        settings.setting_changed(acting(company, "fred"), name, FIRST, ADP | change)
    assert refused.value.rule == "pay_setting"
    assert not PaySetting.objects.exists()


@pytest.mark.parametrize("code", ["x", "1234567", "000", "=1", "-5", "\N{FULLWIDTH DIGIT FOUR}7"])
def test_an_id_that_a_payroll_system_does_not_know_is_refused(company: SmallCompany, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        settings.payroll_codes_set(acting(company, "olga"), "adp", {company.people["rita"].pk: code})
    assert refused.value.rule == "pay_setting"
    assert not PayrollCode.objects.exists()


def test_two_people_never_have_one_id(company: SmallCompany) -> None:
    given = {company.people["rita"].pk: "007", company.people["raj"].pk: "7"}
    with pytest.raises(Refusal, match="would have the same id"):
        settings.payroll_codes_set(acting(company, "olga"), "adp", given)


def test_kept_files_can_neither_be_changed_nor_deleted(company: SmallCompany) -> None:
    assert company.people
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        PayrollFile.objects.update(data="")


def test_settings_and_ids_are_entered_in_the_browser(company: SmallCompany) -> None:
    olga, rita = Client(), company.people["rita"].pk
    olga.force_login(company.users["olga"], backend=BACKEND)
    olga.post(reverse("pay-setting-new"), {"name": "adp", "from": "2025-06-01"} | ADP)
    olga.post(reverse("payroll-codes"), {"system": "adp", f"code-{rita}": "4711"})
    page = olga.get(reverse("payroll-settings")).content.decode()
    assert "HHX" in page
    assert "4711" in page
    assert "in force" in page
