"""Who did what to which film and webhook stands in the audit log, whichever endpoint did it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from auth_app.models import AuditEntry
from tests.people import make_user, signed_in
from video_app.models import Delivery, Event, Subtitle, Upload, Video, Webhook
from video_app.tests.films import make_film
from video_app.tests.test_resumable_uploads import TUS, begin

pytestmark = pytest.mark.django_db
JSON = "application/json"
GOING = ("video.deleted", "upload.cancelled")  # what these name is no more


@pytest.fixture(autouse=True)
def _media(own_media: Path) -> None: ...


@pytest.fixture
def staff() -> Client:
    return signed_in(make_user("staff", is_staff=True, is_superuser=True))


def add_subtitles(client: Client) -> Any:
    text = SimpleUploadedFile("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nWords\n")
    return client.post("/api/video/1/subtitles/", {"file": text, "language": "de"})


def change_subtitles(client: Client) -> Any:
    return client.patch(f"/api/video/1/subtitles/{track().pk}/", {"label": "Deutsch"}, JSON)


def delete_subtitles(client: Client) -> Any:
    return client.delete(f"/api/video/1/subtitles/{track().pk}/")


def track() -> Subtitle:
    return Subtitle.objects.create(video_id=1, text="WEBVTT", language="de")


def change_film(client: Client) -> Any:
    return client.patch("/api/video/1/", {"title": "Other"}, JSON)


def delete_film(client: Client) -> Any:
    return client.delete("/api/video/1/")


def upload(client: Client) -> Any:
    return begin(client, 9)


def replace(client: Client) -> Any:
    return begin(client, 9, video="1")


def cancel(client: Client) -> Any:
    begin(client, 9)
    return client.delete(f"/api/uploads/{Upload.objects.get().pk}/", **TUS)


def replay(client: Client) -> Any:
    webhook = Webhook.objects.create(url="https://hooks.example/", events=[])
    about = {"event": Event.FAILED, "message_id": "msg_1", "body": "{}"}
    delivery = Delivery.objects.create(webhook=webhook, **about)
    return client.post(f"/api/webhooks/{webhook.pk}/deliveries/{delivery.pk}/replay/")


@pytest.mark.parametrize(
    ("act", "action"),
    [
        (add_subtitles, "subtitles.added"),
        (change_subtitles, "subtitles.changed"),
        (delete_subtitles, "subtitles.deleted"),
        (change_film, "video.changed"),
        (delete_film, "video.deleted"),
        (upload, "video.added"),
        (replace, "video.replaced"),
        (cancel, "upload.cancelled"),
        (replay, "webhook.replayed"),
    ],
)
def test_notes_who_did_it(staff: Client, act: Callable[[Client], Any], action: str) -> None:
    make_film(pk=1)

    assert act(staff).status_code < 300

    entry = AuditEntry.objects.order_by("-pk").first()
    assert entry
    assert (entry.action, entry.actor.email) == (action, "staff@example.org")
    named = {"video": Video, "webhook": Webhook}[entry.subject]
    assert action in GOING or named.objects.filter(pk=entry.subject_id).exists()
