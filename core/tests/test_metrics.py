"""The figures for Prometheus, and who may read them."""

import uuid
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from tests.people import make_user
from video_app.models import State, Video
from video_app.work import workers

pytestmark = pytest.mark.django_db


def operator() -> Any:
    """Staff who were given the right to view builds."""
    user = make_user("operator", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_build"))
    return user


def read(client: Client, token: str) -> Any:
    return client.get("/metrics", headers={"authorization": f"Bearer {token}"})


def test_refuses_strangers(client: Client) -> None:
    assert client.get("/metrics").status_code == 401


def test_refuses_wrong_token(client: Client, settings: Any) -> None:
    settings.RQ_API_TOKEN = "right"

    assert read(client, "wrong").status_code == 401


def test_refuses_empty_token(client: Client, settings: Any) -> None:
    settings.RQ_API_TOKEN = ""

    assert read(client, "").status_code == 401


def test_refuses_members(client: Client) -> None:
    client.force_login(get_user_model().objects.create(username="m", email="m@example.com"))

    assert client.get("/metrics").status_code == 401


def test_refuses_staff_without_permission(client: Client) -> None:
    client.force_login(make_user("clerk", is_staff=True))

    assert client.get("/metrics").status_code == 401


def test_refuses_token_beyond_ascii(client: Client, settings: Any) -> None:
    settings.RQ_API_TOKEN = "right"

    assert client.get("/metrics", headers={"authorization": "Bearer r\u00efght"}).status_code == 401


def test_shows_operators_videos_by_state(client: Client) -> None:
    client.force_login(operator())
    Video.objects.bulk_create([Video(title="a", state=State.FAILED) for _ in range(2)])

    text = client.get("/metrics").content.decode()

    assert 'videoflix_videos{state="failed"} 2.0' in text
    assert 'videoflix_videos{state="completed"} 0.0' in text


def test_shows_token_queues_and_workers(client: Client, settings: Any) -> None:
    settings.RQ_API_TOKEN = "right"

    text = read(client, "right").content.decode()

    assert 'videoflix_queue_jobs{queue="transcode"} 0.0' in text
    assert 'videoflix_workers{queue="short"} 0.0' in text


def test_counts_workers_by_their_heartbeats(client: Client, settings: Any) -> None:
    settings.RQ_API_TOKEN = "right"
    workers.beat(uuid.uuid4(), ["short", "urgent"])
    workers.beat(uuid.uuid4(), ["short"])

    text = read(client, "right").content.decode()

    assert 'videoflix_workers{queue="short"} 2.0' in text
    assert 'videoflix_workers{queue="urgent"} 1.0' in text
