"""A plan and its files for `quarterdeck compute pay`: three measures, splits, two currencies, pay on cash."""

from pathlib import Path
from typing import Final

from typer.testing import CliRunner, Result

from quarterdeck.faces.cli.main import app

PLAN: Final = """
plan: reps
currency: USD
effective_from: 2025-01-01
effective_to: 2026-01-01
values: {quota: {unit: money, per: year}}
measures:
  sales: {window: year, target: quota, target_to_date: true}
  team: {credit: {to: roll_up, own: false}}
  shared: {credit: {to: splits, role: SE, sums_to_one: false}, where: product == 'Pro'}
components:
  - name: commission
    measure: sales
    table: {mode: marginal, value: rate, by: attainment(sales), bands: [{from: 0, pays: 8%}, {from: 100%, pays: 12%}]}
  - {name: override, measure: team, rate: 1%}
  - {name: overlay, measure: shared, rate: 1%, release: cash}
"""
FILES: Final = {
    "plan.yaml": PLAN,
    "events.csv": 'event,happened_on,person,amount,currency,product\ne1,2025-01-05,rita,"1,250.50",,Pro\n'
    "e2,2025-02-05,sam,400,EUR,\ne3,2025-02-06,zoë,99.99,USD,Pro\n",
    "people.csv": "person,manager,hat,effective_from\nrita,mara,rep,\nsam,mara,rep,2025-02-01\n"
    "zoë,mara,rep,\nmara,,manager,\n",
    "quotas.csv": "person,name,value\n,quota,12000\n",
    "splits.csv": "event,person,role,share\ne1,sam,SE,50%\ne3,rita,SE,1\n",
    "exchange.csv": "currency,on,rate\nEUR,2025-01-01,1.1\n",
    "receipts.csv": "event,paid_on,amount\ne3,2025-02-20,50\n",
}


def written(folder: Path) -> Path:
    """The files in a folder."""
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def paid(folder: Path, *more: str, out: str = "out") -> Result:
    """The command run over the files of a folder."""
    words = ["compute", "pay", str(folder / "plan.yaml"), "--as-of", "2025-02-28", "--out", str(folder / out)]
    options = {
        "events": "events",
        "people": "people",
        "targets": "quotas",
        **{name: name for name in ("splits", "exchange", "receipts")},
    }
    for option, name in options.items():
        words += [f"--{option}", str(folder / f"{name}.csv")]
    return CliRunner().invoke(app, [*words, *more])


def pays_the_same_bytes(folder: Path, engine: str) -> None:
    """Every file of this engine beside those of Polars."""
    assert paid(folder).exit_code == 0
    done = paid(folder, "--engine", engine, out=engine)
    assert done.exit_code == 0, done.output
    for path in (folder / "out").iterdir():
        assert path.read_bytes() == (folder / engine / path.name).read_bytes(), path.name
