"""What `./videoflix` answers to questions and to words that it does not know."""

import pytest

from launcher.main import COMMANDS, run


def test_shows_all_commands_when_it_is_asked_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    assert capsys.readouterr().out.startswith("usage: ./videoflix COMMAND")


@pytest.mark.parametrize("word", ["-h", "--help", "help"])
def test_explains_itself(capsys: pytest.CaptureFixture[str], word: str) -> None:
    assert run([word]) == 0
    said = capsys.readouterr().out
    assert all(f"\n  {name} " in said for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("words", ["{} --help", "{} -h", "help {}"])
def test_explains_every_command(capsys: pytest.CaptureFixture[str], name: str, words: str) -> None:
    assert run(words.format(name).split()) == 0
    assert capsys.readouterr().out.startswith(f"usage: ./videoflix {name}")


def test_lists_the_benchmarks(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench"]) == 2
    assert "\n  transcode " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("word", "suggestion"),
    [("tset", "`test`"), ("upp", "`up`"), ("doktor", "`doctor`"), ("bnech", "`bench`")],
)
def test_suggests_the_nearest_command(
    capsys: pytest.CaptureFixture[str], word: str, suggestion: str
) -> None:
    assert run([word]) == 2
    said = capsys.readouterr().out
    assert f"There is no command `{word}`. Did you mean {suggestion}?" in said


def test_suggests_nothing_when_nothing_is_near(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["foo"]) == 2
    assert "There is no command `foo`.\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("up --nodemo", "`up` does not know `--nodemo`. Did you mean `--no-demo`?"),
        ("up now", "`up` does not know `now`. See ./videoflix up --help"),
        ("doctor --fix", "`doctor` does not know `--fix`."),
        ("bench transcod", "There is no benchmark `transcod`. Did you mean `transcode`?"),
    ],
)
def test_refuses_unknown_arguments(
    capsys: pytest.CaptureFixture[str], words: str, answer: str
) -> None:
    assert run(words.split()) == 1
    assert answer in capsys.readouterr().out
