"""The import page of the admin: what staff may import, and what they are told of it."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from tests.people import make_user
from video_app.admin import importing
from video_app.ingest import imports
from video_app.models import Import, Installation, Video
from video_app.store import identity
from video_app.tests.films import run
from video_app.work import importing as work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]
PAGE = "/admin/video_app/video/import/"
JSON = {"Accept": "application/json"}


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_user("staff", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """Films of the server that may be imported."""
    settings.IMPORT_ROOTS = [str(tmp_path / "films")]
    (tmp_path / "films" / "season").mkdir(parents=True)
    for name in ("a.mp4", "season/b.mkv", "notes.txt"):
        (tmp_path / "films" / name).write_bytes(name.encode())
    return tmp_path / "films"


def post(client: Client, location: Any, **fields: Any) -> Any:
    return client.post(PAGE, {"location": str(location), **fields}, headers=JSON)


def test_imports_all_films_of_folder(staff: Client, folder: Path) -> None:
    answer = post(staff, folder, published="on")

    assert answer.json() == {"added": 2, "before": 0, "more": False}
    assert set(Import.objects.values_list("filename", "publishes", "owner__email")) == {
        ("a.mp4", True, "staff@example.org"),
        ("b.mkv", True, "staff@example.org"),
    }
    assert post(staff, folder).json() == {"added": 0, "before": 2, "more": False}


def test_imports_many_films_step_by_step(
    staff: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 1)

    answers = [post(staff, folder).json() for _ in range(3)]

    assert [(a["added"], a["more"]) for a in answers] == [(1, True), (1, True), (0, False)]


def test_says_it_without_script_too(staff: Client, folder: Path) -> None:
    page = staff.post(PAGE, {"location": str(folder)}, follow=True).content.decode()

    assert "2 films will be fetched." in page
    assert "Waiting for its turn" in page


@pytest.mark.parametrize(
    "location",
    [
        "/etc",
        "/etc/passwd",
        "films",
        "{folder}/../secret",
        "{folder}/link",
        "{folder}s",
        "s3://x/y",
    ],
)
def test_imports_nothing_from_elsewhere(staff: Client, folder: Path, location: str) -> None:
    secret = folder.parent / "secret"
    secret.mkdir()
    (secret / "c.mp4").write_bytes(b"secret")
    (folder / "link").symlink_to(secret)

    answer = post(staff, location.format(folder=folder))

    assert answer.status_code == 400
    assert "may not be imported" in answer.json()["error"]
    assert not Import.objects.exists()


def test_imports_nothing_that_leads_in_circles(staff: Client, folder: Path) -> None:
    (folder / "loop").symlink_to(folder / "loop")

    answer = post(staff, f"{folder}/loop")

    assert answer.status_code == 400
    # Python 3.13 and later resolve it to itself, where nothing is.
    assert re.search("may not be imported|no file or folder", answer.json()["error"])
    assert not Import.objects.exists()


@pytest.mark.parametrize("location", ["http://user:secret@films.example/a.mp4", "https:///a.mp4"])
def test_refuses_address_that_is_none(staff: Client, location: str) -> None:
    assert "addresses" in post(staff, location).json()["error"]


def test_refuses_address_that_does_not_end_like_a_film(staff: Client) -> None:
    assert post(staff, "https://films.example/page.html").status_code == 400


def test_names_missing_folder(staff: Client, folder: Path) -> None:
    assert "no file or folder" in post(staff, folder / "gone").json()["error"]


def test_imports_from_own_bucket(staff: Client, store: Any) -> None:
    identity.write_mark(Installation.objects.get().media_id)
    store.put_object(Bucket="films", Key="in/a.mp4", Body=b"a film")
    store.create_bucket(Bucket="private")
    store.put_object(Bucket="private", Key="in/a.mp4", Body=b"secret")

    assert post(staff, "s3://films/in").json()["added"] == 1
    assert post(staff, "s3://private/in").status_code == 400


def test_keeps_to_prefix_in_bucket(staff: Client, settings: Any) -> None:
    settings.IMPORT_ROOTS = ["s3://films/in"]

    for location in ("s3://films/", "s3://films/inner", "s3://films2/in"):
        assert "may not be imported" in post(staff, location).json()["error"]


def test_tells_how_each_is(staff: Client, folder: Path) -> None:
    for row in (row for _, row in imports.begin(str(folder))):
        row.refresh_from_db()
    first, second = Import.objects.order_by("pk")
    run(work.KIND, pk=first.pk)
    Import.objects.filter(pk=second.pk).update(error="The disk is on fire.")

    page = staff.get(PAGE, {"rows": 1}).content.decode()

    assert "Fetched; waiting for a worker" in page
    assert "Failed: The disk is on fire." in page
    assert page.count("Try again") == page.count("Cancel<") == 1


def test_asks_as_many_queries_at_any_size(
    staff: Client, folder: Path, django_assert_max_num_queries: Any
) -> None:
    post(staff, folder)

    with django_assert_max_num_queries(9):
        staff.get(PAGE, {"rows": 1})


def test_retries_and_cancels(staff: Client, folder: Path) -> None:
    post(staff, folder)
    row = Import.objects.order_by("pk").first()
    Import.objects.filter(pk=row.pk).update(error="It failed.", attempts=3)

    staff.post(f"{PAGE}{row.pk}/retry/")
    row.refresh_from_db()
    assert (row.error, row.attempts) == ("", 0)

    staff.post(f"{PAGE}{row.pk}/cancel/")
    assert not Video.objects.filter(pk=row.video_id).exists()


def test_changes_nothing_by_get_or_unknown_name(staff: Client, folder: Path) -> None:
    post(staff, folder)
    row = Import.objects.order_by("pk").first()

    assert staff.get(f"{PAGE}{row.pk}/cancel/").status_code == 404
    assert staff.post(f"{PAGE}{row.pk}/burn/").status_code == 404
    assert staff.post(f"{PAGE}999/cancel/").status_code == 404


@pytest.mark.parametrize("codename", [None, "view_video"])
def test_is_for_those_who_may_add_films(client: Client, folder: Path, codename: str | None) -> None:
    user = make_user("bob", is_staff=True)
    if codename:
        user.user_permissions.add(Permission.objects.get(codename=codename))
    client.force_login(user)

    assert client.get(PAGE).status_code == 403
    assert post(client, folder).status_code == 403
    assert not Import.objects.exists()


def test_sends_strangers_to_sign_in(client: Client, folder: Path) -> None:
    assert post(client, folder).status_code == 302
    client.force_login(make_user())
    assert post(client, folder).status_code == 302
    assert not Import.objects.exists()
