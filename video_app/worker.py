"""The RQ worker of this project: JSON jobs, and the sweeper between them."""

import logging
from typing import Any

from django.conf import settings
from django.db import OperationalError, connections
from django.utils.module_loading import import_string
from rq import Worker
from rq.serializers import JSONSerializer

from video_app.sweep import reconcile

logger = logging.getLogger(__name__)

HOUSEKEEPING_SECONDS = 60


class FilmWorker(Worker):
    """A worker that looks for lost work when it starts and about every minute."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["serializer"] = JSONSerializer  # whatever the command line says
        super().__init__(*args, maintenance_interval=HOUSEKEEPING_SECONDS, **kwargs)

    def run_maintenance_tasks(self) -> None:
        super().run_maintenance_tasks()
        try:
            found = reconcile()
            for name in settings.HOUSEKEEPING:
                import_string(name)()
        except OperationalError as error:  # the database is away: next minute
            logger.warning("housekeeping put off: %s", error)
        else:
            logger.debug("housekeeping: %s", found)
        finally:
            connections.close_all()  # a fork must not inherit them
