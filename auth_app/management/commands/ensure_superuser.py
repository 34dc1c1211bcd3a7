"""`manage.py ensure_superuser`: the first administrator, from the environment."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction
from django.db.models import Q

from auth_app import sign_ups
from auth_app.managers import normalized
from auth_app.models import User


class Command(BaseCommand):
    help = (
        "Create the superuser of DJANGO_SUPERUSER_{USERNAME,EMAIL,PASSWORD}, once. "
        "An account that exists is never changed."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        email = normalized(settings.SUPERUSER_EMAIL)
        username = settings.SUPERUSER_USERNAME or email
        if not settings.SUPERUSER_PASSWORD:
            self.stdout.write("DJANGO_SUPERUSER_PASSWORD is not set: no superuser is made.")
            return
        if not email:
            raise CommandError("DJANGO_SUPERUSER_EMAIL is not set.")
        self.stdout.write(_ensure(email, username))


def _ensure(email: str, username: str) -> str:
    sign_ups.make_way(email)
    if User.objects.filter(Q(email=email) | Q(username=username)).exists():
        return f"{email} exists and stays as it is."
    try:
        with transaction.atomic():
            User.objects.create_superuser(email, settings.SUPERUSER_PASSWORD, username=username)
    except IntegrityError:  # another container was faster
        return f"{email} exists and stays as it is."
    return f"{email} was made a superuser."
