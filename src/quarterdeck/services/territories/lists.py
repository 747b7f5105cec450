"""Territories as a list and one by one: who holds them, what lies in them, what it weighs against an even share.

    territory  held by  accounts  sales              open pipeline
    north      rita     30  1.00  1,420,000  1.18    310,000  0.94
    south      walt     30  1.00    980,000  0.82    350,000  1.06      (1 is even)

Names are for everybody with a hat; what a territory brings for those who see its holder. Even is the mean of the held
territories that the actor sees.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl
from django.db.models import Q

from quarterdeck.engine.territories.indices import balance, territory_indices
from quarterdeck.records.models import AccountHolding
from quarterdeck.services import access
from quarterdeck.services.listing import Listing, whole
from quarterdeck.services.scene import Scene
from quarterdeck.services.territories.holders import holdings_read, lands
from quarterdeck.services.territories.measures import MEASURES, accounts_weighed
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.territories.holders import Land

_INDEX: Final = "Against an even share among the held territories that you see; 1 is even."
COLUMNS: Final = (
    Column("code", "id", "The territory's code."),
    Column("name", "text", "The name people use."),
    Column("person", "text", "Who holds it on the day; empty while vacant, or when it is somebody out of sight."),
    *(
        column
        for measure in MEASURES.values()
        for column in (
            Column(f"{measure.name}_minor" if measure.unit == "money" else measure.name, measure.unit, measure.says),
            Column(f"{measure.name}_index", "ratio", _INDEX),
        )
    ),
)
ACCOUNT_COLUMNS: Final = (
    Column("name", "text", "The account."),
    *(
        Column(f"{measure.name}_minor" if measure.unit == "money" else measure.name, measure.unit, measure.says)
        for measure in list(MEASURES.values())[1:]
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryLine:
    """A territory in the list; empty where the actor does not see what it brings."""

    territory_id: int
    code: str
    name: str
    person_id: int | None
    person: str
    amounts: dict[str, int | None] = field(default_factory=dict)
    indices: dict[str, float | None] = field(default_factory=dict)

    @property
    def is_told(self) -> bool:
        """Whether the actor sees what it brings."""
        return bool(self.amounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Even:
    """How evenly one measure is shared."""

    measure: str
    title: str
    deviation: float | None
    cv: float | None
    gini: float | None
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryList:
    """All territories with the measures of which there is something, and how even they are."""

    lines: tuple[TerritoryLine, ...]
    measures: tuple[str, ...]
    even: tuple[Even, ...]
    n_unplaced: int
    """Accounts without a territory."""
    may_balance: bool

    @property
    def listing(self) -> Listing[dict[str, Any]]:
        """The same for files."""
        rows: list[dict[str, Any]] = [
            {"code": line.code, "name": line.name, "person": line.person}
            | {
                key: value
                for name, measure in MEASURES.items()
                for key, value in (
                    (f"{name}_minor" if measure.unit == "money" else name, line.amounts.get(name)),
                    (f"{name}_index", line.indices.get(name)),
                )
            }
            for line in self.lines
        ]
        return whole("Territories", COLUMNS, rows)


def territory_list(actor: Actor, as_of: dt.date) -> TerritoryList:
    """Every territory as of a day; at most ten queries and the tree's."""
    return _listed(actor, as_of, accounts_weighed(actor, as_of), holdings_read())


def _listed(actor: Actor, as_of: dt.date, rows: pl.DataFrame, holdings: list[tuple[Any, ...]]) -> TerritoryList:
    known = lands(actor, Scene(actor, as_of), holdings)
    told = [pk for pk, land in known.items() if land.is_seen or access.sees_all(actor, as_of)]
    inside = rows.filter(pl.col("territory_id").is_in(told))
    names = tuple(name for name in MEASURES if inside[name].fill_null(0).sum())
    amounts = _amounts(inside, names)
    held = [pk for pk in told if known[pk].person_id]
    indices, even = _even(inside, names, held)
    return TerritoryList(
        lines=tuple(_line(land, pk in told, names, amounts, indices) for pk, land in known.items()),
        measures=names, even=even, n_unplaced=rows["territory_id"].null_count(),
        may_balance=access.may(actor, "edit_plans") and len(held) > 1 and bool(names),
    )  # fmt: skip


def _amounts(rows: pl.DataFrame, names: tuple[str, ...]) -> dict[int, dict[str, int]]:
    summed = rows.group_by("territory_id").agg(pl.col(name).fill_null(0).sum() for name in names)
    return {row.pop("territory_id"): row for row in summed.iter_rows(named=True)}


