"""The one company of this deployment, and the rules that hold for all of it."""

from __future__ import annotations

from django.db import models


class Company(models.Model):
    """One row: its name, currency, calendar and the metric its desks open with."""

    name = models.CharField(max_length=200, default="Our company")
    currency = models.CharField(max_length=3, default="USD")
    country = models.CharField(max_length=2, default="US")
    time_zone = models.CharField(max_length=60, default="UTC")
    calendar = models.JSONField(default=dict, help_text="See engine.calendar.fiscal; empty means calendar months.")
    headline_metric = models.CharField(
        max_length=40, blank=True, help_text="Empty: bookings, or won amount without any."
    )
    shows_as_of = models.DateField(null=True, blank=True, help_text="The day desks open with; empty means today.")
    is_demo = models.BooleanField(default=False)

    class Meta:
        db_table = "company"

    def __str__(self) -> str:
        """The company's name."""
        return self.name
