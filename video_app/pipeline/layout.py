"""Where things lie in the media storage: storage keys, never local paths."""

TYPES = {
    ".ts": "video/MP2T",
    ".mp4": "video/mp4",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".vtt": "text/vtt; charset=utf-8",
}
# What lies under a build never changes, but only this user may keep it.
IMMUTABLE = "private, max-age=31536000, immutable"
LEASE_FOLDER = ".lease-"
STORYBOARD = "storyboard"


def video_prefix(video_id: int) -> str:
    return f"hls/{video_id}"


def build_prefix(video_id: int, build_id: int) -> str:
    return f"{video_prefix(video_id)}/{build_id}"


def segment_name(number: int) -> str:
    """`000.ts`; more digits when needed."""
    return f"{number:03d}.ts"


def segment_key(build_prefix: str, rung: str, number: int, place: str = "") -> str:
    """`place` is the folder of the attempt that made it, in a store that cannot rename."""
    folder = f"{build_prefix}/{place}" if place else build_prefix
    return f"{folder}/{rung}/{segment_name(number)}"


def track_name(number: int) -> str:
    """The folder of a selectable sound track, counted from 0."""
    return f"audio-{number}"


def subtitles_name(track: int) -> str:
    """The folder of a subtitle track, counted from 0."""
    return f"subtitles-{track}"


def subtitle_name(number: int) -> str:
    return f"{number:03d}.vtt"


def subtitle_key(build_prefix: str, track: int, number: int) -> str:
    return f"{build_prefix}/{subtitles_name(track)}/{subtitle_name(number)}"


def sheet_name(number: int) -> str:
    """Of a storyboard, relative to its build."""
    return f"{STORYBOARD}/{number:03d}.jpg"


def storyboard_key(build_prefix: str, number: int) -> str:
    return f"{build_prefix}/{sheet_name(number)}"


def progressive_key(build_prefix: str, rung: str) -> str:
    return f"{build_prefix}/{rung}.mp4"


def stored_source_key(build_prefix: str, name: str) -> str:
    """Where the bucket keeps the source that a build was made of."""
    return f"{build_prefix}/source/{name}"


def work_prefix(build_prefix: str, lease_token: str) -> str:
    """Where the holder of one lease writes before it publishes."""
    return f"{build_prefix}/{LEASE_FOLDER}{lease_token}"


def poster_key(video_id: int, revision: int) -> str:
    return f"posters/{video_id}-{revision}.jpg"
