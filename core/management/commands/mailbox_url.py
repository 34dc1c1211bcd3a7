"""`manage.py mailbox_url`: the address that opens the development mailbox."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core import mailbox_access


class Command(BaseCommand):
    help = "Print the address, token included, at which a browser may read the mails."

    def handle(self, *args: Any, **options: Any) -> None:
        if not (mailbox_access.is_there() and settings.MAILBOX_TOKEN):
            raise CommandError("There is no development mailbox: mails are really sent.")
        self.stdout.write(mailbox_access.url())
