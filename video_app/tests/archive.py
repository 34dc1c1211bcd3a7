"""Looking at films in a bucket."""

import urllib.request
from typing import Any

from video_app import tasks
from video_app.models import Build
from video_app.tests.films import ago, run
from video_app.work import archiving, sweeper

SOURCE = b"the uploaded file"


def store_build(build: Build) -> bool:
    """Copy it if it is due; whether it was."""
    return run(archiving.KIND, pk=build.pk)


def keys(store: Any) -> set[str]:
    return {found["Key"] for found in store.list_objects_v2(Bucket="films").get("Contents", ())}


def get(url: str, **headers: str) -> tuple[int, bytes, Any]:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return answer.status, answer.read(), answer.headers


def tidied() -> int:
    """Sweep, and do what was asked for; how much that was."""
    found = sweeper.reconcile()["tidying"]
    tasks.tidy_bucket()
    return found


def addresses(response: Any) -> list[str]:
    text = response.content.decode()
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def age(build: Build, seconds: float) -> None:
    Build.objects.filter(pk=build.pk).update(stored_at=ago(seconds))
