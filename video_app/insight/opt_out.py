"""Who is not measured: nobody with `MEASURE_WATCHING=False`, else whose browser asks for it."""

from django.conf import settings
from django.http import HttpRequest

# Global Privacy Control and, of older browsers, Do Not Track. Browsers send them with every
# request, those of players too.
WISHES = ("HTTP_SEC_GPC", "HTTP_DNT")


def is_measured(request: HttpRequest) -> bool:
    """Whether what this request tells of watching may be counted."""
    return settings.MEASURE_WATCHING and not any(request.META.get(name) == "1" for name in WISHES)
