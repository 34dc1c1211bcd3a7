"""Who did what to which film, user, token, webhook or setting."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """Entries are added and read; the application changes and deletes none."""

    def update(self, **changes: Any) -> NoReturn:
        raise TypeError("The audit log is append-only.")

    def delete(self) -> NoReturn:
        raise TypeError("The audit log is append-only.")

    def forget_addresses(self, user_id: int) -> None:
        """Of a person who has left only the number stays."""
        models.QuerySet.update(self.filter(actor_id=user_id), ip=None)


class AuditEntry(models.Model):
    """One action. It holds numbers and no addresses, so that it may stay when people leave."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    # Without a constraint: the number stays when the account goes.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    action = models.CharField(max_length=40, db_index=True)
    subject = models.CharField("kind of what it was done to", max_length=40, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    details: Any = models.JSONField(default=dict)
    ip = models.GenericIPAddressField("address of origin", null=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "audit log"
        indexes = [models.Index(fields=["subject", "subject_id"], name="audit_subject")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject} {self.subject_id}".strip()

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise TypeError("The audit log is append-only.")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        raise TypeError("The audit log is append-only.")
