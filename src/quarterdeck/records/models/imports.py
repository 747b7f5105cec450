"""What was handed in, what was noticed about it, and what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

STATUSES = ("uploaded", "reading", "previewed", "applying", "applied", "undone", "failed")
SEVERITIES = ("error", "warning", "note")


class Batch(models.Model):
    """Files handed in together; applied whole or not at all, and undone whole."""

    status = models.CharField(max_length=10, choices=[(status, status) for status in STATUSES], default="uploaded")
    source_system = models.CharField(max_length=40)
    preset = models.CharField(max_length=60, blank=True)
    mapping = models.TextField(blank=True, help_text="The YAML in force; empty means the preset's.")
    translations = models.JSONField(default=dict, help_text="Values mapped in the page: {column: {value: code}}.")
    files = models.JSONField(default=list, help_text="[{name, path, size, sha256}]")
    as_of = models.DateField(null=True, blank=True)
    counts = models.JSONField(default=dict, help_text="{template: {read, new, changed, same, left_out}}")
    progress = models.JSONField(default=dict, help_text="{done, total, text}")
    error = models.TextField(blank=True)
    created_by = models.ForeignKey("records.User", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "batch"
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        """Its number and state."""
        return f"batch {self.pk} ({self.status})"


class FindingRow(models.Model):
    """A finding (terms.findings) of a batch, kept so that it can be read and downloaded later."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="findings")
    file = models.CharField(max_length=300)
    row = models.IntegerField(null=True, blank=True)
    column = models.CharField(max_length=200, blank=True, db_column="column_name")
    value = models.TextField(blank=True)
    rule = models.CharField(max_length=40)
    severity = models.CharField(max_length=7, choices=[(severity, severity) for severity in SEVERITIES])
    message = models.TextField()
    remedy = models.TextField()
    n_rows = models.IntegerField(default=1)

    class Meta:
        db_table = "finding"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["batch", "severity", "rule"])]

    def __str__(self) -> str:
        """Rule and place."""
        return f"{self.rule} at {self.file}:{self.row}"


class NounChange(models.Model):
    """What an applied batch changed about a noun that existed before it, kept so that it can be undone.

    Nouns that a batch brought are known by their own `batch`. Rows of an undone batch are deleted.
    """

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="noun_changes")
    noun = models.CharField(max_length=40, help_text="The noun's table.")
    noun_id = models.BigIntegerField()
    before = models.JSONField(help_text="{column: value} of the columns that changed.")
    after = models.JSONField()

    class Meta:
        db_table = "noun_change"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["noun", "noun_id"])]

    def __str__(self) -> str:
        """Which noun, and the batch that changed it."""
        return f"{self.noun} {self.noun_id} by batch {self.batch_id}"
