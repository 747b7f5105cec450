"""The language of plans reckons exactly, checks units, and ends whatever it is given."""

import contextlib
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.pay.exact import Exact
from quarterdeck.engine.pay.language import LanguageError, parsed
from quarterdeck.engine.pay.units import unit_of
from quarterdeck.engine.pay.values import evaluated


class Scope:
    def value(self, name: str) -> Exact:
        return Exact.of({"sales": 12_000, "quota": 10_000, "n": 3}[name])

    def target(self, name: str) -> Exact:
        return Exact.of({"sales": 10_000}[name])


UNITS: dict[str, Any] = {"sales": "money", "quota": "money", "n": "count", "r": "ratio"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 2 - 3", 5),
        ("12 / 2 / 3", 2),
        ("-2 * -3", 6),
        ("10%", Fraction(1, 10)),
        ("1_000.50 USD", 100_050),
        ("min(3, 1, 2)", 1),
        ("max(n, 5)", 5),
        ("if(sales > quota, 1, 2)", 1),
        ("not 1 > 2", 1),
        ("attainment(sales)", Fraction(6, 5)),
        ("1 < 2 and 2 < 1", 0),
        ("1 < 2 or 2 < 1", 1),
        ("n in [1, 2, 3]", 1),
        ("0.1 + 0.2 == 0.3", 1),
        ("true and not false", 1),
    ],
)
def test_an_expression_is_worth(text: str, value: Fraction) -> None:
    assert evaluated(parsed(text), Scope()).fractions() == [value]


@pytest.mark.parametrize("text", ["1 / 0", "if(1 / 0 > 1, 1, 2)", "min(1, 1 / 0)", "1 / 0 > 1"])
def test_a_division_by_zero_is_unknown(text: str) -> None:
    assert evaluated(parsed(text), Scope()).fractions() == [None]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sales + n", "does not go"),
        ("sales * quota", "money * money"),
        ("sales > 5", "does not go"),
        ("n / sales", "does not go"),
        ("if(sales, 1, 2)", "condition"),
        ("sales and true", "conditions"),
        ("attainment(n)", "has a target"),
        ("'a' + 'b'", "text"),
        ("min(sales, 3)", "does not go"),
        ("unknown", "neither"),
        ("5 EUR", "currency"),
    ],
)
def test_units_that_do_not_go_together_are_refused(text: str, says: str) -> None:
    with pytest.raises(LanguageError, match=says.replace("*", r"\*")):
        unit_of(parsed(text), UNITS, frozenset({"sales"}), "USD")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 +",
        ")",
        "f(1)",
        "min(1)",
        "if(1, 2)",
        "a b",
        "1..2",
        "'a",
        "in",
        "min(",
        "1 == 2 == 3",
        "@",
        "a[0]",
        "(" * 999,
        "1" * 9999,
        "not " * 500 + "true",
        "-" * 500 + "1",
    ],
)
def test_nonsense_is_told_as_such(text: str) -> None:
    with pytest.raises(LanguageError):
        parsed(text)


@given(st.text(max_size=40) | st.text(alphabet="0123456789.+-*/()<>=%, minaxfUSDort'[]", max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_ends_in_a_tree_or_in_words(text: str) -> None:
    with contextlib.suppress(LanguageError):
        assert unit_of(parsed(text), UNITS, frozenset({"sales"}), "USD")
