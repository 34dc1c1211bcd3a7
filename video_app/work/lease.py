"""The one way to own work: a lease in the database, with a fencing token.

A claim judges all conditions on the locked row; from then on the token decides, so that
whoever lost the lease cannot change what is published.
"""

import logging
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import Error, InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest

from video_app.models import Leased
from video_app.pipeline.errors import EncodeError, LeaseLostError, PipelineError
from video_app.pipeline.sentences import sentence
from video_app.work import clock, machine, workers

logger = logging.getLogger(__name__)

Rows = QuerySet[Any]
Body = Callable[["Lease"], object]
OnFailure = Callable[["Lease", Exception], None]

RENEW_SECONDS = 2.0
LONGEST_PAUSE = 60  # seconds after a machine's fault
FREE = {"lease_token": None, "lease_until": None, "lease_worker": None}
UNHURT = {"attempts": 0, "setbacks": 0, "setback": "", "retry_at": None}
TOO_LONG = sentence("It took too long.")
DATABASE_AWAY = sentence("The database was away.")


def is_free() -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lt=clock.now())


def may_start() -> Q:
    """Nobody does it, and no pause after a machine's fault is left."""
    return is_free() & (Q(retry_at=None) | Q(retry_at__lte=clock.now()))


def is_hopeless() -> Q:
    return is_free() & Q(attempts__gte=settings.MAX_ATTEMPTS)


def work_on(wanted: Rows, body: Body, on_failure: OnFailure) -> bool:
    """Do the first of some wanted pieces of work that may start; whether there was one."""
    lease = claim(wanted)
    if lease is None:
        return False
    with lease.held(on_failure):
        body(lease)
    return True


def claim(wanted: Rows) -> "Lease | None":
    """Take the first of some wanted rows that may start; none when there is none.

    The lock comes first, with all conditions beside it: PostgreSQL judges them again on
    the newest version of a row that another worker has just changed. In the WHERE of an
    UPDATE's subquery they would be judged by the old snapshot, and both would win.
    """
    token = uuid.uuid4()
    with transaction.atomic():
        free = wanted.filter(may_start(), attempts__lt=settings.MAX_ATTEMPTS)
        row = free.order_by().only("pk").select_for_update(of=("self",)).first()
        if row is None:
            return None
        # The job that announced it has come: a lease that runs out is due again at once.
        type(row)._base_manager.filter(pk=row.pk).update(
            lease_token=token,
            lease_until=clock.ahead(settings.LEASE_SECONDS),
            lease_worker=workers.current(),
            attempts=F("attempts") + 1,
            enqueued_at=None,
            retry_at=None,
        )
    return Lease(wanted.filter(pk=row.pk), row.pk, token)


class Lease:
    """The right to do one piece of work alone, for as long as `keep` is called.

    `wanted` are the conditions under which the work is still wanted, for this row.
    """

    def __init__(self, wanted: Rows, pk: int, token: uuid.UUID) -> None:
        self.pk = pk
        self.token = token
        self.model: type[Leased] = wanted.model
        self._wanted = wanted
        self._began_at = self._renewed_at = time.monotonic()

    @property
    def seconds(self) -> float:
        """For how long it has been held."""
        return time.monotonic() - self._began_at

    @property
    def rows(self) -> Rows:
        """The row while it is ours: no joins, so that an UPDATE itself looks at the token."""
        return self.model._base_manager.filter(pk=self.pk, lease_token=self.token)

    @property
    def wanted(self) -> Rows:
        """The row while it is ours and the work is still wanted."""
        return self._wanted.filter(lease_token=self.token)

    def keep(self, **changes: Any) -> None:
        """Call about once a second; `LeaseLostError` when the work is no longer ours.

        The database is asked every two seconds at most. While it is away the work goes on
        for as long as the lease lasts.
        """
        silent = time.monotonic() - self._renewed_at
        if silent < min(settings.LEASE_SECONDS / 4, RENEW_SECONDS):
            return
        try:
            is_ours = self.renew(**changes)
        except (OperationalError, InterfaceError) as error:
            connection.close()
            if silent > settings.LEASE_SECONDS:
                raise LeaseLostError from error
            return
        if not is_ours:
            raise LeaseLostError
        self._renewed_at = time.monotonic()

    def renew(self, **changes: Any) -> bool:
        """Make the lease last longer; whether it is still ours and the work still wanted."""
        still_wanted = self._wanted.order_by().values("pk")
        until = clock.ahead(settings.LEASE_SECONDS)
        return bool(self.rows.filter(pk__in=still_wanted).update(lease_until=until, **changes))

    def release(self, **changes: Any) -> bool:
        """End the lease and change the row with it; whether it was still ours."""
        return bool(self.rows.update(**FREE, **changes))

    def hand_back(self) -> bool:
        """Release what was interrupted from outside, which is no failed attempt."""
        return self.release(attempts=Greatest(F("attempts") - 1, 0))

    def postpone(self, reason: str) -> bool:
        """Release what a fault of this machine stopped. Each pause is twice the one before."""
        row = self.rows.values("setbacks").first()
        if row is None:
            return False
        pause = min(2 ** row["setbacks"], LONGEST_PAUSE)
        logger.warning(
            "work_postponed",
            extra={
                "work": self.model.__name__.lower(),
                "id": self.pk,
                "reason": reason,
                "seconds": pause,
            },
        )
        return self.release(
            attempts=Greatest(F("attempts") - 1, 0),
            setbacks=F("setbacks") + 1,
            setback=reason[:300],
            retry_at=clock.ahead(pause),
        )

    @contextmanager
    def held(self, on_failure: OnFailure) -> Iterator[None]:
        """Do the work in here: however it ends, the lease does too.

        Machine faults postpone the work; what may be the film's fault goes to `on_failure`,
        which releases the lease. Whoever lost the lease leaves without a trace.
        """
        try:
            yield
        except (LeaseLostError, ObjectDoesNotExist):
            self._hand_back_quietly()
        except (SystemExit, KeyboardInterrupt):
            self._hand_back_quietly()
            raise
        except (OperationalError, InterfaceError):
            patiently(lambda: self.postpone(DATABASE_AWAY))
            raise
        except (PipelineError, EncodeError, OSError) as error:
            self._end(error, on_failure)
        else:  # what is still held now was no longer wanted
            self._hand_back_quietly()
        finally:
            with suppress(Error):  # then it runs out
                if self.rows.exists():
                    on_failure(self, EncodeError(TOO_LONG))

    def _hand_back_quietly(self) -> None:
        with suppress(Error):  # then it runs out
            self.hand_back()

    def _end(self, error: Exception, on_failure: OnFailure) -> None:
        if reason := machine.fault(error):
            workers.report(reason)
            patiently(lambda: self.postpone(reason))
        else:
            patiently(lambda: on_failure(self, error))


def patiently(change: Callable[[], Any]) -> Any:
    """Make a change however often the database is away meanwhile, for as long as a lease lasts."""
    deadline = time.monotonic() + settings.LEASE_SECONDS
    while True:
        try:
            return change()
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(1)
