"""Which films there are for whom: the only way in to them."""

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull

from video_app.models.builds import Build, BuildState, Chunk
from video_app.models.folding import sort_key
from video_app.models.marks import are_of

if TYPE_CHECKING:
    from video_app.models.videos import Video  # noqa: F401

CARD = (
    *("id", "created_at", "title", "description", "category", "duration", "state"),
    *("thumbnail", "poster"),
)
# What the search looks at, besides tags and people.
SEARCHED = {"title", "description", "category", "year", "series", "series_id"}


class VideoQuerySet(models.QuerySet["Video"]):
    def delete(self) -> tuple[int, dict[str, int]]:
        """Locks the videos first, as whoever changes several rows of a film does."""
        with transaction.atomic():
            list(self.order_by("pk").only("pk").select_for_update(of=("self",)))
            return super().delete()

    def update(self, **values: Any) -> int:
        """As Django's; a film whose words change is no longer indexed."""
        if values.keys() & SEARCHED:
            values.setdefault("indexed_at", None)
        if isinstance(title := values.get("title"), str):
            values["sort_key"] = sort_key(title)
        return super().update(**values)

    def mark_indexed(self) -> None:
        """The search knows their words as they are now."""
        super().update(indexed_at=F("updated_at"))

    def published(self) -> "VideoQuerySet":
        return self.filter(is_published=True)

    def playable(self) -> "VideoQuerySet":
        """Published and with at least its first segment ready."""
        return self.published().filter(current_build__isnull=False)

    def visible_to(self, user: Any) -> "VideoQuerySet":
        """Whatever this user may open, in any state: published for them, and one's own; staff
        see all. A viewer with an age limit sees nothing that is not known to be within it."""
        rows = self._within_age(user)
        if user.is_staff:
            return rows
        return rows.filter(Q(is_published=True) & ~_of_other_groups(user) | Q(owner=user))

    def listed_for(self, user: Any) -> "VideoQuerySet":
        """The published films of this user's lists, which leave unlisted ones out."""
        rows = self._within_age(user).published()
        if user.is_staff:
            return rows.exclude(audience="unlisted")
        return rows.filter(Q(audience="everybody") | Q(audience="groups") & _in_its_group(user))

    def _within_age(self, user: Any) -> "VideoQuerySet":
        # Set by whoever authenticates a viewer of limited age.
        limit = getattr(user, "age_limit", None)
        return self if limit is None else self.filter(age_rating__lte=limit)

    def for_cards(self) -> "VideoQuerySet":
        """Only the columns that lists show of a film, of some fifty."""
        return self.only(*CARD)

    def with_progress(self) -> "VideoQuerySet":
        """Reads what progress is computed from in two queries, for however many videos."""
        return self.prefetch_related(*unfinished_work())

    def with_marks(self, user: Any) -> "VideoQuerySet":
        """Adds what this user did with each: `is_favorite`, `position`, `is_watched`."""
        return self.annotate(
            my_favorite=FilteredRelation("favorite", condition=are_of(user, "favorite")),
            my_position=FilteredRelation("positions", condition=are_of(user, "positions")),
        ).annotate(
            is_favorite=IsNull(F("my_favorite__id"), False),
            position=Coalesce("my_position__seconds", 0.0),
            is_watched=IsNull(F("my_position__watched_at"), False),
        )


def _of_other_groups(user: Any) -> Q:
    return Q(audience="groups") & ~Q(_in_its_group(user))


def _in_its_group(user: Any) -> Exists:
    shared: Any = apps.get_model("video_app", "Video").groups.through.objects
    return Exists(shared.filter(video=OuterRef("pk"), group__user=user.pk))


def unfinished_work() -> list[Any]:
    """What to prefetch for `Video.unfinished`: the newest build until it has its extras, with
    its chunks."""
    newest = Build.objects.filter(source_revision=F("video__source_revision"))
    is_whole = Q(state=BuildState.COMPLETE, extras_at__isnull=False)
    chunks = Chunk.objects.only(
        *("build_id", "index", "state", "seconds_done", "setback", "retry_at", "done_at", "low_at")
    )
    return [
        models.Prefetch("builds", newest.exclude(is_whole), to_attr="unfinished"),
        models.Prefetch("unfinished__chunks", chunks),
    ]
