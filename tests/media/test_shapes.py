"""Orientation, aspect and colours as people saw them when they made the film."""

import struct
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from tests.media.films import BINARY, Film, assert_exact, colour, is_close
from tests.media.samples import AAC, X264, ffmpeg
from video_app.pipeline import command, source
from video_app.pipeline.ffmpeg import ProcessLimits, run

pytestmark = pytest.mark.ffmpeg

# What the four quarters of the test picture show: top left, top right, bottom left, bottom right.
RED, GREEN, BLUE, GREY = (200, 30, 30), (30, 160, 30), (30, 30, 200), (128, 128, 128)
QUARTERS = (RED, GREEN, BLUE, GREY)


def quarters(size: str = "320x180", seconds: float = 2.4, rate: int = 25) -> str:
    """A filter graph of four coloured quarters."""
    width, height = (int(side) for side in size.split("x"))
    boxes = "".join(
        f",drawbox=x={x * width // 2}:y={y * height // 2}:w=iw:h=ih:t=fill:c=0x{bytes(rgb).hex()}"
        for (x, y), rgb in zip(((0, 0), (1, 0), (0, 1), (1, 1)), QUARTERS, strict=True)
    )
    return f"color=s={size}:r={rate}:d={seconds},format=gbrp{boxes}"


def encoded_as(matrix: str) -> str:
    """A filter that makes YUV of the picture and says nothing about how."""
    return f",scale=out_color_matrix={matrix}:out_range=tv,format=yuv420p"


def labels(matrix: str) -> tuple[str, ...]:
    return ("-colorspace", matrix, "-color_primaries", "bt709", "-color_trc", "bt709")


def shown(film: Film, rung: str = "") -> list[tuple[int, int, int]]:
    """The colours of the quarters of the last picture."""
    *_, picture = film.pictures(rung)
    return [colour(picture, x, y) for y in (0.25, 0.75) for x in (0.25, 0.75)]


def assert_shows(film: Film, wanted: tuple[tuple[int, int, int], ...] = QUARTERS) -> None:
    """All renditions show these colours in their quarters."""
    for rung in film.plan.rungs:
        found = shown(film, rung.name)
        assert all(map(is_close, found, wanted)), (rung.name, found)


@pytest.mark.parametrize(
    ("degrees", "wanted"),
    [
        (90, (BLUE, RED, GREY, GREEN)),
        (180, (GREY, BLUE, GREEN, RED)),
        (270, (GREEN, GREY, RED, BLUE)),
    ],
)
def test_phones_that_were_turned_are_shown_upright(samples, encoded, degrees, wanted):
    level = samples.lavfi("level.mp4", quarters() + encoded_as("bt601"), *X264)
    turned = samples.get(f"turned-{degrees}.mp4", lambda target: _turn(level, degrees, target))
    film = encoded(turned)
    assert_exact(film, duration=2.4, has_sound=False)
    assert film.plan.source.video.rotation == degrees
    top = film.plan.rungs[-1]
    assert (top.width, top.height) == ((320, 180) if degrees == 180 else (180, 320))
    assert_shows(film, wanted)


def _turn(level: Path, degrees: int, target: Path) -> None:
    """Write a phone's matrix into the track header (ISO/IEC 14496-12, 8.3.2)."""
    cosine, sine = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[degrees]
    one = 1 << 16
    matrix = struct.pack(
        ">9i", cosine * one, sine * one, 0, -sine * one, cosine * one, 0, 0, 0, 1 << 30
    )
    content = bytearray(level.read_bytes())
    at = content.index(b"tkhd") + 44
    assert content[at : at + 4] == one.to_bytes(4)
    content[at : at + len(matrix)] = matrix
    target.write_bytes(content)


def test_portrait_films_are_measured_by_their_short_side(samples, encoded):
    film = encoded(samples.lavfi("portrait.mp4", quarters("404x720") + encoded_as("bt709"), *X264))
    assert_exact(film, has_sound=False)
    assert [(r.name, r.width, r.height) for r in film.plan.rungs] == [
        ("120p", 120, 214),
        ("360p", 360, 640),
        ("480p", 404, 720),
    ]
    assert_shows(film)


def test_odd_sizes_lose_a_line_at_most(samples, encoded):
    graph = quarters("853x479") + ",scale=out_color_matrix=bt601,format=yuv444p"
    film = encoded(samples.lavfi("odd.mp4", graph, *X264[:4]))
    assert_exact(film, has_sound=False)
    assert (film.plan.rungs[-1].width, film.plan.rungs[-1].height) == (852, 478)
    assert_shows(film)


