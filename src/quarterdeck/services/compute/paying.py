"""What a plan file pays, from files.

Every table of the run, and a summary that says from which plan, facts and day it came.

plan.yaml, events.csv, people.csv, quotas.csv   ->   credits, measures, payouts, settlements, statement_lines, summary
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from quarterdeck.engine.pay.amortisation import amortisations
from quarterdeck.engine.pay.examples import plan_examples
from quarterdeck.engine.pay.facts import collected
from quarterdeck.engine.pay.findings import pay_findings
from quarterdeck.engine.pay.reading import plan_from_text
from quarterdeck.engine.pay.run import pay_run
from quarterdeck.engine.pay.schema import PLAN_SCHEMA
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from quarterdeck.engine.pay.definitions import Plan
    from quarterdeck.engine.pay.facts import PayFacts
    from quarterdeck.engine.pay.run import PayRun
    from quarterdeck.terms.findings import Finding
    from quarterdeck.terms.tables import Frame


SHOWN: Final = 5


def read_plan(path: Path) -> Plan:
    """The plan of a file, its own examples having been run. Raises Refusal naming what is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(
            "The plan was not read.", f"{path.name}: {error}.", "Name a YAML file in UTF-8.", "file_not_found"
        ) from error
    plan = plan_from_text(text, path.name)
    if failed := plan_examples(plan):
        raise Refusal(
            "The plan was not run.",
            f"{path.name}: {' '.join(one.message for one in failed[:10])}",
            "Correct the plan, or its examples.",
            "comp_plan",
            row=path.name,
        )
    return plan


def plan_schema_text() -> str:
    """The JSON Schema of a plan file, as an editor takes it."""
    return json.dumps(PLAN_SCHEMA, indent=1, ensure_ascii=False) + "\n"


def computed_pay(
    plan: Plan, facts: PayFacts, as_of: dt.date, *, open_from: dt.date | None = None
) -> tuple[PayRun, list[Finding]]:
    """The run, and what is wrong with its facts; see `refuse_errors`."""
    findings = pay_findings(plan, facts, as_of)
    run = pay_run(plan, facts, as_of, open_from=open_from)
    return run, [*findings, *run.findings]


def refuse_errors(findings: list[Finding]) -> None:
    """Raise Refusal when a finding is an error: a run never pays around one in silence."""
    errors = [one for one in findings if one.severity == "error"]
    if errors:
        more = f" And {len(errors) - SHOWN} more." if len(errors) > SHOWN else ""
        raise Refusal(
            "Nothing was paid.",
            " ".join(one.message for one in errors[:SHOWN]) + more,
            f"{errors[0].remedy} Or pay what can be paid with --despite-findings.",
            "pay_findings",
        )


def pay_tables(plan: Plan, run: PayRun) -> dict[str, Frame]:
    """Every table of a run by name, in an order that depends on nothing but its rows."""
    order = {
        "credits": ["measure", "person_id", "happened_on", "event_id"],
        "measures": ["measure", "person_id", "starts_on"],
        "payouts": ["component", "person_id", "starts_on"],
        "settlements": ["person_id", "starts_on"],
    }
    frames = {
        "credits": collected(run.credits),
        "measures": run.measures,
        "payouts": run.payouts,
        "settlements": run.settlements,
    }
    found = {name: frame.sort(order[name]) for name, frame in frames.items()}
    found["statement_lines"] = run.lines
    if plan.capitalised_months:
        found["amortisations"] = amortisations(run.settlements, plan.capitalised_months)
    return found


def pay_summary(plan: Plan, tables: dict[str, Frame], as_of: dt.date, findings: list[Finding]) -> dict[str, Any]:
    """Totals of the run with the plan's version, and a hash of all its rows: two runs are the same when this is."""
    digest = hashlib.sha256()
    for name, frame in tables.items():
        digest.update(json.dumps([name, frame.columns, frame.rows()], default=str, ensure_ascii=False).encode())
    settled = tables["settlements"]
    by_component = tables["payouts"].group_by("component").agg(nw.col("amount_minor").sum()).sort("component")
    return {
        "plan": plan.name,
        "plan_version": plan.version,
        "as_of": as_of.isoformat(),
        "currency": plan.currency,
        "n_people": int(settled["person_id"].n_unique()),
        "n_rows": {name: len(frame) for name, frame in tables.items()},
        "payouts_minor": dict(by_component.iter_rows()),
        "paid_minor": int(settled["paid_minor"].sum()),
        "rows_hash": digest.hexdigest(),
        "findings": [asdict(one) for one in findings],
    }


def pay_written(folder: Path, tables: dict[str, Frame], summary: dict[str, Any]) -> list[Path]:
    """Write one CSV per table and summary.json; everything or, where the folder cannot be written, nothing new."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, frame in tables.items():
        paths.append(folder / f"{name}.csv")
        frame.write_csv(str(paths[-1]))
    paths.append(folder / "summary.json")
    paths[-1].write_text(json.dumps(summary, default=str, indent=1, ensure_ascii=False), encoding="utf-8")
    return paths
