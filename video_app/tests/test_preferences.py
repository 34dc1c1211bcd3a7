"""What a profile chose in the player: kept for it on every device, and for nobody else."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client

from tests.people import make_user, signed_in
from video_app.catalogue import personal, preferences
from video_app.models import Preferences
from video_app.tests.films import make_film

pytestmark = pytest.mark.django_db
PATH = "/api/preferences/"
JSON = "application/json"
NOTHING = {
    **dict.fromkeys(("audio_language", "audio_name", "subtitle_language", "subtitle_name"), ""),
    **dict.fromkeys(("subtitle_size", "subtitle_ground"), ""),
    **dict.fromkeys(("shows_subtitles", "plays_next")),
}
CHOSEN = {
    "audio_language": "de",
    "audio_name": "German",
    "shows_subtitles": True,
    "subtitle_language": "pt-BR",
    "subtitle_name": "Português",
    "subtitle_size": "huge",
    "subtitle_ground": "yellow",
    "plays_next": False,
}
GERMAN = {"audio_language": "de"}


@pytest.fixture
def alice() -> Any:
    return make_user()


@pytest.fixture
def bo(alice: Any) -> Any:
    """Another profile of Alice's account, of limited age."""
    profiles = apps.get_model(settings.PROFILE_MODEL).objects
    return profiles.create(user=alice, name="Bo", age_limit=12)


@pytest.fixture
def main(alice: Any) -> Client:
    return signed_in(alice)


@pytest.fixture
def other(alice: Any, bo: Any) -> Client:
    """A browser in that profile."""
    return in_profile(alice, bo)


def in_profile(user: Any, profile: Any) -> Client:
    client = signed_in(user)
    entered = client.post(f"/api/me/profiles/{profile.pk}/use/", {}, JSON)
    assert entered.status_code == 200
    return client


def change(client: Client, body: Any) -> Any:
    return client.patch(PATH, body, JSON)


def read(client: Client) -> dict[str, Any]:
    found = client.get(PATH).json()
    del found["owner"]
    return dict(found)


class TestKeeping:
    def test_begins_with_nothing_and_makes_no_row(self, main: Client):
        assert read(main) == NOTHING
        assert not Preferences.objects.exists()

    def test_keeps_what_was_chosen_and_answers_with_all(self, main: Client):
        changed = change(main, CHOSEN)

        assert (changed.status_code, changed.json()) == (200, main.get(PATH).json())
        assert read(main) == CHOSEN

    def test_leaves_the_rest_as_it_was(self, main: Client):
        change(main, CHOSEN)

        change(main, {"shows_subtitles": False})

        assert read(main) == CHOSEN | {"shows_subtitles": False}

    def test_takes_choices_back(self, main: Client):
        change(main, CHOSEN)

        assert change(main, NOTHING).status_code == 200
        assert read(main) == NOTHING

    def test_is_the_same_on_another_device(self, alice: Any, bo: Any, main: Client):
        change(main, CHOSEN)
        change(in_profile(alice, bo), GERMAN)

        assert read(signed_in(alice)) == CHOSEN
        assert read(in_profile(alice, bo)) == NOTHING | GERMAN

    def test_keeps_profiles_apart(self, main: Client, other: Client):
        change(other, CHOSEN)
        assert read(main) == NOTHING

        change(main, GERMAN)
        assert (read(main), read(other)) == (NOTHING | GERMAN, CHOSEN)

    def test_names_another_owner_for_each_profile(self, main: Client, other: Client):
        bob = signed_in(make_user("bob"))

        owners = {client.get(PATH).json()["owner"] for client in (main, other, bob)}

        assert len(owners) == 3

    def test_stands_in_every_film_for_the_player(self, main: Client, other: Client):
        film = make_film(age_rating=6)
        change(main, CHOSEN)

        for client in (main, other):
            shown = client.get(f"/api/video/{film.pk}/").json()["preferences"]
            assert shown == client.get(PATH).json()

    def test_takes_two_queries(self, main: Client, django_assert_num_queries: Any):
        change(main, CHOSEN)

        with django_assert_num_queries(2):  # the session, the preferences
            main.get(PATH)


