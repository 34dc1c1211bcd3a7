"""Figures for Prometheus, read from the database and Redis when they are asked for.

Nothing is counted in the processes themselves: a work-horse's counters would vanish with it.
"""

from collections import Counter
from collections.abc import Iterator

import django_rq
from django.conf import settings
from django.db.models import Count, Model
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from redis.exceptions import RedisError

from auth_app.models import Mail, MailState
from auth_app.permissions import may_see_operations
from core.operators import has_token
from video_app.insight import figures
from video_app.models import Build, BuildState, Chunk, ChunkState, State, Video
from video_app.work import workers


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not may_see_operations(request.user) and not has_token(request):
        who = "Superusers, staff who may view builds, or the bearer token RQ_API_TOKEN.\n"
        return HttpResponse(who, status=401, content_type="text/plain; charset=utf-8")
    registry = CollectorRegistry()
    registry.register(Figures())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class Figures:
    def collect(self) -> Iterator[Metric]:
        yield _by_state("videoflix_videos", "Videos by state", Video, State.values)
        yield _by_state("videoflix_builds", "Builds by state", Build, BuildState.values)
        yield _by_state("videoflix_chunks", "Pieces of builds by state", Chunk, ChunkState.values)
        yield _by_state("videoflix_mails", "Mails by state", Mail, MailState.values)
        yield _workers()
        yield from _watching()
        yield from _queues()


def _watching() -> Iterator[Metric]:
    """Of all time, so that they only grow."""
    row = figures.totals()
    for name, help_text, value in [
        ("videoflix_views", "Films watched", row.views),
        ("videoflix_watched_seconds", "Seconds watched", row.seconds),
        ("videoflix_stalls", "Times that a film stood still for want of data", row.stalls),
        ("videoflix_playback_errors", "Films that an error ended", row.errors),
    ]:
        counter = CounterMetricFamily(name, help_text)
        counter.add_metric([], value)
        yield counter
    yield _histogram(
        "videoflix_playback_startup_seconds", "From play to picture", figures.startups(row)
    )
    yield _histogram("videoflix_playback_stall_seconds", "Length of stalls", figures.stalls(row))


def _histogram(name: str, help_text: str, found: figures.Histogram) -> Metric:
    family = HistogramMetricFamily(name, help_text)
    family.add_metric([], buckets=found.buckets, sum_value=found.total)
    return family


def _by_state(name: str, help_text: str, model: type[Model], states: list[str]) -> Metric:
    rows = model._default_manager.order_by().values_list("state").annotate(Count("pk"))
    counts = dict.fromkeys(states, 0) | dict(rows)
    family = GaugeMetricFamily(name, help_text, labels=["state"])
    for state, count in counts.items():
        family.add_metric([state], count)
    return family


def _workers() -> Metric:
    """By their heartbeats in the database: a Redis that came back empty knows none."""
    family = GaugeMetricFamily("videoflix_workers", "Living workers", labels=["queue"])
    served = Counter(name for worker in workers.living() for name in worker.queues)
    for name in settings.RQ_QUEUES:
        family.add_metric([name], served[name])
    return family


def _queues() -> Iterator[Metric]:
    """Nothing at all while Redis is away: an absent figure is no zero."""
    lengths = GaugeMetricFamily("videoflix_queue_jobs", "Waiting jobs", labels=["queue"])
    try:
        for name in settings.RQ_QUEUES:
            lengths.add_metric([name], len(django_rq.get_queue(name)))
    except RedisError:
        return
    yield lengths
