"""Search over people, teams, accounts, deals and products: by the beginning of a name, of a word in it, or of a code.

    "hol"       account  Hollis Tools        deal  Hollis 40 seats
    "tools ho"  account  Hollis Tools        every word must be found, in any order

What begins with the words comes first, then what has a word that does; only rows that the actor may see are searched.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Case, IntegerField, Q, Value, When

from quarterdeck.records.models import Account, Opportunity, Person, Product, Team
from quarterdeck.services import access
from quarterdeck.services.deal_names import labels

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from quarterdeck.services.actor import Actor

N_EACH: Final = 8
"""Hits shown per noun."""
_MOST_WORDS: Final = 6
_LONGEST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing found."""

    noun: str
    noun_id: int
    code: str
    name: str


def search(actor: Actor, text: str, *, as_of: dt.date, limit: int = N_EACH) -> list[Hit]:
    """What is called like that, by noun: people, teams, accounts, deals, products. Six queries at most."""
    words = text[:_LONGEST].split()[:_MOST_WORDS]
    if not words:
        return []
    return [
        Hit(noun=noun, noun_id=pk, code=code, name=name)
        for noun, queryset in _nouns(actor, as_of)
        for pk, code, name in _called(noun, _found(queryset, words, limit), as_of)
    ]


def _called(noun: str, found: list[tuple[int, str, str]], as_of: dt.date) -> list[tuple[int, str, str]]:
    """Deals without a name by account and product; everything else by its name."""
    if noun != "deal" or not found:
        return found
    called = labels([Opportunity(pk=pk, code=code, name=name) for pk, code, name in found], as_of)
    return [(pk, code, called[pk].removesuffix(f" ({code})")) for pk, code, _ in found]


def _nouns(actor: Actor, as_of: dt.date) -> list[tuple[str, QuerySet[Any]]]:
    teams = access.teams_seen(actor, as_of)
    seen_teams = Team.visible.all() if teams is None else Team.visible.filter(pk__in=teams)
    has_hat = actor.is_system or bool(actor.hats)
    return [
        ("person", access.persons_seen(actor, Person.visible.all(), as_of)),
        ("team", seen_teams),
        ("account", access.accounts_seen(actor, Account.visible.all(), as_of)),
        ("deal", access.deals_seen(actor, Opportunity.visible.all(), as_of)),
        ("product", Product.visible.all() if has_hat else Product.visible.none()),
    ]


def _found(queryset: QuerySet[Any], words: list[str], limit: int) -> list[tuple[int, str, str]]:
    """Ranked hits: the whole code first, then names that begin so, then names with a word that does."""
    for word in words:
        queryset = queryset.filter(_begins(word))
    whole = " ".join(words)
    rank = Case(
        When(code__iexact=whole, then=Value(0)),
        When(_any("name__istartswith", whole), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return list(queryset.order_by(rank, "name", "pk").values_list("pk", "code", "name")[:limit])


def _begins(word: str) -> Q:
    return _any("name__istartswith", word) | _any("name__icontains", f" {word}") | Q(code__istartswith=word)


def _any(lookup: str, text: str) -> Q:
    """The lookup in every usual case of the text: SQLite folds the case of ASCII letters only."""
    forms = {text} if text.isascii() else {text, text.lower(), text.upper(), text.title()}
    found = Q()
    for form in sorted(forms):
        found |= Q(**{lookup: form})
    return found
