"""Documents of pay as PDF: a statement, and the plan document that people sign. Set by Typst, without any network.

    texts as JSON  ──typst/statement.typ──>  PDF: the same bytes for the same texts, whenever and wherever it is made

Nothing that a person wrote ever becomes a part of a template: templates are files of the product, texts reach them as
data and are set as texts. Fonts are those of the compiler, and those in the folder `fonts` of the data directory, which
an operator fills for scripts other than Latin, Greek and Cyrillic.
"""

from __future__ import annotations

import datetime as dt
import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from quarterdeck.services.calendar import company
from quarterdeck.services.pay.plan_documents import document_sha256
from quarterdeck.terms.errors import QuarterdeckFault, Refusal
from quarterdeck.terms.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.services.pay.acceptances import Shown
    from quarterdeck.services.pay.statements import Line, Statement

TEMPLATES: Final = Path(__file__).parent / "typst"
MOST_LINES: Final = 5_000
"""A statement with more lines is no paper; its page and its workbook have them all."""
TAGGED: Final = 500
"""Up to so many lines a document is tagged for screen readers: tags take ten times as long as the setting itself."""
_LINES: Final = ["Part", "What", "Event", "Day", "Credited", "Before", "After", "Band", "Rate", "Adds"]
_DAY: Final = "%-d %b %Y"
_INSTANT: Final = "%-d %B %Y %H:%M UTC"


def pdf_of(template: str, data: Mapping[str, Any], at: dt.datetime, *, is_tagged: bool = True) -> bytes:
    """A template of this folder with its data; `at` is what the file says it was made at."""
    import typst  # noqa: PLC0415  80 MB of compiler, which only documents need

    try:
        return typst.compile(
            str(TEMPLATES / f"{template}.typ"), root=str(TEMPLATES), font_paths=_fonts(), timestamp=int(at.timestamp()),
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, pdf_tags=is_tagged,
        )  # fmt: skip
    except typst.TypstError as error:
        raise QuarterdeckFault(f"{template}.typ was not set: {error}") from error


@lru_cache(maxsize=1)
def _fonts() -> Any:  # noqa: ANN401  typst.Fonts
    """The compiler's own fonts and an operator's; never those of the machine, which differ from one to the next."""
    import typst  # noqa: PLC0415  as above

    folder = Path(settings.DATA_DIR) / "fonts"
    paths = [folder] if folder.is_dir() else []
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=paths)


def amount(minor: int, currency: str) -> str:
    r"""An amount to the last digit with a true minus, its currency standing in the heading.

    >>> amount(-123456, "USD").replace("\N{MINUS SIGN}", "minus ")
    'minus 1,234.56'
    """
    return str(Money(minor, currency)).removesuffix(f" {currency}").replace("-", "\N{MINUS SIGN}")


def statement_pdf(found: Statement) -> bytes:
    """A statement as its page shows it. Raises Refusal (`too_large`) for one that no printer holds."""
    if len(found.lines) > MOST_LINES:
        why = f"It has {len(found.lines):,} lines, and a document holds {MOST_LINES:,}."
        raise Refusal("The document was not made.", why, "Take the XLSX file, which has them all.", "too_large")
    return pdf_of("statement", statement_data(found), found.run.known_at, is_tagged=len(found.lines) <= TAGGED)


