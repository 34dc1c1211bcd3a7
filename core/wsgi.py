"""The WSGI entry point (gunicorn)."""

import os

from django.core.wsgi import get_wsgi_application

from core.request import Utf8Request

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
application = get_wsgi_application()
application.request_class = Utf8Request