@pytest.mark.parametrize(
    ("size", "aspect", "wanted"), [("352x288", "16/11", (512, 288)), ("320x180", "1/2", (160, 180))]
)
def test_pixels_that_are_not_square_become_so(samples, encoded, size, aspect, wanted):
    graph = quarters(size) + encoded_as("bt601") + f",setsar={aspect}"
    film = encoded(samples.lavfi(f"sar-{aspect.replace('/', '-')}.mp4", graph, *X264))
    assert_exact(film, has_sound=False)
    top = film.plan.rungs[-1]
    assert (top.width, top.height) == wanted
    for rung in film.plan.rungs:
        picture = next(film.pictures(rung.name))
        with film.open(rung.name) as container:
            assert (container.streams.video[0].sample_aspect_ratio or 1) == 1
        assert abs(picture.width / picture.height - top.width / top.height) < 0.02
    assert_shows(film)


def test_small_films_are_not_enlarged(samples, encoded):
    film = encoded(
        samples.lavfi("tiny.mp4", quarters("64x48", rate=10) + encoded_as("bt601"), *X264)
    )
    assert_exact(film, has_sound=False)
    assert [(rung.width, rung.height) for rung in film.plan.rungs] == [(64, 48)]


def test_scope_films_fit_in_their_box(samples, encoded):
    film = encoded(
        samples.lavfi("scope.mp4", quarters("960x402", 0.4) + encoded_as("bt601"), *X264)
    )
    assert [(rung.width, rung.height) for rung in film.plan.rungs][-1] == (960, 402)
    assert_shows(film)


@pytest.mark.parametrize(
    ("name", "size", "matrix"),
    [("small", "320x180", "bt601"), ("large", "1280x720", "bt709")],
)
def test_unlabelled_colours_are_read_as_players_do(samples, encoded, name, size, matrix):
    graph = quarters(size, 0.4) + encoded_as(matrix)
    assert_shows(encoded(samples.lavfi(f"unlabelled-{name}.mp4", graph, *X264)))


@pytest.mark.parametrize("matrix", ["bt709", "smpte170m", "bt2020nc"])
def test_labelled_colours_are_converted_once(samples, encoded, matrix):
    scaler = "bt2020" if matrix == "bt2020nc" else matrix
    graph = quarters() + encoded_as(scaler)
    film = encoded(samples.lavfi(f"labelled-{matrix}.mp4", graph, *X264, *labels(matrix)))
    assert_shows(film)


def test_full_range_becomes_limited_range(samples, encoded):
    graph = quarters() + ",scale=out_color_matrix=bt709:out_range=pc,format=yuvj420p"
    codec = (*X264[:4], *labels("bt709"), "-color_range", "pc")
    assert_shows(encoded(samples.lavfi("full-range.mp4", graph, *codec)))


def test_output_is_labelled_bt709(samples, encoded):
    film = encoded(samples.lavfi("level.mp4", quarters() + encoded_as("bt601"), *X264))
    for rung in film.plan.rungs:
        picture = next(film.pictures(rung.name))
        labels = (picture.colorspace, picture.color_primaries, picture.color_trc)
        assert [int(label) for label in labels] == [1, 1, 1]
        assert int(picture.color_range) == 1


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("ten-bit.mp4", (*X264[:4], "-pix_fmt", "yuv420p10le")),
        ("444.mp4", (*X264[:4], "-pix_fmt", "yuv444p")),
        ("prores.mov", ("-c:v", "prores_ks", "-profile:v", "3", "-pix_fmt", "yuv422p10le")),
        ("alpha.mov", ("-c:v", "prores_ks", "-profile:v", "4", "-pix_fmt", "yuva444p10le")),
        ("rgb.mkv", ("-c:v", "ffv1", "-pix_fmt", "gbrp")),
    ],
)
def test_every_pixel_format_becomes_the_one_that_all_players_know(samples, encoded, name, codec):
    matrix = "bt601" if name.endswith("mov") else "bt709"  # our ProRes says nothing
    yuv = "" if name == "rgb.mkv" else f",scale=out_color_matrix={matrix},format={codec[-1]}"
    film = encoded(samples.lavfi(name, quarters() + yuv, *codec, *labels("bt709")))
    assert_exact(film, duration=2.4, has_sound=False)
    assert_shows(film)


@pytest.mark.parametrize("curve", ["smpte2084", "arib-std-b67"])
def test_hdr_is_neither_washed_out_nor_black(samples, encoded, curve):
    film = encoded(samples.get(f"hdr-{curve}.mp4", lambda target: _hdr(curve, target)))
    assert film.plan.source.video.is_hdr
    assert_exact(film, has_sound=False)
    for rung in film.plan.rungs:
        red, green, blue, grey = shown(film, rung.name)
        assert red[0] > 1.8 * max(red[1:])
        assert green[1] > 1.5 * max(green[0], green[2])
        assert blue[2] > 1.8 * max(blue[:2])
        assert max(grey) - min(grey) < 12
        assert 80 < grey[1] < 200


def test_hdr_whose_primaries_are_not_stated_is_mapped_too(samples, encoded):
    bare = samples.get("hdr-bare.mp4", lambda target: _hdr("smpte2084", target, is_bare=True))
    film = encoded(bare)
    grey = shown(film)[3]
    assert 80 < grey[1] < 200


