"""Finding and creating users."""

from typing import Any

from django.contrib.auth.models import BaseUserManager


def normalized(address: str) -> str:
    """The spelling in which an address is stored and compared.

    Lower case and not `iexact`, which compares upper case, where a dotless i equals an i.
    """
    return address.strip().lower()


class UserManager(BaseUserManager[Any]):
    """Users whose login is their e-mail address, unique regardless of case."""

    def get_by_natural_key(self, username: str | None) -> Any:
        return self.get(email=normalized(username or ""))

    def by_login(self, login: str) -> Any:
        """The user with that address or user name, or None.

        An address finds only its owner, never a user who has it as a user name.
        """
        if "@" in login:
            return self.filter(email=normalized(login)).first()
        return self.filter(username=login).first()

    def unproved(self) -> Any:
        """Accounts whose address was never proved; they reserve it for nobody."""
        return self.filter(is_active=False, activated_at=None)

    def prepared(self, email: str, password: str | None = None, **fields: Any) -> Any:
        """A user who is not saved yet; the user name is the address unless one is given."""
        fields.setdefault("username", normalized(email))
        user = self.model(email=email, **fields)
        user.set_password(password)
        return user

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Any:
        user = self.prepared(email, password, **fields)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Any:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
