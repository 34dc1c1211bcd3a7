"""What notes say of what was left out of a film. `languages` are in brackets after a space, or
nothing."""

from video_app.pipeline.sentences import counted, sentence

UNKNOWN_CODEC = sentence("an unknown codec")
OTHER_PROGRAMS = sentence(
    "The recording holds %(number)s programs at once: the film shows one of them."
)
MISSTATED = sentence("The file says that it lasts %(stated)s s, but it ends after %(end)s s.")
DAMAGED = sentence("The file is damaged: at some places nothing can be decoded.")
OTHER_VIDEOS = counted(
    "%(count)s further video%(languages)s was left out: %(sizes)s pixels.",
    "%(count)s further videos%(languages)s were left out: %(sizes)s pixels.",
)
LOST_VIDEOS = counted(
    "%(count)s video%(languages)s was left out: %(codecs)s cannot be decoded here.",
    "%(count)s videos%(languages)s were left out: %(codecs)s cannot be decoded here.",
)
LOST_SOUNDS = counted(
    "%(count)s sound track%(languages)s was left out: %(codecs)s cannot be decoded here.",
    "%(count)s sound tracks%(languages)s were left out: %(codecs)s cannot be decoded here.",
)
FURTHER_SOUNDS = counted(
    "%(count)s sound track%(languages)s was left out: a film has at most %(most)s.",
    "%(count)s sound tracks%(languages)s were left out: a film has at most %(most)s.",
)
IMAGES = counted(
    "%(count)s subtitle track%(languages)s was left out: images, not text.",
    "%(count)s subtitle tracks%(languages)s were left out: images, not text.",
)
LOST_SUBTITLES = counted(
    "%(count)s subtitle track%(languages)s was left out: %(codecs)s cannot be decoded here.",
    "%(count)s subtitle tracks%(languages)s were left out: %(codecs)s cannot be decoded here.",
)
FURTHER_SUBTITLES = counted(
    "%(count)s subtitle track%(languages)s was left out: a film has at most %(most)s.",
    "%(count)s subtitle tracks%(languages)s were left out: a film has at most %(most)s.",
)
