"""The small language of plans: what the algebra of tables and modifiers lacks, checked before it is ever run.

    attainment(sales) >= 80% and quantity > 0        a condition
    min(sales, 50000 USD) * rate + 10% * target_pay  an amount

Exact decimals, percents, money with its currency, quoted texts, names; `+ - * /`, comparisons, `in [..]`, `under` (a
path and all below it), `and or not`, `min max if attainment target`. No loops, no assignments, no input or output:
every expression ends. Source: recursive descent (Wirth, Algorithms + Data Structures = Programs, 5); one function per
rule of the grammar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from quarterdeck.engine.pay.exact import fraction
from quarterdeck.terms.money import minor_digits

MAX_LENGTH: Final = 2_000
MAX_DEPTH: Final = 40
FUNCTIONS: Final = {"min": (2, 9), "max": (2, 9), "if": (3, 3), "attainment": (1, 1), "target": (1, 1)}
"""Names with the least and most arguments."""

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<number>\d+(?:_\d{3})*(?:\.\d+)?%?(?:\s+[A-Z]{3}\b)?)|(?P<text>'[^']*'|"[^"]*")|(?P<word>[^\W\d]\w*)"""
    r"""|(?P<mark>==|!=|<=|>=|[-+*/()<>,\[\]]))"""
)
_COMPARES: Final = ("==", "!=", "<", "<=", ">", ">=")
_WORDS: Final = ("and", "or", "not", "in", "under", "true", "false")


class LanguageError(ValueError):
    """An expression that means nothing; says where and what was expected."""


@dataclass(frozen=True, slots=True)
class Number:
    """A constant; of money in minor units, with its currency."""

    value: Fraction
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted text."""

    value: str


@dataclass(frozen=True, slots=True)
class Name:
    """A measure, a value, or a column of events or people."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function, an operator, or a list of texts, over its arguments."""

    name: str
    args: tuple[Node, ...]


Node: TypeAlias = Number | Text | Name | Call


def parsed(source: object) -> Node:
    """The expression as a tree. Raises LanguageError naming the place.

    >>> parsed("2 * quota")
    Call(name='*', args=(Number(value=Fraction(2, 1), currency=''), Name(name='quota')))
    >>> parsed("250.50 USD").value
    Fraction(25050, 1)
    >>> parsed("quota *")
    Traceback (most recent call last):
    quarterdeck.engine.pay.language.LanguageError: 'quota *' ends where a number, a name or a bracket should follow
    """
    text = str(source)
    if len(text) > MAX_LENGTH:
        raise LanguageError(f"an expression of {len(text)} characters is longer than {MAX_LENGTH}")
    reader = _Reader(text, _tokens(text))
    node = reader.either(0)
    if reader.kind:
        raise reader.error("an operator or the end")
    return node


def names(node: Node) -> set[str]:
    """Every name that an expression asks for.

    >>> sorted(names(parsed("min(sales, cap) + attainment(sales) * rate")))
    ['cap', 'rate', 'sales']
    """
    if isinstance(node, Name):
        return {node.name}
    return set().union(*map(names, node.args)) if isinstance(node, Call) else set()


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    bare = text.rstrip()
    while at < len(bare):
        match = _TOKEN.match(bare, at)
        if not match:
            raise LanguageError(f"'{text}' has {bare[at:].strip()[:10]!r}, which means nothing here")
        found.append((match.lastgroup or "", match.group(match.lastgroup or 0)))
        at = match.end()
    return found


class _Reader:
    """One function per rule, from the loosest binding to the tightest; `depth` bounds the nesting."""

    def __init__(self, text: str, tokens: list[tuple[str, str]]) -> None:
        self.text, self.tokens, self.at = text, tokens, 0

    @property
    def kind(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    @property
    def word(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def error(self, expected: str) -> LanguageError:
        place = f"has '{self.word}'" if self.kind else "ends"
        return LanguageError(f"'{self.text}' {place} where {expected} should follow")

    def take(self, *marks: str) -> str:
        """The next token if it is one of these (and no quoted text), else nothing."""
        if self.kind in {"mark", "word"} and self.word in marks:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def need(self, mark: str) -> None:
        if not self.take(mark):
            raise self.error(f"'{mark}'")

    def either(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise LanguageError(f"'{self.text[:40]}...' is nested deeper than {MAX_DEPTH}")
        node = self.both(depth)
        while self.take("or"):
            node = Call("or", (node, self.both(depth)))
        return node

    def both(self, depth: int) -> Node:
        node = self.negated(depth)
        while self.take("and"):
            node = Call("and", (node, self.negated(depth)))
        return node

    def negated(self, depth: int) -> Node:
        if self.take("not"):
            if depth > MAX_DEPTH:
                raise LanguageError(f"'{self.text[:40]}...' is nested deeper than {MAX_DEPTH}")
            return Call("not", (self.negated(depth + 1),))
        return self.compared(depth)

    def compared(self, depth: int) -> Node:
        node = self.summed(depth)
        if mark := self.take(*_COMPARES):
            return Call(mark, (node, self.summed(depth)))
        if self.take("under"):
            return Call("under", (node, self.summed(depth)))
        if self.take("in"):
            self.need("[")
            return Call("in", (node, *self.listed("]", depth)))
        return node

    def summed(self, depth: int) -> Node:
        node = self.multiplied(depth)
        while mark := self.take("+", "-"):
            node = Call(mark, (node, self.multiplied(depth)))
        return node

    def multiplied(self, depth: int) -> Node:
        node = self.signed(depth)
        while mark := self.take("*", "/"):
            node = Call(mark, (node, self.signed(depth)))
        return node

    def signed(self, depth: int) -> Node:
        if self.take("-"):
            if depth > MAX_DEPTH:
                raise LanguageError(f"'{self.text[:40]}...' is nested deeper than {MAX_DEPTH}")
            return Call("-", (Number(Fraction(0)), self.signed(depth + 1)))
        return self.atom(depth)

    def atom(self, depth: int) -> Node:
        kind, word = self.kind, self.word
        if self.take("("):
            node = self.either(depth + 1)
            self.need(")")
            return node
        if not kind or kind == "mark" or (kind == "word" and word in _WORDS[:5]):
            raise self.error("a number, a name or a bracket")
        self.at += 1
        if kind == "number":
            return _number(word)
        if kind == "text":
            return Text(word[1:-1])
        if word in {"true", "false"}:
            return Call(word, ())
        return self.called(word, depth) if self.take("(") else Name(word)

    def called(self, word: str, depth: int) -> Node:
        if word not in FUNCTIONS:
            raise LanguageError(f"'{self.text}' asks for {word}(), but there are only {', '.join(FUNCTIONS)}")
        args = self.listed(")", depth)
        least, most = FUNCTIONS[word]
        if not least <= len(args) <= most:
            raise LanguageError(f"'{self.text}' gives {word}() {len(args)} arguments instead of {least} to {most}")
        return Call(word, args)

    def listed(self, end: str, depth: int) -> tuple[Node, ...]:
        found = [self.either(depth + 1)]
        while self.take(","):
            found.append(self.either(depth + 1))
        self.need(end)
        return tuple(found)


def _number(word: str) -> Number:
    """A number; with a currency behind it, money in minor units."""
    bare, _, currency = word.replace("_", "").partition(" ")
    value = fraction(bare)
    currency = currency.strip()
    return Number(value * 10 ** minor_digits(currency), currency) if currency else Number(value)
