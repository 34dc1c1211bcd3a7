"""`manage.py remove_second_factor ADDRESS`: for somebody who has lost app, passkeys and codes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from auth_app import factors
from auth_app.models import User


class Command(BaseCommand):
    help = "Remove every second factor of an account, sign it out and tell its owner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", help="e-mail address or user name")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.by_login(options["login"])
        if user is None:
            raise CommandError("There is no such account.")
        factors.remove_all(user, None)
        self.stdout.write("Signing in asks for the password alone. The owner was told by mail.")
