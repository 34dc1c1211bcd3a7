"""`rqworker`, with this project's serializer; `default` stands for all queues."""

from typing import Any

from django.conf import settings
from django_rq.management.commands.rqworker import Command as RqWorkerCommand


class Command(RqWorkerCommand):
    help = "Runs one worker. 'rqworker default' (or without a name) serves every queue."

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.set_defaults(serializer="rq.serializers.JSONSerializer", worker_ttl=180)

    def handle(self, *queues: str, **options: Any) -> None:
        everything = not queues or "default" in queues
        super().handle(*(settings.RQ_QUEUES if everything else queues), **options)
