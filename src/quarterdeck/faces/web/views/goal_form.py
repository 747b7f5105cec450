"""What the form of a goal says: amounts, ratios and shapes as people write them, read exactly.

kind market, share-4 "5 %", market_growth "10"    ->   Market(shares=((4, 0.05),), growth=0.1)
quarters "22, 24, 24, 30"                         ->   (22, 24, 24, 30)
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.faces.web.asked import whole
from quarterdeck.services.goal_kinds import Market, Mix, Years
from quarterdeck.services.goals import GoalDraft
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import minor_from_text

if TYPE_CHECKING:
    from django.http import QueryDict

WHAT: Final = "The goal was not set."
_QUARTERS: Final = 4
_LONGEST: Final = 20
"""Characters of a ratio or a weight."""


def draft_of(form: QueryDict, units: dict[str, str], currency: str) -> GoalDraft:
    """The goal that a form says; of the ways to say it only the one chosen, or whichever is filled without a choice."""
    unit, kind = units.get(form.get("metric", ""), "money"), form.get("kind", "")

    def amount(name: str) -> int | None:
        return _amount(form.get(name, "").strip(), unit, currency)

    ways: dict[str, Any] = {}
    if kind in {"", "amount"}:
        ways["amount"] = amount("amount")
    if kind in {"", "growth"}:
        ways["growth"] = _ratio(form, "growth")
        ways |= {"relief": _ratio(form, "relief"), "relief_rule": form.get("relief_rule", "")}
    if kind == "market":
        ways["market"] = _market(form)
    if kind == "mix":
        kept, expanded = _ratio(form, "retained") or Decimal(0), _ratio(form, "expansion") or Decimal(0)
        ways["mix"] = Mix(retained=kept, expansion=expanded, new=amount("new") or 0)
    return GoalDraft(
        metric=form.get("metric", ""), fiscal_year=whole(form.get("year"), WHAT) or 0,
        team_id=whole(form.get("team"), WHAT) or 0, basis="even" if form.get("basis") == "even" else "history",
        quarters=_shape(form.get("quarters", "")), years=_years(form, amount("end")), note=form.get("note", "")[:1000],
        **ways,
    )  # fmt: skip


def _market(form: QueryDict) -> Market:
    """A share of each segment that has one: fields share-4, share-7, ..."""
    ids = [whole(name.removeprefix("share-"), WHAT) or 0 for name in form if name.startswith("share-")]
    shares = [(segment, _ratio(form, f"share-{segment}")) for segment in sorted(ids)]
    return Market(
        shares=tuple((segment, share) for segment, share in shares if share is not None),
        growth=_ratio(form, "market_growth") or Decimal(0),
    )


def _years(form: QueryDict, end: int | None) -> Years | None:
    n_years = whole(form.get("n_years"), WHAT) or 1
    if n_years == 1 and end is None:
        return None
    return Years(n_years=n_years, end=end or 0, path=form.get("path", ""))


def _shape(text: str) -> tuple[Fraction, ...]:
    """Four weights, with commas, colons or spaces between; nothing for nothing."""
    pieces = text.replace(",", " ").replace(":", " ").replace(";", " ").replace("%", " ").split()
    try:
        found = tuple(Fraction(_decimal(piece)) for piece in pieces)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise _no_shape(text) from error
    if found and (len(found) != _QUARTERS or min(found) < 0 or not 0 < sum(found) <= 10**9):
        raise _no_shape(text)
    return found


def _no_shape(text: str) -> Refusal:
    why = f"'{text[:40]}' is no shape of four quarters."
    return Refusal(WHAT, why, "Write four numbers, such as 22, 24, 24, 30.", "goal_quarters")


def _amount(text: str, unit: str, currency: str) -> int | None:
    if not text:
        return None
    try:
        return minor_from_text(text, currency) if unit == "money" else int(text.replace(",", ""))
    except (ValueError, OverflowError) as error:
        why = f"'{text[:40]}' is no amount."
        raise Refusal(WHAT, why, "Write it like 12,000,000.", "goal_amount") from error


def _ratio(form: QueryDict, name: str) -> Decimal | None:
    """A ratio from percents as people write them; None for nothing."""
    text = form.get(name, "").strip()
    if not text:
        return None
    try:
        return _decimal(text.removesuffix("%").strip().replace(",", ".")) / 100
    except InvalidOperation as error:
        why = f"'{text[:40]}' is no {_CALLED.get(name, 'share')}."
        raise Refusal(WHAT, why, "Write 8 for 8 %.", "goal_growth") from error


def _decimal(text: str) -> Decimal:
    """A plain number: no exponents, which are short to write and long to compute. Raises InvalidOperation."""
    if len(text) > _LONGEST or not set(text) <= set("+-.0123456789"):
        raise InvalidOperation
    return Decimal(text)


_CALLED: Final = {"growth": "growth", "market_growth": "growth", "relief": "relief"}
