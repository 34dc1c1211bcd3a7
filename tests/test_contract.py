"""What the contract says of all its paths at once; what each of them answers is tested where the
endpoint is, by tests with the same marker."""

from typing import Any

import pytest
from django.test import Client

from tests.people import ReadingClient, access_token, make_user
from video_app.models import Category, Video
from video_app.tests.films import make_film, write_progressive

pytestmark = [pytest.mark.django_db, pytest.mark.contract, pytest.mark.usefixtures("quick_routes")]

# Method, path without the slash at its end, and what a member is answered who sends nothing.
ACCOUNTS = [
    *(("post", f"{prefix}/register", 400) for prefix in ("/api", "/api/auth", "/users")),
    *(("post", f"{prefix}/login", 400) for prefix in ("/api", "/api/auth", "/users")),
    ("get", "/api/activate/MQ/x", 400),
    ("get", "/api/auth/activate/MQ/x", 400),
    ("get", "/api/activate/MQ?token=x", 400),
    *(("post", f"{prefix}/password_reset", 400) for prefix in ("/api", "/api/auth")),
    ("post", "/api/passwort_reset", 400),
    ("post", "/users/forgot-password", 400),
    *(("post", f"{prefix}/password_confirm/MQ/x", 400) for prefix in ("/api", "/api/auth")),
    ("post", "/api/passwort_confirm/MQ/x", 400),
    ("post", "/users/reset-password", 400),
    ("get", "/users/email-exists?email=alice@example.org", 200),
]
SESSIONS = [
    *(("post", f"{prefix}/logout", 400) for prefix in ("/api", "/api/auth", "/users")),
    *(("post", f"{prefix}/token/refresh", 400) for prefix in ("/api", "/api/auth")),
    ("post", "/users/refresh", 401),
]
STREAMS = ["master.m3u8", "master/index.m3u8", "480p/index.m3u8", "480p/000.ts", "480p/index0.ts"]
FILMS = [
    *(("get", path, 200) for path in ("/api/video", "/api/videos", "/content")),
    *(("post", f"{path}/upload", 403) for path in ("/api/video", "/api/videos")),
    *(
        ("get", f"{path}/1/{name}", 200)
        for path in ("/api/video", "/api/videos")
        for name in STREAMS
    ),
    ("get", "/api/video/1/status", 200),
    ("post", "/content/add-favorite", 400),
    ("get", "/content/video-url/1?quality=360p", 200),
]
ROWS = [*ACCOUNTS, *SESSIONS, *FILMS]
POSTS = [row for row in [*ACCOUNTS, *FILMS] if row[0] == "post"]


@pytest.fixture
def film(own_media: Any) -> Video:
    film = make_film(pk=1)
    write_progressive(film.current_build, "360p", b"a film")
    return film


@pytest.fixture
def token() -> str:
    return access_token(make_user())


def ask(client: Client, method: str, path: str, slash: str = "", **headers: str) -> Any:
    name, question, query = path.partition("?")
    body = {} if method == "get" else {"data": "{}", "content_type": "application/json"}
    return getattr(client, method)(f"{name}{slash}{question}{query}", **body, headers=headers)


def with_cookie(name: str, token: str, **options: Any) -> Client:
    client = ReadingClient(**options)
    client.cookies[name] = token
    return client


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(("method", "path", "status"), ROWS)
def test_answers_without_redirect(
    film: Video, token: str, method: str, path: str, status: int, slash: str
) -> None:
    response = ask(with_cookie("access_token", token), method, path, slash)

    assert response.status_code == status


@pytest.mark.parametrize(("method", "path", "status"), [row for row in ROWS if row[0] == "post"])
def test_demands_no_csrf_token(
    film: Video, token: str, method: str, path: str, status: int
) -> None:
    client = with_cookie("access_token", token, enforce_csrf_checks=True)

    answers = [ask(client, method, path, "/")]
    client.cookies["access_token"] = token  # signing out took it
    answers.append(ask(client, method, path, "/", **{"X-CSRFToken": "an old one"}))

    assert [answer.status_code for answer in answers] == [status] * 2


@pytest.mark.parametrize(("method", "path", "status"), POSTS)
def test_answers_posts_with_json(
    film: Video, token: str, method: str, path: str, status: int
) -> None:
    response = ask(with_cookie("access_token", token), method, path, "/")

    assert response["Content-Type"] == "application/json"
    assert response.json()


@pytest.mark.parametrize("path", [row[1] for row in FILMS if row[0] == "get"])
def test_reads_either_cookie_and_bearer_token(film: Video, token: str, path: str) -> None:
    for client in (with_cookie("access_token", token), with_cookie("vf_access", token)):
        assert ask(client, "get", path).status_code == 200
    assert ask(ReadingClient(), "get", path, Authorization=f"Bearer {token}").status_code == 200
    assert ask(ReadingClient(), "get", path).status_code == 401


def test_tells_status_of_film(film: Video, token: str) -> None:
    Video.objects.update(notes=[{"code": "audio_left_out", "text": "One sound is left out."}])

    found = ask(with_cookie("access_token", token), "get", "/api/video/1/status").json()

    assert (found["state"], found["progress"], found["error"]) == ("completed", 100.0, "")
    assert [set(note) for note in found["notes"]] == [{"code", "text"}]


def test_knows_categories_of_the_contract() -> None:
    assert [*Category.values] == [
        *("action", "adventure", "animation", "biography", "comedy", "crime", "documentary"),
        *("drama", "family", "fantasy", "history", "horror", "music", "musical", "mystery"),
        *("romance", "sci-fi", "sport", "thriller", "war", "western", "other"),
    ]
