"""What is wrong with a plan, collected rather than raised: one look at the file mends all of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.engine.pay.exact import fraction
from quarterdeck.engine.pay.language import Call, LanguageError, Name, Node, Number, Text, parsed
from quarterdeck.engine.pay.units import Unit, unit_of

if TYPE_CHECKING:
    from quarterdeck.engine.pay.schema import Problem


class Problems:
    """A list of (path, what, remedy) with the readers that add to it; what cannot be read becomes something harmless.

    >>> problems = Problems()
    >>> problems.number("abc", "tables.x"), problems.found[0][0]
    (Fraction(0, 1), 'tables.x')
    """

    def __init__(self, found: Iterable[Problem] = ()) -> None:
        """Begin with what is known."""
        self.found = list(found)

    def add(self, path: str, why: str, remedy: str) -> None:
        """Note one."""
        self.found.append((path, why, remedy))

    def number(self, value: object, path: str) -> Fraction:
        """An exact number, or 0 with a problem."""
        try:
            return fraction(str(value))
        except (ValueError, ZeroDivisionError):
            self.add(path, f"{str(value)[:40]!r} is no number", "Write it like 0.08, 8% or 1250.50.")
            return Fraction(0)

    def node(self, value: object, path: str) -> Node | None:
        """An expression, or None with a problem; None where there is nothing."""
        if value is None:
            return None
        text = {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
        try:
            return parsed(text)
        except LanguageError as error:
            self.add(path, f"{error}", "See the language of plans in docs/guides/pay-plans.md.")
            return None

    def condition(self, value: object, path: str) -> Node | None:
        """A condition on rows, or None with a problem; columns known to be numbers are not compared with texts."""
        node = self.node(value, path)
        if node is not None and (name := _misfit(node)):
            kind = "a number" if name in _NUMBERS else "a text"
            self.add(
                path, f"{name} is {kind}, and is compared with something else", "Compare texts with texts in quotes."
            )
        return node

    def checked(  # noqa: PLR0913, PLR0917  a field, and what it may ask for
        self,
        value: object,
        path: str,
        units: tuple[Unit, ...],
        scope: Mapping[str, Unit],
        measures: frozenset[str],
        currency: str,
    ) -> Node | None:
        """An expression of one of the units, or None with a problem."""
        node = self.node(value, path)
        if node is None:
            return None
        try:
            unit = unit_of(node, scope, measures, currency)
        except LanguageError as error:
            self.add(path, f"{error}", "Use measures and values of the plan, in units that go together.")
            return None
        if unit not in units:
            hint = f" Write money with its currency, like 100 {currency}." if "money" in units else ""
            self.add(path, f"it is a {unit}, not a {' or '.join(units)}", f"Make it a {' or '.join(units)}.{hint}")
            return None
        return node

    def whole(self, value: object, path: str, least: int, default: int) -> int:
        """A whole number from `least`, or the default where nothing is said."""
        if value is None:
            return default
        if not isinstance(value, int) or value < least:
            self.add(path, f"{value!r} is less than {least}", f"Write a whole number from {least}.")
            return default
        return value


_NUMBERS: Final = {"amount", "amount_minor", "quantity"}
_TEXTS: Final = {"event", "person", "deal", "manager", "team", "hat", "currency", "event_id", "person_id", "deal_id"}


def _misfit(node: Node) -> str:
    """The name of a column that is compared with another kind of thing, or nothing."""
    if not isinstance(node, Call):
        return ""
    for part in node.args:
        if isinstance(part, Name) and node.name not in {"and", "or", "not"}:
            others = {type(one) for one in node.args if one is not part}
            if (part.name in _NUMBERS and Text in others) or (part.name in _TEXTS and Number in others):
                return part.name
    return next((found for part in node.args if (found := _misfit(part))), "")


def said(part: Mapping[str, Any] | str | float | None, name: str) -> dict[str, Any]:
    """A part of a plan that may be said in short: `credit: owner` for `credit: {to: owner}`."""
    if part is None:
        return {}
    return dict(part) if isinstance(part, Mapping) else {name: part}
