"""Signing in by e-mail address or user name."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from auth_app.models import User


class EmailOrUsernameBackend(ModelBackend):
    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        login = username or kwargs.get(User.USERNAME_FIELD)
        if not login or password is None:
            return None
        user = User.objects.by_login(login)
        if user is None:
            User().set_password(password)  # so that it takes as long as a wrong password
            return None
        matches = user.check_password(password)
        return user if matches and self.user_can_authenticate(user) else None
