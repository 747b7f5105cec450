r"""What a text file is written in: encoding, line ends, delimiter, header.

    bytes                            encoding       delimiter   header
    b"\xff\xfed\x00e\x00..."          utf-16-le      ,           deal, amount
    b"deal;amount\r\n1;2,50\r\n"     utf-8          ;           deal, amount
    b"name\nCaf\xe9\n"               windows-1252   ,           name

Our own, because readers guess silently: Polars 2.1 takes UTF-16 for garbage, DuckDB 2.0 collapses a ragged file into
one column, neither with an error. The delimiter is the one whose count per record is the most even over many records.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from typing import Final, NamedTuple

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DELIMITERS: Final = (",", ";", "\t", "|")
_DAY: Final = re.compile(r"^\d{4}-\d{1,2}-\d{1,2}([T ].*)?$|^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}$")
_NUMBER: Final = re.compile(r"^[-+]?\d[\d.,]*$")
_CONTROL: Final = tuple(bytes([code]) for code in range(1, 32) if code not in (9, 10, 12, 13, 27))
_YEARS: Final = range(1900, 2101)


class Decoded(NamedTuple):
    """UTF-8 bytes with LF line ends, and how they came about."""

    data: bytes
    encoding: str
    is_guess: bool
    n_nul: int


def decoded(data: bytes) -> Decoded:
    r"""Text as UTF-8 bytes with LF line ends, without byte-order mark and NUL; ValueError when it is no text.

    >>> decoded("é;1\r\n".encode("utf-16"))[:3]
    (b'\xc3\xa9;1\n', 'utf-16-le', False)
    >>> decoded(b"Caf\xe9\r1")[:3]
    (b'Caf\xc3\xa9\n1', 'windows-1252', True)
    """
    encoding, is_guess, mark = _encoding(data)
    body = data[len(mark) :]
    if mark == codecs.BOM_UTF8 and not _is_utf8(body):  # the mark was honest, some bytes are not
        is_guess, body = True, body.decode(errors="replace").encode()
    if encoding != "utf-8":
        if encoding.startswith("utf-16"):
            body = body[: len(body) // 2 * 2]
        body = body.decode(encoding, errors="replace").encode()
    n_nul = body.count(b"\0")
    head = body[:4096]
    if n_nul * 10 > len(body) or sum(head.count(byte) for byte in _CONTROL) * 50 > len(head):
        raise ValueError("it has more control characters than a text has")
    if n_nul:
        body = body.replace(b"\0", b"")
    if b"\r" in body:
        body = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return Decoded(body, encoding, is_guess, n_nul)


def _encoding(data: bytes) -> tuple[str, bool, bytes]:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name, False, mark
    head = data[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if even + odd > len(head) * 0.2 and min(even, odd) * 4 < max(even, odd):
        return ("utf-16-be" if even > odd else "utf-16-le"), True, b""
    return ("utf-8", False, b"") if _is_utf8(data) else ("windows-1252", True, b"")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def delimiter(text: str) -> str:
    r"""The delimiter of a sample of whole records: the most even count over records, then the highest.

    >>> delimiter('a;b\n"x,y,z";2\n3,5;4\n')
    ';'
    >>> delimiter("one\ntwo\n")
    ','
    """
    bare = re.sub(r'"[^"]*"', "", text)
    records = [line for line in bare.split("\n") if line.strip()][:200]
    return max(_DELIMITERS, key=lambda mark: _evenness(mark, records), default=",")


def _evenness(mark: str, records: list[str]) -> tuple[float, int]:
    """Share of records with the most frequent count above zero, and that count; the first record decides ties."""
    counts = Counter(record.count(mark) for record in records)
    if not records or not records[0].count(mark):
        return 0.0, 0
    count, n_records = max(((n, times) for n, times in counts.items() if n), key=lambda pair: (pair[1], pair[0]))
    return round(n_records / len(records), 1), count


class Header(NamedTuple):
    """Names of the columns as used from here on, and which of them had to be made up."""

    names: list[str]
    blank: list[str]
    duplicate: list[str]


def header(cells: list[str]) -> Header:
    """Names without padding, each once; blank ones become column_3, a second `name` becomes name_2.

    >>> header([" deal ", "", "deal"])
    Header(names=['deal', 'column_2', 'deal_2'], blank=['column_2'], duplicate=['deal_2'])
    """
    names, blank, duplicate = [], [], []
    taken = {"_row", "_file"}
    for at, cell in enumerate(cells, 1):
        wanted = " ".join(cell.split())
        name = wanted or f"column_{at}"
        if not wanted:
            blank.append(name)
        n = 2
        while name in taken:
            name, n = f"{wanted or f'column_{at}'}_{n}", n + 1
        if wanted and name != wanted:
            duplicate.append(name)
        taken.add(name)
        names.append(name)
    return Header(names, blank, duplicate)


def _kind(cell: str) -> str:
    text = cell.strip()
    if _DAY.match(text):
        return "day"
    return "number" if _NUMBER.match(text) else "text"


def is_data(first: list[str], second: list[str]) -> bool:
    """Whether the first row is no header but data: it holds days or numbers just where the second row does.

    Years are left aside, since a wide sheet is headed by them.

    >>> is_data(["d-1", "2025-03-03"], ["d-2", "2025-03-04"]), is_data(["deal", "2025"], ["d-1", "120"])
    (True, False)
    """
    kinds = [_kind(cell) for cell in first]
    telling = [
        kind == "day" or (kind == "number" and not (cell.strip().isdigit() and int(cell) in _YEARS))
        for kind, cell in zip(kinds, first, strict=True)
    ]
    return any(telling) and kinds == [_kind(cell) for cell in second]
