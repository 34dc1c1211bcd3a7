"""A program of its own: write down what is said in a piece of sound.

`python -m video_app.pipeline.caption_child MODEL SOUND LANGUAGE` reads 16-bit samples, 16,000 a
second, and prints a line of JSON: `{"language", "segments": [{"start", "end", "text", "silence",
"confidence", "repetition"}]}`, or `{"refusal"}` in words. The only place that loads the engine.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy
import onnxruntime
from faster_whisper import WhisperModel

from video_app.pipeline.captions import ONLY_ENGLISH

SAMPLE_RANGE = 32768.0


def main(folder: str, sound: str, language: str) -> dict[str, Any]:
    onnxruntime.disable_telemetry_events()
    # What the folder does not hold is fetched from nowhere.
    model = WhisperModel(folder, device="cpu", compute_type="int8", local_files_only=True)
    if language not in ("", "en") and not model.model.is_multilingual:
        return {"refusal": ONLY_ENGLISH}
    samples = numpy.frombuffer(Path(sound).read_bytes(), numpy.int16)
    segments, about = model.transcribe(
        samples.astype(numpy.float32) / SAMPLE_RANGE,
        language=language if language in model.supported_languages else None,
        # Without these it goes on with invented words in silence and music.
        vad_filter=True,
        condition_on_previous_text=False,
    )
    return {"language": about.language, "segments": [_described(each) for each in segments]}


def _described(segment: Any) -> dict[str, Any]:
    return {
        "start": segment.start,
        "end": segment.end,
        "text": segment.text,
        "silence": segment.no_speech_prob,
        "confidence": segment.avg_logprob,
        "repetition": segment.compression_ratio,
    }


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:4])))  # noqa: T201 - its answer
