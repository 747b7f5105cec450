"""The server's entry: `uvicorn quarterdeck.config.asgi:application`, with the embedded worker beside it."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

from quarterdeck.faces.jobs.lifespan import with_worker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quarterdeck.config.settings")
application = with_worker(get_asgi_application(), is_embedded=settings.WORKER == "embedded")
