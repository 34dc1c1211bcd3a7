"""Second factors: asked at every entry point, used once, removed only by who may."""

import threading
import time
from datetime import timedelta
from io import StringIO
from typing import Any

import pyotp
import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from auth_app import api_tokens, encryption, factors, links, recovery_codes, sessions
from auth_app.models import AuditEntry, Passkey, RecoveryCode, Session, Totp, User
from auth_app.tests.accounts import ALICE, BOB, PASSWORD, ROOT, STAFF, make_user, signed_in
from auth_app.tests.authenticator import Authenticator
from auth_app.tests.post import delivered

pytestmark = pytest.mark.django_db
BODY = {"email": ALICE, "password": PASSWORD}
LOGINS = ["/api/login/", "/api/auth/login/", "/users/login/"]
ORIGIN = "http://localhost:8000"
NOBODY = sessions.Client()


@pytest.fixture
def _host_name(settings: Any) -> None:
    settings.BACKEND_ORIGIN, settings.PASSKEY_RP_ID = ORIGIN, "localhost"


def protected(email: str = ALICE, **fields: Any) -> tuple[User, pyotp.TOTP]:
    """A user with an authenticator app, and that app."""
    user = make_user(email, **fields)
    secret = pyotp.random_base32()
    Totp.objects.create(user=user, secret=encryption.encrypt(secret), confirmed_at=timezone.now())
    user.second_factor_at = timezone.now()
    user.save()
    return user, pyotp.TOTP(secret)


def log_in(path: str = "/api/login/", **body: str) -> Any:
    return APIClient().post(path, BODY | body)


class TestSigningIn:
    @pytest.mark.parametrize("path", LOGINS)
    def test_asks_at_every_entry_point(self, path: str) -> None:
        protected()
        response = log_in(path)
        status, key = (400, "non_field_errors") if "/users" in path else (401, "detail")
        assert (response.status_code, list(response.json())) == (status, [key])
        assert response["X-Second-Factor"] == "required"
        assert not response.cookies
        assert not Session.objects.exists()

    @pytest.mark.parametrize("path", LOGINS)
    def test_takes_code_in_same_body(self, path: str) -> None:
        _, app = protected()
        assert log_in(path, code=app.now()).status_code == 200

    def test_tells_nothing_without_right_password(self) -> None:
        protected()
        response = log_in(password="wrong")
        assert response.status_code == 401
        assert "X-Second-Factor" not in response

    def test_asks_in_the_admin(self, client: Any) -> None:
        _, app = protected(is_staff=True)
        body = {"username": ALICE, "password": PASSWORD}
        assert client.post("/admin/login/", body).status_code == 200
        assert "_auth_user_id" not in client.session
        assert "id_code" in client.get("/admin/login/").content.decode()
        assert client.post("/admin/login/", body | {"code": app.now()}).status_code == 302

    def test_guards_where_sessions_are_made(self, client: Any) -> None:
        user, _ = protected()
        with pytest.raises(factors.FactorRequiredError):
            sessions.begin(user, "api", NOBODY)
        with pytest.raises(factors.FactorRequiredError):
            client.force_login(user)

    def test_reset_signs_nobody_in(self) -> None:
        user, _ = protected()
        path = links.reset_link(user, "api").partition("uid=")[2].replace("&token=", "/")
        body = {"new_password": "another long secret"}
        assert APIClient().post(f"/api/password_confirm/{path}/", body).status_code == 200
        assert log_in(password="another long secret")["X-Second-Factor"] == "required"

    def test_limits_guesses(self) -> None:
        protected()
        answers = [log_in(code=f"00000{number}").status_code for number in range(6)]
        assert answers[-1] == 429