def statement_data(found: Statement) -> dict[str, Any]:
    """The texts of a statement; amounts are in its currency unless they say their own."""
    of, currency = company(), found.currency
    title = f"Statement of {found.person}, {found.run.name}"
    total = amount(found.total_minor, currency)
    silent = f"{found.n_silent} more credits count towards a target and add nothing yet." if found.n_silent else ""
    return {
        "title": title, "sentence": _sentence(found), "foot": f"{of.name}. {title}, {found.state}.",
        "facts": [("Paid", f"{total} {currency}"), ("State", found.state), *_settled(found, currency)],
        "line_head": [*_LINES[:-1], f"Adds {currency}"], "lines": [_line(one, currency) for one in found.lines],
        "line_foot": ["Paid", *[""] * 8, total], "silent": silent, "sources": _sources(found),
        "reached_head": ["Measure", "Plan", "In the period", "To date", "Target", "Attainment"],
        "reached": [
            (one.measure, one.plan, _in(one.value, one.unit, currency), _in(one.to_date, one.unit, currency),
             _in(one.target, one.unit, currency), "" if one.attainment is None else f"{one.attainment * 100:.1f} %")
            for one in found.reached
        ],
        "late_head": ["Event", "Measure", "Day", "Was", "Is"],
        "late": [
            (one.event, one.measure, f"{one.happened_on:{_DAY}}",
             "not known" if one.was is None else _in(one.was, one.unit, currency), _in(one.value, one.unit, currency))
            for one in found.late
        ],
    }  # fmt: skip


def _sentence(found: Statement) -> str:
    """In the third person, whoever asks: the document of a statement is one and the same for all."""
    return found.sentence.replace("You are", f"{found.person} is", 1) if found.is_own else found.sentence


def _settled(found: Statement, currency: str) -> list[tuple[str, str]]:
    """What each plan earned, corrected, carried and lent."""
    rows = []
    for one in found.settlements:
        parts = {
            "earned": one.earned_minor, "of earlier periods": one.corrected_minor, "carried on": one.carried_minor,
            "of advances owed": one.debt_minor,
        }  # fmt: skip
        said = [f"{amount(value, currency)} {name}" for name, value in parts.items() if value or name == "earned"]
        rows.append((one.version.plan.code, ", ".join(said)))
    return rows


def _line(one: Line, currency: str) -> tuple[str, ...]:
    own = one.currency
    foreign = f" {own}" if own != currency else ""
    return (
        one.component or "settlement", one.what, ", ".join(filter(None, [one.event, one.source])),
        f"{one.happened_on:{_DAY}}" if one.happened_on else "", _in(one.value, one.unit, own),
        _in(one.before, one.unit, own), _in(one.after, one.unit, own), one.band, one.rate,
        f"{amount(one.amount_minor, own)}{foreign}",
    )  # fmt: skip


def _in(value: int | None, unit: str, currency: str) -> str:
    return "" if value is None else amount(value, currency) if unit == "money" else f"{value:,}"


def _sources(found: Statement) -> list[tuple[str, str]]:
    run = found.run
    versions = [one.version for one in found.settlements]
    plans = [(f"{one.plan.code}, version {one.number}", one.sha256) for one in versions]
    checked = "The lines sum to what is paid." if found.adds_up else "The lines do not sum to it: ask operations."
    return [
        ("Known at", f"{run.known_at:{_INSTANT}}"), *plans, ("Inputs", run.inputs_sha256),
        ("Engine", run.engine_version), ("Checked", checked),
    ]  # fmt: skip


def plan_pdf(shown: Shown) -> bytes:
    """The plan document of a person, with their acceptance or a line to sign on."""
    document, standing = shown.document, shown.standing
    is_accepted = standing.accepted_at is not None
    which = f"{document.plan}, version {document.version}"
    accepted = f"{standing.accepted_as}, on {standing.accepted_at:{_INSTANT}}" if is_accepted else "Not accepted yet"
    data = {
        "document": document.plain(), "is_accepted": is_accepted,
        "foot": f"{document.company}. {which}, {document.sha256[:12]}. {document.person}.",
        "facts": [
            ("Company", document.company), ("For", f"{document.person} ({document.person_code})"),
            ("Plan", which), ("In force", document.days),
            ("You are on it", document.on_plan), ("SHA-256 of the plan file", document.sha256),
        ],
        "acceptance": [
            ("SHA-256 of this document's text", standing.document_sha256 or document_sha256(document.plain())),
            ("Accepted by", accepted),
        ],
    }  # fmt: skip
    return pdf_of("plan", data, shown.version.published_at or shown.version.at)
