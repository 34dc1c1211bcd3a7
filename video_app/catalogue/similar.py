"""Films like another: with the same people and tags, of the same category."""

from collections import Counter
from typing import Any

from video_app.catalogue.unions import ids_of_each
from video_app.models import Video

PERSON, TAG, CATEGORY = 3, 2, 1
MOST = 48
# Of one person, tag or category: the newest ones are enough to choose from.
NEWEST = 60
# Of one film.
MOST_NAMES = 8


def ids_like(user: Any, rows: Any, video_id: int, most: int = MOST) -> list[int]:
    """Those of `rows` that are most like the film, the newest of equal ones first; none when this
    user may not see it, as they would tell what it is like."""
    films = Video.objects.visible_to(user).filter(pk=video_id)
    film = films.values("category", "series").first()
    if film is None:
        return []
    tags = Video.tags.through.objects.filter(video=video_id).values_list("tag", flat=True)
    people = Video.people.through.objects.filter(video=video_id).values_list("person", flat=True)
    sharing = [(TAG, {"tags": tag}) for tag in tags[:MOST_NAMES]]
    sharing += [(PERSON, {"people": person}) for person in people[:MOST_NAMES]]
    sharing += [(CATEGORY, {"category": film["category"]})]
    others = rows.exclude(pk=video_id)
    if film["series"]:  # whose films are shown as such
        others = others.exclude(series=film["series"])
    lists = [others.filter(**same).order_by("-created_at", "-id")[:NEWEST] for _, same in sharing]
    scores: Counter[int] = Counter()
    for (weight, _), ids in zip(sharing, ids_of_each(lists), strict=True):
        scores.update(dict.fromkeys(ids, weight))
    return sorted(scores, key=lambda pk: (-scores[pk], -pk))[:most]
