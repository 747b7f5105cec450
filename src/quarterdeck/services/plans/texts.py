r"""What people write beside their numbers, as any database keeps it.

>>> said("  two accounts left\x00 \n", 100), said("x" * 9, 4)
('two accounts left', 'xxxx')
"""

from __future__ import annotations


def said(text: str, most: int = 2_000) -> str:
    """A text without what cannot be shown (line breaks may stay), at most so long."""
    return "".join(letter for letter in text if letter.isprintable() or letter in "\n\t").strip()[:most]
