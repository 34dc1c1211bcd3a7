"""What strangers are told of a film that somebody shared with them."""

from django.core.signing import Signer
from django.utils.crypto import constant_time_compare

from video_app.models import Audience, Video

BIGGEST_ID = 2**63 - 1
KEY_LENGTH = 16


def share_key(video_id: int) -> str:
    """What a shared address carries, so that nobody reads the catalogue by counting ids."""
    return Signer(salt="video_app.share").signature(str(video_id))[:KEY_LENGTH]


def public_title(video_id: int, key: str) -> str:
    """The title of a shared film that everybody who signs in may see; "" for any other."""
    if video_id > BIGGEST_ID or not constant_time_compare(key, share_key(video_id)):
        return ""
    films = Video.objects.playable().exclude(audience=Audience.GROUPS)
    return films.filter(pk=video_id).values_list("title", flat=True).first() or ""
