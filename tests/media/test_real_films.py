"""Films from real cameras and studios, not from our own generators."""

import pytest

from tests.media.films import assert_exact
from tests.media.real import real_film

pytestmark = pytest.mark.ffmpeg


@pytest.mark.parametrize("name", ["bikes.mp4", "bigbuckbunny.mp4", "carphone.mp4"])
def test_a_short_real_film_comes_out_exact(encoded, name):
    film = encoded(real_film(name))
    source = film.plan.source
    assert_exact(film, duration=source.duration, has_sound=bool(source.audios))
    assert film.plan.rungs[-1].height <= source.video.height


def test_a_part_of_a_real_1080p_film_comes_out_exact(samples, encoded):
    whole = real_film("bunny-1080p.mp4")
    film = encoded(samples.film("bunny.mp4", "-t", "5", "-c", "copy", source=whole))
    assert film.plan.chunks == 2
    assert_exact(film, duration=film.plan.source.duration)
    assert film.plan.rungs[-1].height == 1080