class TestRefusing:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("audio_language", "d" * 36),
            ("audio_language", "de<b>"),
            ("audio_language", None),
            ("audio_language", {"de": 1}),
            ("audio_name", "n" * 101),
            ("audio_name", "\x00"),
            ("shows_subtitles", "perhaps"),
            ("subtitle_language", "de en"),
            ("subtitle_name", "n" * 100_000),
            ("subtitle_size", "gigantic"),
            ("subtitle_ground", ["box"]),
            ("plays_next", 7),
        ],
    )
    def test_rejects_values_that_it_does_not_know(self, main: Client, name: str, value: Any):
        change(main, CHOSEN)

        refused = change(main, {"audio_name": "Other", name: value})

        assert (refused.status_code, list(refused.json())) == (400, [name])
        assert read(main) == CHOSEN

    @pytest.mark.parametrize("body", ["[]", '"x"', "null", "1", "{", r'{"audio_name": "\ud800"}'])
    def test_rejects_other_bodies(self, main: Client, body: str):
        assert change(main, body).status_code == 400

    def test_ignores_whose_the_client_says_they_are(self, bo: Any, main: Client, other: Client):
        named = {"owner": f"{bo.user_id}-{bo.pk}", "profile": bo.pk, "user": 0, "id": 1}

        answer = main.patch(f"{PATH}?profile={bo.pk}", {**GERMAN, **named}, JSON)

        assert answer.json()["owner"] == f"{bo.user_id}-0"
        assert read(other) == NOTHING

    def test_rejects_strangers(self, client: Client):
        assert client.get(PATH).status_code == change(client, GERMAN).status_code == 401
        client.cookies["access_token"] = "half.a.session"
        assert client.get(PATH).status_code == change(client, GERMAN).status_code == 401
        assert not Preferences.objects.exists()

    def test_rejects_refresh_cookie_alone(self, main: Client, alice: Any):
        login = {"email": alice.email, "password": "a long password"}
        half = Client()
        half.post("/api/login/", login, JSON)
        del half.cookies["access_token"]

        assert (half.get(PATH).status_code, change(half, GERMAN).status_code) == (401, 401)

    def test_rejects_requests_from_other_sites(self, main: Client):
        refused = main.patch(PATH, GERMAN, JSON, headers={"Sec-Fetch-Site": "cross-site"})

        assert refused.status_code == 403
        assert read(main) == NOTHING

    def test_is_of_no_other_user(self, main: Client):
        change(main, CHOSEN)
        bob = signed_in(make_user("bob"))

        assert read(bob) == NOTHING
        assert "DELETE" not in bob.options(PATH)["Allow"]

    @pytest.mark.parametrize(("scope", "codes"), [("read", (200, 403)), ("manage", (403, 200))])
    def test_holds_api_tokens_to_their_scope_and_main_profile(
        self, main: Client, other: Client, scope: str, codes: tuple[int, int]
    ):
        change(other, CHOSEN)
        made = main.post("/api/me/tokens/", {"name": "tv", "scopes": [scope]}, JSON).json()
        program = Client(headers={"Authorization": f"Bearer {made['token']}"})

        assert (program.get(PATH).status_code, change(program, GERMAN).status_code) == codes
        assert read(other) == CHOSEN


class TestGoing:
    def test_goes_with_its_profile(self, alice: Any, bo: Any, main: Client, other: Client):
        change(main, GERMAN)
        change(other, CHOSEN)

        bo.delete()

        assert Preferences.objects.get().profile is None
        alice.delete()
        assert not Preferences.objects.exists()

    def test_stands_in_export_with_its_profile(
        self, alice: Any, bo: Any, main: Client, other: Client
    ):
        change(main, GERMAN)
        change(other, CHOSEN)

        assert personal.export(alice)["preferences"] == [
            {"profile": None, **NOTHING, **GERMAN},
            {"profile": bo.pk, **CHOSEN},
        ]

    @pytest.mark.parametrize("is_main", [False, True])
    def test_has_one_row_for_a_profile(self, alice: Any, bo: Any, is_main: bool):
        whose = {"user": alice, "profile": None if is_main else bo}
        Preferences.objects.create(**whose)

        with pytest.raises(IntegrityError), transaction.atomic():
            Preferences.objects.create(**whose)

    @pytest.mark.django_db(transaction=True)
    def test_tells_when_its_profile_has_just_been_removed(self, alice: Any, bo: Any):
        alice.profile_id = bo.pk
        bo.delete()

        with pytest.raises(Preferences.DoesNotExist):
            preferences.change(alice, GERMAN)

    @pytest.mark.django_db(transaction=True)
    def test_loses_nothing_of_parallel_changes(self, alice: Any):
        def keep(name: str) -> None:
            preferences.change(alice, {name: CHOSEN[name]})
            connection.close()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(keep, CHOSEN))

        kept = preferences.of(alice)
        assert {name: getattr(kept, name) for name in CHOSEN} == CHOSEN
