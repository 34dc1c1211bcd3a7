"""Whether everything that the product needs works: `/health/` and its relatives.

`/healthz/` and `/health/live/` only say that the process answers: a database that
blinks must not get every container restarted. `/health/ready/` is for load
balancers, `/health/` for people and monitors. Names, states and reasons; no versions,
paths or addresses.
"""

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.components import NO_REASON, problems


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    return _answer(("database", "migrations", "redis"))


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    stores = ("bucket",) if settings.USE_S3_MEDIA else ()
    return _answer(("database", "redis", "worker", "media", *stores, "ffmpeg"))


def _answer(names: Iterable[str]) -> JsonResponse:
    found = problems(names)
    fine = not any(found.values())
    body = {
        "status": "ok" if fine else "error",
        "components": {name: "down" if problem else "ok" for name, problem in found.items()},
    }
    if reasons := {name: why for name, why in found.items() if why not in ("", NO_REASON)}:
        body["reasons"] = reasons
    return JsonResponse(body, status=200 if fine else 503)
