"""What is asked for in bursts: the running product with one film, or a proxy in front of it."""

from dataclasses import dataclass

from bench import load
from bench.load import Measured
from tests.stack import Stack

SEGMENTS = 40
SEGMENT_BYTES = 1_000_000
SEED = f"""
import json, os
from django.conf import settings
from tests.people import access_token, make_user
from video_app.tests.films import make_film
film = make_film(segments={SEGMENTS})
root = os.path.join(settings.MEDIA_ROOT, film.current_build.prefix, "720p")
for name in os.listdir(root):
    with open(os.path.join(root, name), "wb") as file:
        file.write(os.urandom({SEGMENT_BYTES}))
print(json.dumps({{"film": film.pk, "build": film.current_build_id,
                  "token": access_token(make_user())}}))
"""
GROW = """
from video_app.models import Video
film = Video.objects.get(pk={film})
have = Video.objects.count()
Video.objects.bulk_create(
    [Video(title=f"Film {{n}}", description="About nothing.", category="drama",
           video_file="sources/a.mp4", source_revision=1, planned_revision=1, duration=240,
           state="completed", current_build_id=film.current_build_id)
     for n in range(have, {total})], batch_size=2000)
"""


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured: the running product, seeded, or a proxy in front of it."""

    stack: Stack
    film: int
    build: int
    token: str
    seconds: float
    port: int
    parents: tuple[int, ...]  # of the processes that answer there

    @property
    def servers(self) -> list[int]:
        return [pid for parent in self.parents for pid in load.family(parent)]

    def ask(self, paths: list[str], *, strangers: bool = False) -> Measured:
        return load.measure(
            self.port,
            paths,
            self.servers,
            self.stack.directory,
            self.seconds,
            {"Authorization": f"Bearer {self.token}"},
            strangers=strangers,
        )

    def segments(self, pattern: str) -> list[str]:
        return [
            pattern.format(film=self.film, build=self.build, number=number)
            for number in range(SEGMENTS)
        ]


OURS = "/api/video/{film}/720p/{number:03d}.ts?b={build}"
PLAIN = "/api/plain/{film}/{number}/"
STATIC = "/plain/hls/{film}/{build}/720p/{number:03d}.ts"
NOTHING = "/nothing/hls/{film}/{build}/720p/{number:03d}.ts"
