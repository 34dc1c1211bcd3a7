"""Profiles: the people who share an account."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Picture(models.TextChoices):
    """What stands for a profile: drawings of our own (`static/web/img/profiles.svg`)."""

    FOX = "fox", "Fox"
    OWL = "owl", "Owl"
    CAT = "cat", "Cat"
    BEAR = "bear", "Bear"
    FROG = "frog", "Frog"
    ROBOT = "robot", "Robot"
    ROCKET = "rocket", "Rocket"
    STAR = "star", "Star"


class Profile(models.Model):
    """One viewer of an account, with favourites, positions and perhaps an age limit of their own.

    Every account has a main profile. What belongs to it names no profile, as everything did
    before there were any; its row exists once somebody has given it a name, picture or PIN.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profiles"
    )
    name = models.CharField(max_length=30)
    picture = models.CharField(max_length=10, choices=Picture, default=Picture.FOX)
    pin = models.CharField("hash of the PIN", max_length=128, blank=True, editable=False)
    age_limit = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Films from a higher or an unknown age are hidden.",
    )
    is_main = models.BooleanField(default=False, db_default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-is_main", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_main=True), name="profile_one_main"
            ),
            models.CheckConstraint(
                condition=Q(is_main=False) | Q(age_limit__isnull=True),
                name="profile_main_has_no_limit",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_pin(self) -> bool:
        return self.pin != ""

    def sees_more_than(self, other: "Profile") -> bool:
        """Whether films are open to it that its limit hides from `other`."""
        if other.age_limit is None:
            return False
        return self.age_limit is None or self.age_limit > other.age_limit
