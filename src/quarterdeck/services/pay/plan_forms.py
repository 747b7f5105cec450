"""A comp plan edited by a form, over the same file that others edit as text.

    form posted, "Add a band"   ->   the file with the changed values and one band more, not yet kept

What a form cannot hold (tables of three axes, tables by name) is edited in the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.engine.pay import editing
from quarterdeck.engine.pay.reading import plan_read, text_findings
from quarterdeck.services.pay.plan_fields import Asking, Group, Input, groups
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.engine.pay.editing import Edited
    from quarterdeck.terms.findings import Finding

WHAT: Final = "The plan was not changed."
_MOST: Final = 200
"""Parts of one kind that a form shows; a larger file is edited as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanForm:
    """The file as a form, its text, and everything that is wrong with it."""

    text: str
    groups: tuple[Group, ...]
    """Empty where the text is no YAML: it is mended as text first."""
    findings: tuple[Finding, ...]
    marked: tuple[tuple[int, str, tuple[str, ...]], ...]
    """Lines of the text by number, with what is wrong in each."""
    has_comments: bool
    is_too_long: bool


def plan_form(text: str, file: str = "plan.yaml") -> PlanForm:
    """A file as it stands, be it finished or not."""
    unread = text_findings(text, file)
    findings = unread or plan_read(text, file)[1]
    of = {} if unread else editing.document(text)
    parts = [of.get(name) for name in ("values", "measures", "tables", "components", "examples")]
    is_too_long = any(len(one) > _MOST for one in parts if isinstance(one, dict | list))
    ask = Asking(of, findings)
    is_form = not unread and not is_too_long and _is_shaped(of)
    return PlanForm(
        text=text, groups=tuple(groups(ask)) if is_form else (), findings=tuple(findings),
        marked=tuple(_marked(text, findings)), has_comments=not unread and editing.has_comments(text),
        is_too_long=is_too_long,
    )  # fmt: skip


def _is_shaped(of: editing.Document) -> bool:
    """Whether mappings and lists stand where the form expects them."""
    mappings = all(isinstance(of.get(name) or {}, dict) for name in ("values", "measures", "settlement", "tables"))
    return mappings and all(isinstance(of.get(name) or [], list) for name in ("components", "examples"))


def _marked(text: str, findings: Sequence[Finding]) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    wrong: dict[int, list[str]] = {}
    for one in findings:
        wrong.setdefault(one.row or 1, []).append(f"{one.column}: {one.message}" if one.column else one.message)
    for number, line in enumerate(text.split("\n"), 1):
        yield number, line, tuple(wrong.get(number, ()))


def form_applied(text: str, fields: Mapping[str, str], action: str, name: str) -> Edited:
    """The file with the form's values, then with what was pressed: `add:PATH`, `remove:PATH`, or nothing.

    Raises Refusal (`comp_plan`) where the text, or the rows of an example, are no YAML.
    """
    if unread := text_findings(text, "plan.yaml"):
        raise Refusal(WHAT, unread[0].message, unread[0].remedy, "comp_plan")
    known = {path: one.value.strip() for path, one in _known(text).items()}
    given = {path: value.replace("\r\n", "\n").strip() for path, value in fields.items() if path in known}
    changes = {path: value for path, value in given.items() if value != known[path]}
    rows = {path: _read(value) for path, value in changes.items() if path.endswith(".*")}
    found = editing.with_values(text, {path: value for path, value in changes.items() if path not in rows})
    found = _then(found, partial(_rows_set, rows=rows)) if rows else found
    verb, _, path = action.partition(":")
    if verb == "add":
        return _then(found, partial(_added, path=path, name=name.strip()))
    return _then(found, partial(editing.removed, path=path)) if verb == "remove" else found


def _then(before: Edited, change: Callable[[editing.Document], None]) -> Edited:
    after = editing.with_change(before.text, change)
    return editing.Edited(after.text, before.lost_comments or after.lost_comments)


def _known(text: str) -> dict[str, Input]:
    """Every field of the form by its path: nothing else can be set."""
    form = plan_form(text)
    parts = [part for group in form.groups for part in group.parts]
    found = [one for part in parts for one in (*part.inputs, *part.more)]
    found += [one for part in parts for grid in part.grids for row in grid.rows for one in row]
    return {one.path: one for one in found}


def _read(text: str) -> dict[str, Any]:
    if unread := text_findings(text, "the rows of an example"):
        why = f"The rows of an example cannot be read: {unread[0].message}."
        raise Refusal(WHAT, why, unread[0].remedy, "comp_plan")
    return editing.document(text)


def _rows_set(of: editing.Document, rows: Mapping[str, dict[str, Any]]) -> None:
    for path, found in rows.items():
        one = editing.value_at(of, path.removesuffix(".*"))
        for key in [key for key in one if key not in {"name", "as_of", "open_from"}]:
            del one[key]
        one.update({key: part for key, part in found.items() if key not in {"name", "as_of", "open_from"}})


def _added(of: editing.Document, path: str, name: str) -> None:
    """Something more: a value or measure of a name, a component, an example, a row of a grid, a table."""
    if path in {"values", "measures", "tables"}:
        below = of.setdefault(path, {})
        if not name or name in below:
            why = "It needs a name." if not name else f"There is a {path.removesuffix('s')} '{name[:40]}' already."
            raise Refusal(WHAT, why, "Give it a name of letters, digits and _.", "comp_plan")
        begun: dict[str, object] = {
            "values": {"unit": "money"}, "measures": {"window": of.get("period", "month")},
            "tables": {"value": "rate", "bands": [{"from": 0, "pays": "0%"}]},
        }  # fmt: skip
        below[name] = begun[path]
        return
    example = {"name": "a new example", "events": [{"amount": 100}], "expect": {"payouts": [{"amount": 0}]}}
    makers: dict[str, Callable[[], object]] = {
        "components": lambda: {"name": _unused(of), "measure": _first_measure(of), "rate": "0%"},
        "examples": lambda: example,
        "bands": lambda: {"from": "", "pays": ""},
        "weights": lambda: {"weight": "100%"},
    }
    kind = path.rpartition(".")[2]
    owner = path.rpartition(".")[0]
    around = editing.value_at(of, owner) if owner else of
    if kind in {"table", "multiplier"} and isinstance(around, dict):
        pays = {"table": ("rate", "0%"), "multiplier": ("multiplier", "1")}[kind]
        around[kind] = {"value": pays[0], "bands": [{"from": 0, "pays": pays[1]}]}
        if kind == "table":
            around.pop("rate", None)
    elif kind in makers and isinstance(around, dict):
        rows = around.get(kind)
        around[kind] = [*(rows if isinstance(rows, list) else []), makers[kind]()]


def _first_measure(of: editing.Document) -> str:
    return str(next(iter(of.get("measures") or {"": None})))


def _unused(of: editing.Document) -> str:
    taken = {str(one.get("name")) for one in of.get("components") or [] if isinstance(one, dict)}
    return next(f"component_{number}" for number in range(1, len(taken) + 2) if f"component_{number}" not in taken)
