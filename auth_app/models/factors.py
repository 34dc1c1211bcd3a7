"""Second factors: an authenticator app, passkeys, and codes for the day when both are lost."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Totp(models.Model):
    """The key that an authenticator app shares with us, encrypted."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="totp"
    )
    secret = models.CharField("encrypted key", max_length=255)
    confirmed_at = models.DateTimeField("when its first code was given", null=True)
    # Each code works once: the newest 30 s step that was used.
    last_step = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"authenticator app {self.pk}"


class RecoveryCode(models.Model):
    """One of ten codes that work once each."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes"
    )
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")
        ]

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


class Passkey(models.Model):
    """A key pair of which the user's device keeps the private half."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="passkeys"
    )
    name = models.CharField(max_length=100)
    credential_id = models.CharField("base64url", max_length=1400, unique=True)
    credential = models.BinaryField("public key and what belongs to it")
    rp_id = models.CharField("host that it is bound to", max_length=253)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
