"""Who did what, when, with what before and after; the database refuses to change or delete a row."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class JournalEntry(models.Model):
    """One write by one actor. Its id is the data's version: open desks watch it grow."""

    at = models.DateTimeField()
    actor = models.ForeignKey("records.User", models.PROTECT, null=True, blank=True, related_name="+")
    actor_name = models.CharField(max_length=300, help_text="As it was then; 'system' without a user.")
    verb = models.CharField(max_length=60, help_text="The service's name, such as goal_set.")
    noun = models.CharField(max_length=40)
    noun_id = models.CharField(max_length=60, blank=True)
    summary = models.CharField(max_length=500)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)

    class Meta:
        db_table = "journal_entry"
        verbose_name_plural = "journal entries"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["noun", "noun_id"]),
            models.Index(fields=["-at"]),
        ]

    def __str__(self) -> str:
        """The sentence it keeps."""
        return self.summary
