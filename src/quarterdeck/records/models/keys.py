"""What a program was answered, so that asking again with the same key does not do it twice."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from quarterdeck.records.models.users import User


class IdempotencyKey(models.Model):
    """A key of a program's own making, what was asked with it (as a hash), and the answer; deleted after a day."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    asked = models.CharField(max_length=64, help_text="SHA-256 of method, path and body.")
    answer = models.TextField(help_text="The answer's JSON.")
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "idempotency_key"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once"),
        ]

    def __str__(self) -> str:
        """The key itself."""
        return self.key
