"""The app's registration."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """The only app of ours that has tables."""

    name = "quarterdeck.records"
    label = "records"
    verbose_name = "Quarterdeck records"
    default_auto_field = "django.db.models.BigAutoField"
