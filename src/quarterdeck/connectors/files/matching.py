"""How texts of a mapping are compared with texts of a file: without case and outer spaces, `*` as in file names.

pattern     matches                     does not
won         Won, " WON "                Closed Won
006*        0061G00000N38JZ             0016000...
*           anything                    an empty cell
""          an empty cell               anything
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import reduce

import polars as pl


def folded(text: str) -> str:
    """The form in which texts are compared."""
    return text.strip().lower()


def squashed(text: str) -> str:
    """A name without case, spaces and punctuation; a dot stays, since it divides a joined file from its column.

    >>> squashed("Stage Name"), squashed("manager.user_role_id"), squashed("Größe (m)")
    ('stagename', 'manager.userroleid', 'größem')
    """
    return re.sub(r"[^\w.]|_", "", text.lower())


def _regex(pattern: str) -> str:
    return f"(?s)^{'.*'.join(re.escape(part) for part in folded(pattern).split('*'))}$"


def names_file(pattern: str, name: str) -> bool:
    """Whether a rule's `file` names a table.

    >>> names_file("deals|sales_*", "Sales_Pipeline"), names_file("deal", "deals")
    (True, False)
    """
    return any(re.match(_regex(part), folded(name)) for part in pattern.split("|") if part.strip())


def holds_one_of(column: pl.Expr, patterns: Iterable[str]) -> pl.Expr:
    """Whether each cell matches one of the patterns; never null."""
    text = column.fill_null("").str.strip_chars().str.to_lowercase()
    plain = [folded(pattern) for pattern in patterns if "*" not in pattern]
    tests = [text.is_in(plain)]
    tests += [
        text != "" if pattern.strip() == "*" else text.str.contains(_regex(pattern))
        for pattern in patterns
        if "*" in pattern
    ]
    return reduce(lambda one, other: one | other, tests)


def translated(column: pl.Expr, pairs: Iterable[tuple[str, str]]) -> pl.Expr:
    """Each cell as its translation; exact values go first, then patterns in order, then `*`; the rest stays."""
    text = column.fill_null("").str.strip_chars().str.to_lowercase()
    exact = {folded(old): new for old, new in pairs if "*" not in old}
    result = column
    patterns = [pair for pair in pairs if "*" in pair[0] and pair[0].strip() != "*"]
    others = [pair for pair in pairs if pair[0].strip() == "*"]
    for old, new in (*others, *reversed(patterns)):  # what is wrapped last, wins
        result = pl.when(holds_one_of(column, [old])).then(pl.lit(new)).otherwise(result)
    if not exact:
        return result
    swapped = text.replace_strict(list(exact), list(exact.values()), default=None, return_dtype=pl.String)
    return pl.when(text.is_in(list(exact))).then(swapped).otherwise(result)
