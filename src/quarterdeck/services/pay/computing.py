"""A run computed: frozen inputs through the engine, plan by plan, and the hash of everything that came out.

inputs + plan versions + engine   ->   credits, measures, payouts, settlements, lines of the run's period, findings
                                       sha256 over all of them: the same inputs give the same bytes
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from quarterdeck.engine import pay as engine
from quarterdeck.engine.pay.facts import PayFacts
from quarterdeck.engine.pay.findings import pay_findings
from quarterdeck.engine.pay.run import pay_run, payouts_alone
from quarterdeck.services.pay.inputs import running_plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.services.pay.inputs import Inputs, Part
    from quarterdeck.terms.findings import Finding

FRAMES = ("credits", "measures", "payouts", "settlements", "lines")


@dataclass(frozen=True)
class Computed:
    """What the engine said of one part: frames of the part's period (credits: of all days), and findings."""

    part: Part
    frames: dict[str, pl.DataFrame]
    findings: tuple[Finding, ...]


@cache
def engine_version() -> str:
    """The product's version and a hash of the engine's own source: two that differ in a letter are two engines."""
    digest = hashlib.sha256()
    for path in sorted(Path(engine.__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\n" + path.read_bytes())
    return f"{version('quarterdeck')}+{digest.hexdigest()[:12]}"


def computed(text: str, part: Part, inputs: Inputs) -> Computed:
    """One plan version over its inputs. Raises Refusal where the facts do not fit the plan, or amounts overflow."""
    plan, facts, as_of = running_plan(text, part), facts_of(part, inputs), part.ends_on - dt.timedelta(days=1)
    run = pay_run(plan, facts, as_of, open_from=part.starts_on)
    found = {
        "credits": run.credits.collect(backend="polars"), "measures": run.measures, "payouts": run.payouts,
        "settlements": run.settlements, "lines": run.lines,
    }  # fmt: skip
    frames = {name: _kept(nw.to_native(frame), part.starts_on) for name, frame in found.items()}
    frames["credits"] = frames["credits"].sort("measure", "person_id", "happened_on", "event_id")
    return Computed(part, frames, (*pay_findings(plan, facts, as_of), *run.findings))


def payouts_of(text: str, part: Part, inputs: Inputs) -> pl.DataFrame:
    """PAYOUTS of the part's period alone: several times cheaper than all of a run."""
    found = payouts_alone(running_plan(text, part), facts_of(part, inputs), part.ends_on - dt.timedelta(days=1))
    return _kept(nw.to_native(found), part.starts_on)


def facts_of(part: Part, inputs: Inputs) -> PayFacts:
    """The engine's frames of a part; of a plan in another currency, in the currencies of the sources."""
    eager = {name: nw.from_native(inputs.of(part, name), eager_only=True) for name in ("people", "values", "settled")}
    rates = inputs.frames.get(f"{part.version}:exchange")
    large = {name: inputs.frames[name] for name in ("events", "receipts")}
    if rates is not None:
        large = {name: rows.with_columns(amount_minor="source_amount_minor") for name, rows in large.items()}
        large["events"] = large["events"].with_columns(currency="source_currency")
    splits = inputs.frames.get("splits")
    return PayFacts(
        nw.from_native(large["events"].lazy()), eager["people"], eager["values"],
        splits=None if splits is None else nw.from_native(splits.lazy()),
        exchange=None if rates is None else nw.from_native(rates, eager_only=True),
        receipts=nw.from_native(large["receipts"].lazy()), settled=eager["settled"],
    )  # fmt: skip


def _kept(frame: Any, starts_on: dt.date) -> pl.DataFrame:  # noqa: ANN401  a native frame of Polars
    """Rows of the period; credits have none and are kept."""
    rows: pl.DataFrame = frame
    return rows.filter(pl.col("starts_on") == starts_on) if "starts_on" in rows.columns else rows


def findings_of(found: Sequence[Computed], names: dict[int, str]) -> list[dict[str, Any]]:
    """Findings as JSON, each once, with the plan they are of; what every plan says of the same event is said once."""
    seen: dict[tuple[object, ...], dict[str, Any]] = {}
    for one in found:
        for finding in one.findings:
            key = finding.file, finding.rule, finding.column, finding.value, finding.message
            seen.setdefault(key, asdict(finding) | {"plan": names[one.part.version]})
    return list(seen.values())


def outputs_sha256(found: Sequence[Computed]) -> str:
    """One hash over every row that was computed, in order."""
    digest = hashlib.sha256()
    for one in found:
        for name in FRAMES:
            digest.update(f"{one.part.sha256}:{name}\n".encode() + one.frames[name].write_csv().encode())
    return digest.hexdigest()
