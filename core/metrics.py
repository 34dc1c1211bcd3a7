"""Figures for Prometheus, read from the database and Redis when they are asked for.

Nothing is counted in the processes themselves: a work-horse's counters would vanish with it.
"""

import secrets
from collections.abc import Iterator

import django_rq
from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from redis.exceptions import RedisError
from rq import Worker

from auth_app.models import Mail, MailState
from video_app.models import Build, BuildState, Chunk, ChunkState, State, Video


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_read(request):
        return HttpResponse("Staff, or the bearer token RQ_API_TOKEN.\n", status=401)
    registry = CollectorRegistry()
    registry.register(Figures())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class Figures:
    def collect(self) -> Iterator[Metric]:
        yield _by_state("videoflix_videos", "Videos by state", Video, State.values)
        yield _by_state("videoflix_builds", "Builds by state", Build, BuildState.values)
        yield _by_state("videoflix_chunks", "Pieces of builds by state", Chunk, ChunkState.values)
        yield _by_state("videoflix_mails", "Mails by state", Mail, MailState.values)
        yield from _queues()


def _by_state(name: str, help_text: str, model: type, states: list[str]) -> Metric:
    rows = model.objects.order_by().values_list("state").annotate(Count("pk"))
    counts = dict.fromkeys(states, 0) | dict(rows)
    family = GaugeMetricFamily(name, help_text, labels=["state"])
    for state, count in counts.items():
        family.add_metric([state], count)
    return family


def _queues() -> Iterator[Metric]:
    """Nothing at all while Redis is away: an absent figure is no zero."""
    lengths = GaugeMetricFamily("videoflix_queue_jobs", "Waiting jobs", labels=["queue"])
    workers = GaugeMetricFamily("videoflix_workers", "Registered workers", labels=["queue"])
    try:
        for name in settings.RQ_QUEUES:
            queue = django_rq.get_queue(name)
            lengths.add_metric([name], len(queue))
            workers.add_metric([name], Worker.count(queue=queue))
    except RedisError:
        return
    yield lengths
    yield workers


def _may_read(request: HttpRequest) -> bool:
    if request.user.is_active and request.user.is_staff:
        return True
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.RQ_API_TOKEN
    return bool(token) and secrets.compare_digest(given.encode(), token.encode())
