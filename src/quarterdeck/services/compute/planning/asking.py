"""What was asked for, as text, to values of each option's kind.

--goal 1,200.50   money   120050        --growth-max 25%   ratio   1/4        --hedge 0.05,0.03   ratios   1/20, 3/100
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from quarterdeck.services.compute.planning.declared import COUNT, Option, digits_of
from quarterdeck.services.compute.planning.exact import Mark, exact_number
from quarterdeck.services.compute.planning.reading import whole_number
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR, whole

if TYPE_CHECKING:
    from quarterdeck.services.compute.planning.declared import PlanFunction

_LETTERS = 3
_HOW = {
    "money": "Write an amount such as 1200 or 1,200.50.",
    "ratio": "Write a number such as 0.25, 25% or 1/4.",
    "ratios": "Write numbers with commas between them, such as 0.25,0.5.",
    "count": "Write a whole number.",
    "day": "Write a day as 2025-03-31.",
}


def asked(function: PlanFunction, said: Mapping[str, str | None], unit: str, mark: Mark) -> dict[str, Any]:
    """A value per option of the function; None for one left out. Raises Refusal for what is missing or cannot be read.

    `said` is by name; one that the function does not have is refused, too.
    """
    if unit != COUNT and not (len(unit) == _LETTERS and unit.isascii() and unit.isupper()):
        raise _refusal(f"'{unit}' is no unit.", f"Name a currency by its three letters, such as USD, or '{COUNT}'.")
    known = {option.name: option for option in function.options}
    if strange := sorted(set(said) - set(known)):
        raise _refusal(f"{function.name} has no option {strange[0]}.", f"It has {', '.join(known) or 'none'}.")
    return {
        name: _value(option, (said.get(name) or "").strip() or option.default, unit, mark)
        for name, option in known.items()
    }


def _value(option: Option, text: str, unit: str, mark: Mark) -> Any:  # noqa: ANN401  of the option's kind
    if not text:
        if option.is_required:
            words = f" {_one_of(option)}" if option.choices else ""
            raise _refusal(f"{option.flag} was not said.", f"Say {option.flag}.{words}")
        return None
    if option.kind == "choice" and text not in option.choices:
        raise _refusal(f"{option.flag} cannot be '{text}'.", _one_of(option))
    value = _read(option, text, unit, mark)
    if value is None:
        raise _refusal(f"{option.flag} cannot be '{text}'.", _HOW[option.kind])
    return value


def _read(option: Option, text: str, unit: str, mark: Mark) -> Any:  # noqa: ANN401  of the option's kind
    """The value, None for what cannot be read."""
    if option.kind == "money":
        return _minor(text.removesuffix(unit).strip(), unit, mark)
    if option.kind == "ratios":
        many = _many(text, mark)
        return None if None in many else many
    if option.kind == "day":
        return _day(text)
    read: dict[str, Callable[[], Any]] = {
        "ratio": lambda: exact_number(text, mark),
        "count": lambda: whole_number(text, mark),
        "texts": lambda: [word.strip() for word in text.split(",") if word.strip()],
    }
    return read[option.kind]() if option.kind in read else text


def _minor(text: str, unit: str, mark: Mark) -> int | None:
    exact = exact_number(text, mark)
    minor = None if exact is None else whole(exact * 10 ** digits_of(unit))
    return minor if minor is not None and abs(minor) <= MAX_MINOR else None


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _many(text: str, mark: Mark) -> list[Fraction | None]:
    between = "," if mark == "." else ";"
    return [exact_number(part, mark) for part in text.split(between)]


def _one_of(option: Option) -> str:
    return f"Choose one of {', '.join(option.choices)}."


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("Nothing was computed.", why, next_step, "plan_option")
