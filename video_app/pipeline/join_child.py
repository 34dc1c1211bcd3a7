"""A program of its own: join the files that were appended to each other in one.

`python -m video_app.pipeline.join_child PATH TARGET` copies the picture and the sounds of
all of them into one in which the clock goes on. Prints how many were joined; it ends before
the first one that is coded in another way.
"""

import json
import sys
from fractions import Fraction
from typing import Any

import av

from video_app.pipeline import ranking
from video_app.pipeline.extent import read_extent
from video_app.pipeline.location import open_binary
from video_app.pipeline.probe_child.containers import create_media, open_media, packets
from video_app.pipeline.probe_child.streams import read_streams
from video_app.pipeline.section import Section


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
            with Section(open_binary(path), start, end) as section:
                if not joined.append(section):
                    break
        except av.FFmpegError:
            break
        count += 1
    joined.close()
    json.dump(count, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
