"""What is known of an upload survives the copy from which it is encoded."""

import shutil
from pathlib import Path

import pytest

from tests.media import unusual
from video_app.models import Build
from video_app.tests.films import make_video, run
from video_app.work import planning

pytestmark = [
    pytest.mark.ffmpeg,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("media_root"),
]


@pytest.fixture
def media_root(tmp_path: Path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "sources").mkdir(parents=True)
    return settings.MEDIA_ROOT


def planned(path: Path, media_root: Path) -> Build:
    video = make_video(video_file=f"sources/{path.name}")
    shutil.copy(path, media_root / video.video_file.name)
    assert run(planning.KIND, pk=video.pk)
    return Build.objects.get(video=video)


def test_keeps_notes_of_recording(samples, media_root):
    def make(target: Path) -> None:
        unusual.programs(target, (0, 2), (1, 3))

    source = planned(samples.get("programs-two.ts", make), media_root).plan.source
    assert [note.code for note in source.notes] == ["other_programs"]
    assert source.video.width == 640


def test_keeps_shapes_of_recording(samples, media_root):
    wide, old = ("-aspect", "16:9"), ("-aspect", "4:3")
    path = unusual.broadcast(samples, "wide-old.ts", wide, old)
    assert planned(path, media_root).plan.source.video.changes_shape
