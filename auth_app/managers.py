"""How users are found and made."""

from typing import Any

from django.contrib.auth.models import BaseUserManager


def normalized(address: str) -> str:
    """The one spelling of an address.

    Lower case and not `iexact`: that compares upper case, where a dotless i equals an i.
    """
    return address.strip().lower()


class UserManager(BaseUserManager[Any]):
    """Users whose login is their e-mail address, unique regardless of case."""

    def get_by_natural_key(self, username: str | None) -> Any:
        return self.get(email=normalized(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Any:
        """A saved user; the user name is the address unless one is given."""
        fields.setdefault("username", normalized(email))
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Any:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
