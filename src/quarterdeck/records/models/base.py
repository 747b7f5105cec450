"""What nouns and facts have in common.

A noun keeps one row, known by its code. A fact is never edited: a later version supersedes it.

    booking  source_id  amount_minor  known_at    superseded_at
    1        o-1-1      4800000       2025-03-28  2025-04-02      corrected: row 2 took its place
    2        o-1-1      4700000       2025-04-02
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q


class VisibleManager(models.Manager[Any]):
    """Nouns that have not been withdrawn."""

    def get_queryset(self) -> models.QuerySet[Any]:
        """Leave out what an undone batch had brought."""
        return super().get_queryset().filter(withdrawn_at=None)


class CurrentManager(models.Manager[Any]):
    """Facts as we believe them now."""

    def get_queryset(self) -> models.QuerySet[Any]:
        """Leave out what has been superseded."""
        return super().get_queryset().filter(superseded_at=None)


class Noun(models.Model):
    """A thing with a code of the company's own; `batch` is the import that brought it, empty for one made by hand."""

    code = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=300)
    batch = models.ForeignKey("records.Batch", models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager["Any"]()
    visible = VisibleManager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """The name people use."""
        return self.name


class Fact(models.Model):
    """A statement from a source, believed from `known_at` until `superseded_at` (empty: still)."""

    source_system = models.CharField(max_length=40)
    source_id = models.CharField(max_length=300)
    batch = models.ForeignKey("records.Batch", models.PROTECT, null=True, blank=True, related_name="+")
    known_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager["Any"]()
    current = CurrentManager()

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["source_system", "source_id"], condition=Q(superseded_at=None), name="%(class)s_one_current"
            ),
            models.CheckConstraint(
                condition=Q(superseded_at=None) | Q(superseded_at__gte=models.F("known_at")),
                name="%(class)s_known_before_superseded",
            ),
        ]

    def __str__(self) -> str:
        """Where the statement came from."""
        return f"{self.source_system}:{self.source_id}"


class DatedFact(Fact):
    """A fact about a stretch of days `[effective_from, effective_to)`; empty ends are open."""

    effective_from = models.DateField(null=True, blank=True)
    effective_to = models.DateField(null=True, blank=True)

    class Meta(Fact.Meta):
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(effective_from=None)
                | Q(effective_to=None)
                | Q(effective_to__gt=models.F("effective_from")),
                name="%(class)s_at_least_a_day",
            ),
        ]