class TestCodes:
    @pytest.mark.parametrize(("seconds", "works"), [(0, 1), (-30, 1), (30, 1), (-60, 0), (60, 0)])
    def test_tolerates_one_step(self, seconds: int, works: int) -> None:
        _, app = protected()
        with time_machine.travel(1_700_000_010, tick=False):
            code = app.at(int(time.time()) + seconds)
            status = log_in(code=code).status_code
        assert status == (200 if works else 401)

    def test_works_once(self) -> None:
        _, app = protected()
        code = app.now()
        assert (log_in(code=code).status_code, log_in(code=code).status_code) == (200, 401)

    @pytest.mark.django_db(transaction=True)
    def test_lets_one_of_parallel_uses_in(self) -> None:
        user, app = protected()
        code, passed = app.now(), []

        def use() -> None:
            if factors._is_apps_code(User.objects.get(pk=user.pk), code):
                passed.append(1)
            connection.close()

        threads = [threading.Thread(target=use) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(passed) == 1

    def test_burns_recovery_code(self) -> None:
        user, _ = protected()
        code = recovery_codes.renew(user)[0].upper()
        assert (log_in(code=code).status_code, log_in(code=code).status_code) == (200, 401)
        assert RecoveryCode.objects.count() == 9
        assert code.lower().replace("-", "") not in str(RecoveryCode.objects.values())


class TestSettingUp:
    @pytest.mark.django_db(transaction=True)
    def test_turns_on_by_first_code_and_ends_other_sessions(self) -> None:
        user = make_user()
        here, there = signed_in(user), signed_in(user)
        made = here.post("/api/me/second-factor/app/").json()
        assert made["image"].startswith("data:image/svg+xml")
        assert not User.objects.get().second_factor_at
        path = "/api/me/second-factor/app/confirm/"
        assert here.post(path, {"code": "000000"}).status_code == 400
        code = pyotp.TOTP(made["secret"]).now()
        answer = here.post(path, {"code": code})
        assert len(answer.json()["recovery_codes"]) == 10
        assert there.get("/api/me/").status_code == 401
        assert here.get("/api/me/second-factor/").json()["is_on"]
        assert log_in(code=code).status_code == 401  # used at enrolment
        assert [mail.subject for mail in delivered()] == ["Your second factor has changed"]
        assert made["secret"] not in str(Totp.objects.values())

    def test_needs_fresh_sign_in_with_the_factor(self) -> None:
        _, app = protected()
        client = APIClient()
        client.post("/api/login/", BODY | {"code": app.now()})
        Session.objects.update(created_at=timezone.now() - timedelta(hours=1))
        Totp.objects.update(last_step=0)
        assert client.delete("/api/me/second-factor/app/").status_code == 403
        confirm = "/api/me/confirm/"
        refused = client.post(confirm, {"password": PASSWORD})
        assert (refused.status_code, refused["X-Second-Factor"]) == (400, "required")
        body = {"password": PASSWORD, "code": app.now()}
        assert client.post(confirm, body).status_code == 200
        assert client.delete("/api/me/second-factor/app/").status_code == 204
        assert log_in().status_code == 200
        assert AuditEntry.objects.filter(action="factor.removed").exists()

    def test_ends_sessions_of_the_admin(self, client: Any) -> None:
        user = make_user(is_staff=True)
        client.force_login(user)
        here = signed_in(user)
        secret = here.post("/api/me/second-factor/app/").json()["secret"]
        here.post("/api/me/second-factor/app/confirm/", {"code": pyotp.TOTP(secret).now()})
        assert client.get("/admin/").status_code == 302


@pytest.mark.usefixtures("_host_name")
class TestPasskeys:
    def add(self, client: APIClient, device: Authenticator) -> Any:
        options = client.post("/api/me/passkeys/options/").json()
        body = {"attempt": options["attempt"], "name": "My telephone"}
        return client.post("/api/me/passkeys/", body | {"credential": device.create(options)})

    def use(self, device: Authenticator, times: int = 1) -> Any:
        options = APIClient().post("/api/login/passkey/options/").json()
        body = {"attempt": options["attempt"], "credential": device.get(options)}
        answers = [APIClient().post("/api/login/passkey/", body) for _ in range(times)]
        return answers[-1]

    def test_signs_in_without_password_and_once(self) -> None:
        client, device = signed_in(make_user()), Authenticator(ORIGIN)
        assert len(self.add(client, device).json()["recovery_codes"]) == 10
        answer = self.use(device)
        assert (answer.status_code, answer.json()["user"]["username"]) == (200, ALICE)
        assert self.use(device, times=2).status_code == 401

    def test_makes_password_alone_too_little(self) -> None:
        client = signed_in(make_user())
        codes = self.add(client, Authenticator(ORIGIN)).json()["recovery_codes"]
        assert log_in().status_code == 401
        assert log_in(code=codes[0]).status_code == 200

    @pytest.mark.parametrize(
        "device",
        [
            Authenticator("http://localhost:9999"),
            Authenticator("https://evil.example"),
            Authenticator(ORIGIN, flags=Authenticator.flags & 1),
        ],
        ids=["other port", "other site", "nobody verified"],
    )
    def test_refuses_foreign_answer(self, device: Authenticator) -> None:
        assert self.add(signed_in(make_user()), device).status_code == 400
        assert not Passkey.objects.exists()

    def test_refuses_other_key(self) -> None:
        self.add(signed_in(make_user()), Authenticator(ORIGIN))
        assert self.use(Authenticator(ORIGIN)).status_code == 401

    def confirm(self, client: APIClient, device: Authenticator) -> int:
        options = APIClient().post("/api/login/passkey/options/").json()
        body = {"attempt": options["attempt"], "credential": device.get(options)}
        answers = [client.post("/api/me/confirm/passkey/", body).status_code for _ in range(2)]
        assert answers[1] == 400  # an answer counts once
        return answers[0]

    def test_confirms_that_it_is_the_owner(self) -> None:
        client, device = signed_in(make_user()), Authenticator(ORIGIN)
        self.add(client, device)
        Session.objects.update(created_at=timezone.now() - timedelta(hours=1))
        assert client.delete("/api/me/").status_code == 403
        assert self.confirm(client, device) == 200
        assert client.delete("/api/me/").status_code == 200

    def test_confirms_nobody_else(self) -> None:
        device = Authenticator(ORIGIN)
        self.add(signed_in(make_user(BOB)), device)
        client = signed_in(make_user())
        Session.objects.update(created_at=timezone.now() - timedelta(hours=1))
        assert self.confirm(client, device) == 400
        assert client.delete("/api/me/").status_code == 403

    def test_removes_only_own(self) -> None:
        self.add(signed_in(make_user(BOB)), Authenticator(ORIGIN))
        theirs = Passkey.objects.get()
        assert signed_in(make_user()).delete(f"/api/me/passkeys/{theirs.pk}/").status_code == 404
        assert Passkey.objects.exists()


@pytest.mark.parametrize(
    ("origin", "word"),
    [
        ("http://127.0.0.1:8000", "host name"),
        ("http://192.168.1.7", "host name"),
        ("http://films.example", "HTTPS"),
        ("https://films.example:443", ""),
        ("http://localhost:8000", ""),
    ],
)
def test_says_why_there_are_no_passkeys(settings: Any, origin: str, word: str) -> None:
    settings.BACKEND_ORIGIN = origin
    problem = signed_in(make_user()).get("/api/me/second-factor/").json()["passkeys_problem"]
    assert (word in problem) if word else problem == ""


class TestRequiredOfStaff:
    @pytest.fixture(autouse=True)
    def _required(self, settings: Any) -> None:
        settings.SECOND_FACTOR_FOR_STAFF = True

    def test_lets_staff_set_it_up_and_nothing_else(self, client: Any) -> None:
        staff = make_user(STAFF, is_staff=True, is_superuser=True)
        half = signed_in(staff)
        assert half.get("/api/video/").status_code == 403
        assert half.get("/api/me/sessions/").status_code == 403
        assert half.post("/api/me/tokens/", {"name": "x", "scopes": ["read"]}).status_code == 403
        secret = half.post("/api/me/second-factor/app/").json()["secret"]
        half.post("/api/me/second-factor/app/confirm/", {"code": pyotp.TOTP(secret).now()})
        assert half.get("/api/video/").status_code == 200

    def test_keeps_them_from_admin_streams_and_tokens(self, client: Any) -> None:
        staff = make_user(STAFF, is_staff=True)
        body = {"username": STAFF, "password": PASSWORD}
        assert "/account/" in client.post("/admin/login/", body).content.decode()
        client.force_login(staff)  # signed in before the setting was made
        assert client.get("/admin/").status_code == 302
        assert client.get("/api/uploads/").status_code == 401
        assert client.get("/django-rq/").status_code in (302, 403)
        assert sessions.state(sessions.begin(staff, "api", NOBODY).pk) == sessions.OVER
        _, text = api_tokens.make(staff, "x", ["read"], None, NOBODY)
        assert api_tokens.find(text) is None
        assert api_tokens.state(api_tokens.digest(text)) == sessions.OVER

    def test_leaves_members_alone(self) -> None:
        assert signed_in(make_user()).get("/api/video/").status_code == 200


def test_operator_helps_who_lost_everything() -> None:
    user, _ = protected()
    recovery_codes.renew(user)
    call_command("remove_second_factor", ALICE, stdout=StringIO())
    assert log_in().status_code == 200
    assert not RecoveryCode.objects.exists()
    assert AuditEntry.objects.filter(action="factor.removed", actor=None).exists()


@pytest.mark.parametrize(("actor", "status"), [(STAFF, 401), (ROOT, 200)])
def test_only_superusers_remove_factors_of_staff(client: Any, actor: str, status: int) -> None:
    user, _ = protected(is_staff=True)
    by = make_user(actor, is_staff=True, is_superuser=actor == ROOT)
    by.user_permissions.set(_user_permissions())
    client.force_login(by)
    body = {"action": "remove_second_factors", "_selected_action": [user.pk]}
    client.post("/admin/auth_app/user/", body)
    assert log_in().status_code == status


def _user_permissions() -> Any:

    return Permission.objects.filter(content_type__app_label="auth_app", codename__endswith="_user")


def test_survives_a_change_of_secret_key(settings: Any) -> None:
    user, app = protected()
    codes = recovery_codes.renew(user)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "new" * 20
    assert log_in(code=app.now()).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert encryption.decrypt(Totp.objects.get().secret) == app.secret
    assert log_in(code=codes[0]).status_code == 200
    settings.SECRET_KEY = "lost" * 20
    assert log_in(code="123456").status_code == 401
