"""What strangers are told of a film whose address they have."""

from video_app.models import Audience, Video

BIGGEST_ID = 2**63 - 1


def public_title(video_id: int) -> str:
    """The title of a film that everybody who signs in may see; "" for any other."""
    if video_id > BIGGEST_ID:
        return ""
    films = Video.objects.playable().exclude(audience=Audience.GROUPS)
    return films.filter(pk=video_id).values_list("title", flat=True).first() or ""