def _even(
    rows: pl.DataFrame, names: tuple[str, ...], held: list[int]
) -> tuple[dict[tuple[str, int], float | None], tuple[Even, ...]]:
    """Indices by measure and territory, and how even each measure is; nothing with fewer than two held."""
    if len(held) < 2 or not names:  # noqa: PLR2004  one has nothing to be compared with
        return {}, ()
    inside = rows.filter(pl.col("territory_id").is_in(held))
    data = inside.select("account_id", "territory_id", *(pl.col(name).fill_null(0) for name in names))
    frame = nw.from_native(data, eager_only=True)
    territories = nw.from_dict({"territory_id": held}, {"territory_id": nw.Int64}, backend="polars")
    found = territory_indices(frame, names, territories).select("measure", "territory_id", "index").iter_rows()
    even = balance(frame, names, territories).select("measure", "largest_deviation", "cv", "gini", "means").iter_rows()
    return {(name, pk): index for name, pk, index in found}, tuple(
        Even(measure=name, title=MEASURES[name].title, deviation=far, cv=cv, gini=gini, says=_says(far, cv))
        for name, far, cv, gini, _ in even
    )


def _says(far: float | None, cv: float | None) -> str:
    if far is None:
        return "There is nothing of it to share."
    typically = f"; typically they differ by {cv:.0%}" if cv is not None else ""
    return f"The territory farthest off has {far:.0%} more or less than its even share{typically}."


def _line(
    land: Land, is_told: bool, names: tuple[str, ...], amounts: dict[int, dict[str, int]],  # noqa: FBT001  local
    indices: dict[tuple[str, int], float | None],
) -> TerritoryLine:  # fmt: skip
    pk = land.territory_id
    there = amounts.get(pk, {})
    return TerritoryLine(
        territory_id=pk, code=land.code, name=land.name, person_id=land.person_id if land.is_seen else None,
        person=land.person if land.is_seen else "",
        amounts={name: there.get(name, 0) for name in names} if is_told else {},
        indices={name: indices[name, pk] for name in names if (name, pk) in indices},
    )  # fmt: skip


# One territory


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """An account in a territory, with what it weighs; empty where the actor does not see it."""

    account_id: int
    name: str
    amounts: dict[str, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Who held a territory, from when to when."""

    person: str
    starts_on: dt.date | None
    ends_on: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An account that came or left by a proposal, or will."""

    account_id: int
    account: str
    on: dt.date
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryPage:
    """One territory as of a day."""

    line: TerritoryLine
    measures: tuple[str, ...]
    accounts: tuple[AccountLine, ...]
    held: tuple[Held, ...]
    moved: tuple[Moved, ...]

    @property
    def listing(self) -> Listing[dict[str, Any]]:
        """Its accounts for files."""
        rows: list[dict[str, Any]] = [
            {"name": one.name}
            | {
                f"{name}_minor" if measure.unit == "money" else name: one.amounts.get(name)
                for name, measure in MEASURES.items()
            }
            for one in self.accounts
        ]
        return whole(f"Territory {self.line.name}", ACCOUNT_COLUMNS, rows)


def territory_page(actor: Actor, territory_id: int, as_of: dt.date) -> TerritoryPage:
    """A territory's page; Raises Refusal (`not_visible`). At most 14 queries."""
    rows, holdings = accounts_weighed(actor, as_of), holdings_read()
    found = _listed(actor, as_of, rows, holdings)
    line = next((one for one in found.lines if one.territory_id == territory_id), None)
    if line is None:
        raise access.not_visible("territory")
    inside = rows.filter(pl.col("territory_id") == territory_id).sort("name", "account_id")
    names = tuple(name for name in found.measures if name != "n_accounts") if line.is_told else ()
    return TerritoryPage(
        held=_held(actor, as_of, [row for row in holdings if row[0] == territory_id]), line=line, measures=names,
        moved=_came_and_left(territory_id),
        accounts=tuple(
            AccountLine(
                account_id=row["account_id"], name=row["name"], amounts={name: row[name] for name in names}
            )
            for row in inside.iter_rows(named=True)
        ),
    )  # fmt: skip


def _held(actor: Actor, as_of: dt.date, holdings: list[tuple[Any, ...]]) -> tuple[Held, ...]:
    """Its holders as far as the actor sees them, the latest first."""
    return tuple(
        Held(person=name, starts_on=begins, ends_on=ends)
        for _, _, _, begins, ends, person, name in reversed(holdings)
        if person is not None and access.sees_person(actor, person, as_of)
    )


MOST_MOVED: Final = 100
"""Accounts that came or left, the latest ones."""


def _came_and_left(territory_id: int) -> tuple[Moved, ...]:
    """Accounts that came or left by proposals, the latest first; names of accounts and territories are everybody's."""
    here = Q(territory_id=territory_id, account__withdrawn_at=None)
    dated = here & (Q(effective_from__isnull=False) | Q(effective_to__isnull=False))
    rows = list(AccountHolding.current.filter(dated).select_related("account"))
    found = [(row.effective_from, row, "came") for row in rows if row.effective_from]
    found += [(row.effective_to, row, "left") for row in rows if row.effective_to]
    found.sort(key=lambda one: (one[0], one[1].pk), reverse=True)
    return tuple(
        Moved(account_id=row.account_id, account=row.account.name, on=day, says=says)
        for day, row, says in found[:MOST_MOVED]
    )
