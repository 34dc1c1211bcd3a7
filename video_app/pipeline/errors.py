"""What can go wrong with a film, in words for the people who uploaded it."""


class PipelineError(Exception):
    """The source is at fault. The message is shown to people; a retry is useless."""


class EncodeError(Exception):
    """The system is at fault (a killed ffmpeg, a short output). A retry may help."""


class DamagedSourceError(PipelineError, EncodeError):
    """The file cannot be decoded where a chunk lies, whatever was tried. The message is for
    people, its cause for the log."""


class UnknownCodecError(DamagedSourceError):
    """The probe's library decodes the picture, this ffmpeg does not."""


class StorageFullError(EncodeError):
    """The media volume has no room left."""


class LeaseLostError(Exception):
    """Another worker owns this work now, or it was cancelled; stop without a trace."""
