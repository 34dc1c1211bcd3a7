"""Webhooks: signed, in order, retried; never to addresses inside."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import django_rq
import pytest
import standardwebhooks
import time_machine
from django.utils import timezone

from tests.people import make_user, signed_in
from video_app.models import Delivery, DeliveryState, Event, Video, Webhook
from video_app.outside import addresses, client
from video_app.tests.films import make_video
from video_app.webhooks import deliveries, sending

pytestmark = pytest.mark.django_db
INSIDE = [
    "http://127.0.0.1/",
    "http://localhost/",
    "http://0.0.0.0/",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://224.0.0.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "http://user:secret@example.com/",
    "http://",
    "http://[",
    "http://host.invalid/",
]


class Receiver(BaseHTTPRequestHandler):
    """Answers with `status` and keeps what came."""

    status = 204
    drips = False
    got: list[tuple[dict[str, str], bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((dict(self.headers), body))
        if type(self).drips:
            self._drip()
            return
        self.send_response(type(self).status)
        if type(self).status == 302:
            self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _drip(self) -> None:
        try:
            for _ in range(100):
                self.wfile.write(b"H")
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            return

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def receiver(settings: Any) -> Iterator[type[Receiver]]:
    settings.WEBHOOK_ALLOWED_HOSTS = ["127.0.0.1"]
    kind = type("Kind", (Receiver,), {"got": [], "url": ""})
    server = HTTPServer(("127.0.0.1", 0), kind)
    kind.url = f"http://127.0.0.1:{server.server_port}/hook?a=1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield kind
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def _empty_queue(valkey: object) -> None:
    django_rq.get_queue("short").empty()


def webhook_to(receiver: Any, *events: str) -> Webhook:
    return Webhook.objects.create(url=receiver.url, events=list(events or Event.values))


def note(event: Event = Event.PLAYABLE) -> None:
    deliveries.note_data(event, {"id": 7, "title": "Ünïcode"})


def later(**delta: float) -> Any:
    return time_machine.travel(timezone.now() + timedelta(**delta))


class TestSending:
    def test_is_verified_by_receivers_library(self, receiver: Any) -> None:
        webhook = webhook_to(receiver)
        note()
        sending.deliver(webhook.pk)
        [(headers, body)] = receiver.got
        message = standardwebhooks.Webhook(webhook.secret).verify(body, headers)
        assert (message["type"], message["data"]["title"]) == ("video.playable", "Ünïcode")
        assert Delivery.objects.get().state == DeliveryState.DELIVERED

    def test_signs_with_both_secrets_while_rotating(self, receiver: Any) -> None:
        webhook = webhook_to(receiver)
        note()
        secret = deliveries.rotate_secret(webhook)
        sending.deliver(webhook.pk)
        [(headers, body)] = receiver.got
        for known in (webhook.secret, secret):
            assert standardwebhooks.Webhook(known).verify(body, headers)
        with later(days=2):
            note()
            sending.deliver(webhook.pk)
            with pytest.raises(standardwebhooks.WebhookVerificationError):
                standardwebhooks.Webhook(webhook.secret).verify(
                    receiver.got[1][1], receiver.got[1][0]
                )

    def test_sends_only_what_was_asked_for(self, receiver: Any) -> None:
        webhook_to(receiver, Event.FAILED)
        note(Event.PLAYABLE)
        assert not Delivery.objects.exists()

    def test_retries_with_same_id_and_fresh_time(self, receiver: Any) -> None:
        webhook = webhook_to(receiver)
        receiver.status = 500
        note()
        note(Event.COMPLETED)
        sending.deliver(webhook.pk)
        sending.deliver(webhook.pk)
        assert len(receiver.got) == 1, "it waits after a failure, with its other messages"
        receiver.status = 200
        with later(minutes=2):
            deliveries.deliver_due()
            assert django_rq.get_queue("short").count == 1
            sending.deliver(webhook.pk)
        ids = [headers["webhook-id"] for headers, _ in receiver.got]
        times = [headers["webhook-timestamp"] for headers, _ in receiver.got]
        assert ids[0] == ids[1] != ids[2], "in their order"
        assert times[0] != times[1]

    def test_gives_up_and_may_be_replayed(self, receiver: Any) -> None:
        webhook = webhook_to(receiver)
        note()
        Delivery.objects.update(attempts=sending.MAX_ATTEMPTS - 1)
        receiver.status = 500
        sending.deliver(webhook.pk)
        assert Delivery.objects.get().state == DeliveryState.FAILED
        receiver.status = 200
        deliveries.replay(Delivery.objects.get())
        sending.deliver(webhook.pk)
        assert Delivery.objects.get().state == DeliveryState.DELIVERED

    def test_follows_no_redirect(self, receiver: Any) -> None:
        webhook = webhook_to(receiver)
        receiver.status = 302
        note()
        sending.deliver(webhook.pk)
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.status) == (DeliveryState.DUE, 302)

    def test_breaks_off_what_drips(self, receiver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sending, "TIMEOUT", 0.5)
        webhook = webhook_to(receiver)
        receiver.drips = True
        note()
        began = time.monotonic()
        sending.deliver(webhook.pk)
        assert time.monotonic() - began < 3
        assert Delivery.objects.get().state == DeliveryState.DUE

    def test_sends_one_at_a_time(self, receiver: Any) -> None:
        webhook = webhook_to(receiver)
        note()
        assert sending._claim(webhook.pk)
        sending.deliver(webhook.pk)
        assert receiver.got == []


class TestTargets:
    @pytest.mark.parametrize("url", INSIDE)
    def test_refuses_inner_address(self, url: str) -> None:
        with pytest.raises(addresses.ForbiddenTargetError):
            addresses.checked(url)

    def test_refuses_name_with_one_inner_address(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = [(0, 0, 0, "", ("93.184.216.34", 80)), (0, 0, 0, "", ("::1", 80, 0, 0))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: found)
        with pytest.raises(addresses.ForbiddenTargetError):
            addresses.checked("http://example.com/")

    def test_connects_to_the_address_it_checked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        answers = iter(["93.184.216.34", "127.0.0.1"])
        connected = []

        def look_up(*args: Any, **kwargs: Any) -> Any:
            return [(0, 0, 0, "", (next(answers), 80))]

        def connect(address: Any, timeout: Any = None) -> Any:
            connected.append(address[0])
            raise OSError("no network in tests")

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        monkeypatch.setattr(socket, "create_connection", connect)
        with pytest.raises(client.NoAnswerError):
            client.post("http://example.com/", b"", {}, seconds=1)
        assert connected == ["93.184.216.34"]


class TestApi:
    BODY = {"url": "http://127.0.0.1:9/", "events": ["video.playable"]}

    def root(self) -> Any:
        return signed_in(make_user("root", is_staff=True, is_superuser=True))

    @pytest.mark.parametrize("rights", [None, {}, {"is_staff": True}])
    def test_is_for_staff_with_the_right(self, rights: Any, client: Any) -> None:
        asking = client if rights is None else signed_in(make_user(**rights))
        status = 401 if rights is None else 403
        assert asking.get("/api/webhooks/").status_code == status
        assert asking.post("/api/webhooks/", self.BODY, "application/json").status_code == status

    def test_refuses_inner_receiver(self) -> None:
        answer = self.root().post("/api/webhooks/", self.BODY, "application/json")
        assert (answer.status_code, list(answer.json())) == (400, ["url"])

    def test_shows_secret_once(self, settings: Any) -> None:
        settings.WEBHOOK_ALLOWED_HOSTS = ["127.0.0.1"]
        root = self.root()
        made = root.post("/api/webhooks/", self.BODY, "application/json").json()
        assert made["secret"].startswith("whsec_")
        path = f"/api/webhooks/{made['id']}/"
        assert made["secret"] not in root.get("/api/webhooks/").content.decode()
        assert root.post(f"{path}secret/").json()["secret"] != made["secret"]
        changed = root.patch(path, {"is_active": False}, "application/json")
        assert changed.json()["is_active"] is False
        note()
        assert root.get(f"{path}deliveries/").json() == []
        assert root.delete(path).status_code == 204

    def test_lists_and_replays_messages(self, receiver: Any) -> None:
        webhook = webhook_to(receiver)
        note()
        Delivery.objects.update(state=DeliveryState.FAILED)
        root = self.root()
        [row] = root.get(f"/api/webhooks/{webhook.pk}/deliveries/").json()
        assert json.loads(row["body"])["type"] == "video.playable"
        path = f"/api/webhooks/{webhook.pk}/deliveries/{row['id']}/replay/"
        assert root.post(path).json()["state"] == "due"
        other = Webhook.objects.create(url="https://example.com", events=[])
        wrong = f"/api/webhooks/{other.pk}/deliveries/{row['id']}/replay/"
        assert root.post(wrong).status_code == 404


def test_tells_of_a_deleted_film(receiver: Any) -> None:
    webhook_to(receiver)
    video = make_video()
    Video.objects.get(pk=video.pk).delete()
    assert json.loads(Delivery.objects.get().body)["data"]["id"] == video.pk
