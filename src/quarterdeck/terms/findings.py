"""What an import noticed: bad or doubtful input, named so exactly that somebody can mend it.

Bad data never raises. Reading returns rows and findings, and shows both:

    file                row   column   value    rule             remedy
    sales_pipeline.csv  2     product  GTXPro   unknown_value    Map 'GTXPro' to a known product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]
"""error: the row is left out; warning: the row is kept, a field is not or is doubtful; note: kept, worth knowing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing noticed about one place, or about `n_rows` places that share a value.

    `row` counts from 1 and includes the header, as a spreadsheet shows it; None means the whole file or a group of
    rows (the first one is then named in the message).

    >>> finding = Finding(file="deals.csv", row=2, column="product", value="GTXPro", rule="unknown_value",
    ...     severity="warning", message="No product is called 'GTXPro'.", remedy="Map it to a product.")
    >>> finding.n_rows
    1
    """

    file: str
    row: int | None
    column: str
    value: str
    rule: str
    severity: Severity
    message: str
    remedy: str
    n_rows: int = 1
