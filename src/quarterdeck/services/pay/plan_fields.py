"""The fields of a comp plan's form: each a path of the file, with what it means, its choices and what is wrong there.

    components[0].table.bands[1].pays   ->   Input(label "Pays", value "12%", errors ())

Made from the plan's JSON Schema and the file as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.engine.pay import editing

if TYPE_CHECKING:
    from quarterdeck.terms.findings import Finding

_LABELS: Final = {
    "to": "Credited is", "of": "Counted is", "as": "Put together as", "by": "Bands of", "own": "One's own too",
    "from": "From", "who": "Who is paid", "where": "Only events where", "per": "Meant for a", "default": "Unless said",
    "effective_to": "First day no longer", "effective_from": "First day", "sums_to_one": "Shares make a whole",
    "capitalise_months": "Capitalised over months", "closed": "A bound belongs to", "value": "A band's value is",
    "of_weights": "Of so many weights", "is": "Is", "as_of": "Looks from", "open_from": "Open from",
}  # fmt: skip
_BELOW: Final = {
    "draw.amount": "A draw up to", "draw.recoverable": "The draw is a debt", "draw.limit": "Owed at most",
    "draw.recovery_share": "Of what is above, repaid", "cap.amount": "At most", "cap.per": "At most, in a",
    "cap.excess": "What is above is", "floor.amount": "At least", "floor.per": "At least, in a",
    "pool.rate": "A pool of", "pool.weight": "Shared by", "pool.of_weights": "Of so many weights",
    "rounding.to": "Rounded to", "rounding.rule": "Rounded how", "negative": "A rest below zero is",
    "guarantee": "Guaranteed", "credit.role": "Splits in the role", "credit.depth": "Levels up at most",
    "credit.share": "Share credited", "plan": "Name of the plan", "title": "Name for people",
}  # fmt: skip
_CHOICES: Final = {
    ("closed", "left"): "the band above it", ("closed", "right"): "the band below it",
    ("mode", "marginal"): "marginal: each part at its own band",
    ("mode", "retroactive"): "retroactive: all at the band reached",
    ("mode", "retroactive_over_target"): "retroactive over target",
    ("mode", "lookup"): "lookup: the value of the band reached",
    ("mode", "interpolated"): "interpolated: a straight line",
    ("to", "owner"): "the event's person", ("to", "splits"): "whom the splits name",
    ("to", "roll_up"): "everybody above them", ("to", "team"): "everybody in their team",
    ("to", "company"): "the company as a whole",
}  # fmt: skip
_TABLE: Final = ("mode", "value", "by", "closed")
_MEASURE: Final = ("window", "target", "credit.to", "where")
_MEASURE_MORE: Final = (
    "of", "as", "periods", "years_later", "target_to_date", "prorate_target", "score", "credit.role",
    "credit.sums_to_one", "credit.depth", "credit.own", "credit.share",
)  # fmt: skip
_COMPONENT: Final = ("name", "measure", "rate", "amount", "formula", "gate")
_COMPONENT_MORE: Final = (
    "eligibility", "multiplier", "floor.amount", "floor.per", "cap.amount", "cap.per", "cap.excess", "prorate",
    "rounding.to", "rounding.rule", "release", "pool.rate", "pool.weight", "pool.of_weights",
)  # fmt: skip
_PLAN: Final = ("plan", "title", "currency", "effective_from", "effective_to", "period", "who", "capitalise_months")
_SETTLEMENT: Final = (
    "guarantee", "negative", "draw.amount", "draw.recoverable", "draw.limit", "draw.recovery_share",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A field: its path in the file, how it is asked for, what stands there and what is wrong with it."""

    path: str
    label: str
    value: str
    about: str
    choices: tuple[tuple[str, str], ...] = ()
    is_long: bool = False
    errors: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Characters that the field shows."""
        return max(8, min(len(self.value) + 2, 60))

    @property
    def n_lines(self) -> int:
        """Lines that a long field shows."""
        return max(2, min(self.value.count("\n") + len(self.value) // 100 + 1, 16))

    @property
    def key(self) -> str:
        """An id for the page."""
        return "f-" + "".join(letter if letter.isalnum() else "-" for letter in self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Rows of fields under headings: bands, values of two axes, weights."""

    path: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Input, ...], ...]
    adds: str
    """What a further row is called; empty where none can be added here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A value, measure, component or example of the file."""

    path: str
    title: str
    inputs: tuple[Input, ...]
    more: tuple[Input, ...] = ()
    grids: tuple[Grid, ...] = ()
    offers: tuple[tuple[str, str], ...] = ()
    """What can be added to it: a path and its words."""
    is_open: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All parts of one kind, with how another is added: by a name that is asked for, or without one."""

    name: str
    title: str
    about: str
    parts: tuple[Part, ...]
    adds: str = ""
    asks_name: bool = False


@dataclass(frozen=True)
class Asking:
    """Makes fields for paths of a document."""

    of: editing.Document
    findings: Sequence[Finding]

    def input(self, path: str, *, choices: Sequence[str] | None = None, label: str = "") -> Input:
        """One field; what stands in the file is always among its choices."""
        name = path.rpartition(".")[2].partition("[")[0]
        schema = editing.schema_at(path)
        found = editing.value_at(self.of, path)
        offered = choices if choices is not None else schema.get("enum", ())
        if schema.get("type") == "boolean":
            offered = ("true", "false")
        is_part = isinstance(found, dict | list)
        value = "" if found is None or is_part else str(found).lower() if isinstance(found, bool) else str(found)
        if value and offered and value not in offered:
            offered = (*offered, value)
        said = {"true": "yes", "false": "no"}
        return Input(
            path=path, label=label or _label(path, name), value=value,
            about=str(schema.get("description", "")),
            choices=tuple((one, _CHOICES.get((name, one), said.get(one, one.replace("_", " ")))) for one in offered),
            is_long=len(value) > 60, errors=self.errors(path),  # noqa: PLR2004  characters that a short field shows
        )  # fmt: skip

    def errors(self, path: str) -> tuple[str, ...]:
        """What is wrong exactly there."""
        return tuple(f"{one.message}. {one.remedy}" for one in self.findings if one.column == path)

    def inputs(self, before: str, names: Sequence[str], **choices: Sequence[str]) -> tuple[Input, ...]:
        """Fields below a path, with choices by name where the schema has none."""
        return tuple(
            self.input(f"{before}.{name}" if before else name, choices=choices.get(name.replace(".", "_")))
            for name in names
        )


def _label(path: str, name: str) -> str:
    below = ".".join(path.split(".")[-2:])
    own = _BELOW.get(below) or _BELOW.get(name if path in {name, f"settlement.{name}"} else "")
    return own or _LABELS.get(name, name.replace("_", " ").capitalize())


def groups(ask: Asking) -> Iterator[Group]:
    """The whole form, in the order in which one reads a plan."""
    of = ask.of
    plan = Part(path="", title="The plan", inputs=ask.inputs("", _PLAN))
    yield Group(name="plan", title="Whom does it pay, when?", about="", parts=(plan,))
    values = tuple(
        Part(path=f"values.{name}", title=str(name), inputs=ask.inputs(f"values.{name}", ("unit", "default", "per")))
        for name in of.get("values") or {}
    )
    yield Group(
        name="values", title="What differs by person?", adds="value", asks_name=True, parts=values,
        about="Quota, rate, draw, cap, target pay: said by assignments or targets, or what stands here.",
    )  # fmt: skip
    measures = tuple(_measure(ask, str(name)) for name in of.get("measures") or {})
    yield Group(
        name="measures", title="What is measured?", adds="measure", asks_name=True, parts=measures,
        about="Whose events count, over which stretch, held against which target.",
    )  # fmt: skip
    components = tuple(_component(ask, at) for at in range(len(of.get("components") or [])))
    yield Group(
        name="components", title="What is paid?", adds="component", parts=components,
        about="Each pays on one measure: by a rate, an amount, a formula, a pool, or a table of bands.",
    )  # fmt: skip
    tables = tuple(
        Part(path=f"tables.{name}", title=str(name), inputs=(), grids=tuple(_table(ask, f"tables.{name}")))
        for name, one in (of.get("tables") or {}).items()
        if isinstance(one, dict)
    )
    if tables:
        yield Group(
            name="tables", title="Which tables have a name?", parts=tables, adds="table", asks_name=True,
            about="Rate tables that components use by their name.",
        )  # fmt: skip
    settlement = Part(path="settlement", title="Settlement", inputs=ask.inputs("settlement", _SETTLEMENT))
    yield Group(
        name="settlement", title="What becomes of it?", parts=(settlement,),
        about="Guarantees and draws, and what happens to a rest below zero.",
    )  # fmt: skip
    examples = tuple(_example(ask, at) for at in range(len(of.get("examples") or [])))
    yield Group(
        name="examples", title="Which worked examples must hold?", adds="example", parts=examples,
        about="They are run when the plan is published, which fails where one of them does.",
    )  # fmt: skip


def _measure(ask: Asking, name: str) -> Part:
    path = f"measures.{name}"
    weights = _listed(editing.value_at(ask.of, f"{path}.weights"))
    rows = tuple(ask.inputs(f"{path}.weights[{at}]", ("where", "weight")) for at in range(len(weights)))
    grid = Grid(path=f"{path}.weights", heads=("Only events where", "Weight"), rows=rows, adds="weight")
    more = ask.inputs(path, _MEASURE_MORE)
    return Part(
        path=path, title=name, inputs=ask.inputs(path, _MEASURE), more=more, grids=(grid,) if weights else (),
        offers=() if weights else ((f"{path}.weights", "Weigh events…"),),
    )  # fmt: skip


def _component(ask: Asking, at: int) -> Part:
    path = f"components[{at}]"
    one = ask.of["components"][at] if isinstance(ask.of["components"][at], dict) else {}
    measures = [str(name) for name in ask.of.get("measures") or {}]
    grids: list[Grid] = []
    offers: list[tuple[str, str]] = []
    inputs = list(ask.inputs(path, _COMPONENT, measure=measures))
    for name, words in (("table", "Pay by a table of bands…"), ("multiplier", "Multiply by a table…")):
        if isinstance(one.get(name), dict):
            grids += _table(ask, f"{path}.{name}")
        elif name == "table" and one.get(name) is not None:
            inputs.append(ask.input(f"{path}.table", choices=[str(key) for key in ask.of.get("tables") or {}]))
        else:
            offers.append((f"{path}.{name}", words))
    skipped = {"multiplier"} if isinstance(one.get("multiplier"), dict) else set()
    more = ask.inputs(path, tuple(name for name in _COMPONENT_MORE if name not in skipped))
    return Part(
        path=path, title=str(one.get("name") or f"component {at + 1}"), inputs=tuple(inputs), more=more,
        grids=tuple(grids), offers=tuple(offers),
    )  # fmt: skip


def _table(ask: Asking, path: str) -> list[Grid]:
    """How the table is read, then its bands; of two axes the bands of both and the values."""
    told = Grid(path="", heads=(), rows=(ask.inputs(path, _TABLE),), adds="")
    axes = _listed(editing.value_at(ask.of, f"{path}.dimensions"))
    if not axes:
        bands = _listed(editing.value_at(ask.of, f"{path}.bands"))
        is_line = editing.value_at(ask.of, f"{path}.mode") == "interpolated"
        names = ("from", "to", "pays", "starts") if is_line else ("from", "to", "pays")
        return [told, _rows(ask, f"{path}.bands", names, len(bands), "band")]
    found = [told]
    for at, axis in enumerate(axes):
        n_bands = len(_listed(axis.get("bands"))) if isinstance(axis, dict) else 0
        of = ask.input(f"{path}.dimensions[{at}].of", label=f"Axis {at + 1}")
        found.append(Grid(path="", heads=(), rows=((of,),), adds=""))
        found.append(_rows(ask, f"{path}.dimensions[{at}].bands", ("from", "to"), n_bands, ""))
    if len(axes) == 2:  # noqa: PLR2004  what a sheet of paper holds
        across = len(_listed(axes[1].get("bands"))) if isinstance(axes[1], dict) else 0
        down = len(_listed(axes[0].get("bands"))) if isinstance(axes[0], dict) else 0
        rows = tuple(
            tuple(
                ask.input(f"{path}.values[{row}][{column}]", label=f"Axis 1 band {row + 1}, axis 2 band {column + 1}")
                for column in range(across)
            )
            for row in range(down)
        )
        heads = tuple(f"Axis 2, band {column + 1}" for column in range(across))
        found.append(Grid(path=f"{path}.values", heads=heads, rows=rows, adds=""))
    return found


def _rows(ask: Asking, path: str, names: tuple[str, ...], n: int, adds: str) -> Grid:
    heads = {"from": "From", "to": "To", "pays": "Pays", "starts": "Starts at"}
    rows = tuple(ask.inputs(f"{path}[{at}]", names) for at in range(n))
    return Grid(path=path, heads=tuple(heads[name] for name in names), rows=rows, adds=adds)


def _example(ask: Asking, at: int) -> Part:
    """An example: its name and day, and its rows as YAML."""
    path = f"examples[{at}]"
    one = ask.of["examples"][at] if isinstance(ask.of["examples"][at], dict) else {}
    rest = {name: part for name, part in one.items() if name not in {"name", "as_of", "open_from"}}
    rows = Input(
        path=f"{path}.*", label="What happens, and what is expected", value=editing.written(rest), is_long=True,
        about="Rows as in the file: values, people, events, splits, and expect.",
        errors=tuple(f"{found.message}" for found in ask.findings if found.column.startswith(path)),
    )  # fmt: skip
    inputs = (*ask.inputs(path, ("name", "as_of", "open_from")), rows)
    return Part(path=path, title=str(one.get("name") or f"example {at + 1}"), inputs=inputs)


def _listed(of: object) -> list[Any]:
    return of if isinstance(of, list) else []
