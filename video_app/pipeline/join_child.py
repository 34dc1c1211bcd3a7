"""A program of its own: join the files that were appended to each other in one.

`python -m video_app.pipeline.join_child PATH TARGET` copies the picture and the sounds of
all of them into one in which the clock goes on. Prints how many were joined; it ends before
the first one that is coded in another way.
"""

import json
import os
import sys
from contextlib import closing
from fractions import Fraction
from typing import Any

import av

from video_app.pipeline import ranking
from video_app.pipeline.extent import read_extent
from video_app.pipeline.location import open_binary
from video_app.pipeline.probe_child.containers import create_media, open_media, packets
from video_app.pipeline.probe_child.streams import read_streams


class Section:
    """A byte range of a file as a file of its own, for reading."""

    def __init__(self, location: str, start: int, end: int) -> None:
        self._file = open_binary(location)
        self._start, self._length = start, end - start
        self.seek(0)

    def read(self, count: int) -> bytes:
        return self._file.read(max(0, min(count, self._length - self.tell())))

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self.tell(), os.SEEK_END: self._length}[whence]
        self._file.seek(self._start + max(0, base + offset))
        return self.tell()

    def tell(self) -> int:
        return self._file.tell() - self._start

    def close(self) -> None:
        self._file.close()


class Joined:
    """The file that grows by one film after the other."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._output: Any = None
        self._streams: list[Any] = []
        self._kinds: list[tuple[Any, ...]] = []
        self._end = Fraction(0)
        self._last: dict[int, Fraction] = {}

    def append(self, section: Section) -> bool:
        """Add a film; false when it does not fit to those before."""
        with open_media(section) as container:
            streams = _streams(container)
            kinds = [_kind(stream) for stream in streams]
            if self._output is None:
                self._kinds = kinds
                self._output = create_media(self._target, container)
                self._streams = [
                    self._output.add_stream_from_template(s, opaque=True) for s in streams
                ]
            if kinds != self._kinds:
                return False
            start = Fraction(container.start_time or 0, av.time_base)
            self._copy(container, streams, self._end - start)
            return True

    def _copy(self, container: Any, streams: list[Any], shift: Fraction) -> None:
        places = {stream.index: place for place, stream in enumerate(streams)}
        end = self._end
        for index, packet in packets(container, streams):
            place = places[index]
            if packet.dts is None or not self._follows(place, packet, shift):
                continue
            ticks = round(shift / packet.time_base)
            packet.dts += ticks
            packet.pts = None if packet.pts is None else packet.pts + ticks
            shown = packet.dts if packet.pts is None else packet.pts
            end = max(end, (shown + (packet.duration or 0)) * packet.time_base)
            packet.stream = self._streams[place]
            self._output.mux(packet)
        self._end = end

    def _follows(self, place: int, packet: Any, shift: Fraction) -> bool:
        """Encoders' padding lies before a film's start, where the one before still lasts."""
        moment = packet.dts * packet.time_base + shift
        if packet.is_discard or moment <= self._last.get(place, moment - 1):
            return False
        self._last[place] = moment
        return True

    def close(self) -> None:
        if self._output is not None:
            self._output.close()


def _streams(container: Any) -> list[Any]:
    """The film's picture and its sounds."""
    facts = read_streams(container, Fraction(0))
    video = ranking.best_video(facts)
    own = [*([video] if video else []), *ranking.own_sounds(facts, video)]
    return [container.streams[stream["index"]] for stream in own]


def _kind(stream: Any) -> tuple[Any, ...]:
    codec = stream.codec_context
    return stream.type, codec.name, codec.extradata


def main(path: str, target: str) -> None:
    joined, count = Joined(target), 0
    for start, end in read_extent(path).parts:
        try:
            with closing(Section(path, start, end)) as section:
                if not joined.append(section):
                    break
        except av.FFmpegError:
            break
        count += 1
    joined.close()
    json.dump(count, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