def _hdr(curve: str, target: Path, *, is_bare: bool = False) -> None:
    """SDR put on an HDR curve: white at about 200 nits."""
    graph = (
        "scale=out_color_matrix=bt709,format=yuv444p,zscale=tin=bt709:pin=bt709:min=bt709:rin=tv"
        ":t=linear:p=bt2020:npl=200,format=gbrpf32le"
        f",zscale=t={curve}:m=bt2020nc:r=tv:npl=200,format=yuv420p10le"
    )
    stated = ("-colorspace", "bt2020nc", "-color_primaries", "bt2020")
    if is_bare:
        graph += ",setparams=colorspace=unknown:color_primaries=unknown"
        stated = ()
    source = ("-f", "lavfi", "-i", quarters(), "-vf", graph)
    ffmpeg(*source, *X264[:4], "-color_trc", curve, *stated, str(target))


def test_attached_cover_art_is_not_the_film(samples, encoded):
    plain = samples.film("plain.mp4", *X264, *AAC)

    def make(target):
        cover = target.with_suffix(".png")
        ffmpeg("-f", "lavfi", "-i", "color=red:s=1600x1600", "-frames:v", "1", str(cover))
        both = ("-i", str(cover), "-i", str(plain), "-map", "0", "-map", "1", "-c", "copy")
        ffmpeg(*both, "-disposition:v:0", "attached_pic", str(target))

    film = encoded(samples.get("cover.mp4", make))
    assert_exact(film, duration=8)
    assert film.plan.source.video.width == 320


def test_of_several_pictures_the_default_one_is_the_film(samples, encoded):
    plain = samples.film("plain.mp4", *X264, *AAC)

    def make(target):
        larger = ("-f", "lavfi", "-i", "color=red:s=640x360:r=25:d=8")
        both = (*larger, "-i", str(plain), "-map", "0:v", "-map", "1:v", "-map", "1:a")
        flags = ("-disposition:v:0", "0", "-disposition:v:1", "default")
        ffmpeg(*both, "-c:v:0", "libx264", "-c:v:1", "copy", "-c:a", "copy", *flags, str(target))

    film = encoded(samples.get("two-pictures.mkv", make))
    assert_exact(film, duration=8)
    assert film.plan.source.video.width == 320


def test_of_several_sounds_the_default_one_is_muxed(samples, encoded):
    plain = samples.film("plain.mp4", *X264, *AAC)

    def make(target):
        silence = ("-f", "lavfi", "-i", "anullsrc=d=8")
        both = ("-i", str(plain), *silence, "-map", "0:v", "-map", "1:a", "-map", "0:a")
        flags = ("-disposition:a:0", "0", "-disposition:a:1", "default")
        names = ("-metadata:s:a:0", "language=deu", "-metadata:s:a:1", "language=eng")
        ffmpeg(*both, "-c:v", "copy", "-c:a", "aac", *flags, *names, str(target))

    film = encoded(samples.get("two-sounds.mkv", make))
    assert_exact(film, duration=8)
    assert [audio.language for audio in film.plan.source.audios] == ["eng", "deu"]
    assert max(film.sound()) > 0.3


def test_ntsc_pictures_have_ntsc_rates(samples, encoded):
    graph = quarters(seconds=3).replace("r=25", "r=30000/1001") + encoded_as("bt601")
    film = encoded(samples.lavfi("ntsc.mkv", graph, *X264))
    assert film.plan.rate == Fraction(30000, 1001)
    assert_exact(film, has_sound=False)


@pytest.mark.parametrize("name", ["labelled-bt709.mp4", "turned-90.mp4"])
def test_a_still_has_the_colours_and_the_orientation_of_the_film(samples, tmp_path, name):
    level = samples.lavfi("level.mp4", quarters() + encoded_as("bt601"), *X264)
    films = {
        "labelled-bt709.mp4": lambda target: ffmpeg(
            *("-f", "lavfi", "-i", quarters() + encoded_as("bt709"), *X264),
            *(*labels("bt709"), str(target)),
        ),
        "turned-90.mp4": lambda target: _turn(level, 90, target),
    }
    path, target = samples.get(name, films[name]), tmp_path / "still.jpg"
    found = source.read_source(path, max_streams=64)
    run(command.still(BINARY, str(path), found, Fraction(1), str(target)), ProcessLimits())
    with Image.open(target) as picture:
        assert picture.size == ((320, 180) if "709" in name else (180, 320))
        at = [(x, y) for y in (0.25, 0.75) for x in (0.25, 0.75)]
        pixels = [
            picture.getpixel((int(x * picture.width), int(y * picture.height))) for x, y in at
        ]
    wanted = QUARTERS if "709" in name else (BLUE, RED, GREY, GREEN)
    assert all(map(is_close, pixels, wanted))
