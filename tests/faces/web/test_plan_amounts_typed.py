"""What people type and paste into a plan, read by the page's own script in one run of node."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any, Final

import pytest

from browsing import ROOT

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="the pages are built by node; without it there are none to test")
SCRIPT: Final = f"{(ROOT / 'src/quarterdeck/faces/web/assets/js/plan-grid-amounts.js').as_uri()}"
ASKS: Final = """
const { amountFrom, decimalMark, exactly, plain, shown } = await import(process.argv[1]);
const asked = JSON.parse(process.argv[2]);
const answers = {
  amount: ([text, given]) => amountFrom(text, { digits: 2, currency: "USD", now: 100_000, ...given }),
  mark: ([texts]) => decimalMark(texts),
  text: ([amount, digits]) => [shown(amount, digits), plain(amount, digits), exactly(amount, digits)],
};
console.log(JSON.stringify(asked.map(([what, ...rest]) => answers[what](rest))));
"""


def answers(*asked: list[Any]) -> Any:
    command = [str(NODE), "--input-type=module", "--eval", ASKS, SCRIPT, json.dumps(asked)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603


READ: Final = {
    "1,234.5": 123_450,
    "1.234,50": 123_450,
    "1 234.50 USD": 123_450,
    "1\u202f234": 123_400,
    "1'234.50": 123_450,
    "$1,234": 123_400,
    "USD 12": 1_200,
    "(12)": -1_200,
    "\u22125": -500,
    "5-": -500,
    "12k": 1_200_000,
    "1.5m": 150_000_000,
    "1.234m": 123_400_000,
    "1.2E+06": 120_000_000,
    "+5%": 105_000,
    "-2.5 %": 97_500,
    "1,2": 120,
    ".5": 50,
    "-0": 0,
    "0.005": 1,
}


def test_amounts_as_people_write_them_are_read_to_the_cent() -> None:
    found = answers(*(["amount", text, {}] for text in READ))
    assert {text: answer.get("amount") for text, answer in zip(READ, found, strict=True)} == READ


def test_what_is_no_amount_says_so() -> None:
    wrong = ["abc", "", "..", "1.2.3", "12,34,567", "12 34", "=1+1", "1e99", "9" * 17, "٣", "<b>5</b>", "NaN", "-", "%"]
    for text, answer in zip(wrong, answers(*(["amount", text, {}] for text in wrong)), strict=True):
        assert answer.get("why"), text
        assert "amount" not in answer


def test_a_point_before_three_digits_is_not_guessed_but_decided_by_the_rest_of_the_paste() -> None:
    alone, thousands, decimals, whole = answers(
        ["amount", "1.234", {}], ["amount", "1.234", {"mark": ","}], ["amount", "1.234", {"mark": "."}],
        ["amount", "1.234", {"digits": 0}],
    )  # fmt: skip
    assert "could be" in alone["why"]
    assert (thousands["amount"], decimals["amount"]) == (123_400, 123)
    assert whole["why"], "a count of one is no count of a thousand, either"
    assert answers(["mark", ["1.234", "5,50"]], ["mark", ["1,234.5"]], ["mark", ["1.5", "1,5"]], ["mark", ["7"]]) == [
        ",", ".", "", "",
    ]  # fmt: skip


def test_more_digits_than_the_currency_has_are_rounded_half_up_and_said() -> None:
    cents, yen = answers(["amount", "1234.005", {}], ["amount", "10.5", {"digits": 0, "currency": "JPY"}])
    assert cents == {"amount": 123_401, "isRounded": True}
    assert yen == {"amount": 11, "isRounded": True}


def test_another_currency_is_refused() -> None:
    euros, sign = answers(["amount", "EUR 5", {}], ["amount", "5 €", {}])
    assert "is in EUR; the plan is in USD" in euros["why"]
    assert "is in EUR" in sign["why"]


def test_amounts_are_written_as_the_server_writes_them() -> None:
    assert answers(["text", 123_456_789, 2], ["text", -49, 2], ["text", -50, 2], ["text", 7, 0], ["text", 5, 2]) == [
        ["1,234,568", "1234567.89", "1,234,567.89"],
        ["0", "-0.49", "\u22120.49"],
        ["\u22121", "-0.50", "\u22120.50"],
        ["7", "7", "7"],
        ["0", "0.05", "0.05"],
    ]
