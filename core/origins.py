"""Whether a request may have side effects, by what the browser says of its origin."""

from django.conf import settings
from django.http import HttpRequest


def is_trusted(request: HttpRequest) -> bool:
    """The rule of Go's `http.CrossOriginProtection`, with our list of trusted origins.

    `Sec-Fetch-Site` is sent to HTTPS and localhost only; on plain HTTP `Origin` decides.
    No browser leaves out both, so neither means: no browser.
    """
    origin = request.headers.get("Origin")
    if origin in _trusted_origins():
        return True
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in ("same-origin", "none")
    return origin is None or origin == f"{request.scheme}://{request.get_host()}"


def _trusted_origins() -> list[str]:
    return [
        *settings.CORS_ALLOWED_ORIGINS,
        *settings.CSRF_TRUSTED_ORIGINS,
        settings.BACKEND_ORIGIN,
    ]
