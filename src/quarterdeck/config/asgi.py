"""The server's entry: `uvicorn quarterdeck.config.asgi:application`, with the embedded worker beside it."""

import os
import warnings

from django.conf import settings
from django.core.asgi import get_asgi_application

from quarterdeck.config.warm import warmed
from quarterdeck.faces.jobs.lifespan import with_worker

# WhiteNoise hands out files the synchronous way; they are small, and an operator can do nothing about it.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quarterdeck.config.settings")
application = with_worker(get_asgi_application(), is_embedded=settings.WORKER == "embedded", before=warmed)
