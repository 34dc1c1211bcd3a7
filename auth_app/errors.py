"""What can go wrong with an account."""

from dataclasses import dataclass


class WrongCredentialsError(Exception):
    """Unknown, wrong or inactive; callers do not learn which."""


class AddressTakenError(Exception):
    """The address has a proved account."""


class InvalidLinkError(Exception):
    """Forged, expired or used."""


class LastAdministratorError(Exception):
    """Nobody else could administer the site."""


class SignUpClosedError(Exception):
    """New accounts are made by invitation only, or not at all."""


@dataclass
class TooManyAttemptsError(Exception):
    """The account had too many failures; `wait` is in seconds."""

    wait: int


@dataclass
class FactorRequiredError(Exception):
    """The password was right; `text` asks for the second factor."""

    text: str
