"""The argument lists of ffmpeg. Written for ffmpeg 5.1 to 9; no user text gets in here.

Every unusual flag carries its reason; the chunk recipe as a whole is explained
in docs/adr/0003.
"""

from video_app.pipeline.command.chunk import (
    decoded_pictures,
    encode_chunk,
    encode_pattern,
    first_pictures,
)
from video_app.pipeline.command.clock import (
    NEAREST,
    TIMESTAMP_ORIGIN,
    Back,
    audio_frame,
    audio_frames,
    seek_point,
)
from video_app.pipeline.command.copies import join, remux, sound_samples, subtitles
from video_app.pipeline.command.opening import (
    FORMAT_WHITELIST,
    MAX_PIXELS,
    PROTOCOL_WHITELIST,
    base_arguments,
    input_arguments,
)
from video_app.pipeline.command.picture import smaller, video_codec, video_graph
from video_app.pipeline.command.sound import TRACK_RATE, audio_rates
from video_app.pipeline.command.stills import first_stills, key_stills, still, storyboard

__all__ = [
    "FORMAT_WHITELIST",
    "MAX_PIXELS",
    "NEAREST",
    "PROTOCOL_WHITELIST",
    "TIMESTAMP_ORIGIN",
    "TRACK_RATE",
    "Back",
    "audio_frame",
    "audio_frames",
    "audio_rates",
    "base_arguments",
    "decoded_pictures",
    "encode_chunk",
    "encode_pattern",
    "first_pictures",
    "first_stills",
    "input_arguments",
    "join",
    "key_stills",
    "remux",
    "seek_point",
    "smaller",
    "sound_samples",
    "still",
    "storyboard",
    "subtitles",
    "video_codec",
    "video_graph",
]
