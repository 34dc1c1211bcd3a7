"""How xdist spreads the tests: whole files, those that take longest first.

A long file that is begun last keeps one core busy while the others have nothing left to do.
"""

import itertools
import os
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests.groups import group_of

BROWSER = "tests/browser/"
CACHE_KEY = "videoflix/seconds"
# What a test of each kind takes when its file has never been timed here.
GUESSES = {"slow": 60.0, "faults": 10.0, "browser": 5.0, "ffmpeg": 1.0}
GUESS = 0.1
FADING = 0.8


class _Together(LoadFileScheduling):
    """A file's tests run one after the other, and so do all that drive Chromium: they
    share the ports of the front ends."""

    def _split_scope(self, nodeid: str) -> str:
        return _file(nodeid)


def _file(nodeid: str) -> str:
    return BROWSER if nodeid.startswith(BROWSER) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _Together:
    config.option.loadscopereorder = False  # by the number of tests, which says little
    return _Together(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    return 0 if config.option.collectonly else processes_for(config.args)


def processes_for(words: list[str]) -> int:
    """As many as there are cores for us or files to spread; 0: this process itself."""
    files = {word.partition("::")[0] for word in words}
    if not all(file.endswith(".py") for file in files):
        return usable_cores()
    return min(usable_cores(), len(files)) if len(files) > 1 else 0


def usable_cores() -> int:
    """Those this process may run on, or less when its control group has a quota."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(cores or 1, quota(Path("/sys/fs/cgroup/cpu.max"))))


def quota(path: Path) -> int:
    """Cores in control group version 2: "max 100000" or "150000 100000"."""
    try:
        quota, period = path.read_text().split()
        return -(-int(quota) // int(period))
    except (OSError, ValueError):
        return 1_000_000


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Longest file first, in each worker alike; the order within a file stays."""
    if hasattr(config, "workerinput"):
        seconds = _expected(config, items)
        items.sort(key=lambda item: (-seconds[_file(item.nodeid)], _file(item.nodeid)))


def _expected(config: pytest.Config, items: list[pytest.Item]) -> dict[str, float]:
    """File → seconds, as its last run here took, or as its tests' markers suggest."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for item in items:
        kind = group_of(item) or ("ffmpeg" if item.get_closest_marker("ffmpeg") else "")
        seconds[_file(item.nodeid)] += GUESSES.get(kind, GUESS)
    cache = getattr(config, "cache", None)  # -p no:cacheprovider
    timed = cache.get(CACHE_KEY, {}) if cache else {}
    return {file: timed.get(file, guessed) for file, guessed in seconds.items()}


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remember what each file took; one of which only some tests ran seems shorter than it
    is, so a shorter time counts only by and by."""
    config = session.config
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    cache = getattr(config, "cache", None)
    if hasattr(config, "workerinput") or not reporter or not cache:
        return
    timed = cache.get(CACHE_KEY, {})
    for file, spent in _spent(reporter.stats).items():
        timed[file] = max(spent, timed.get(file, 0.0) * FADING)
    cache.set(CACHE_KEY, timed)


def _spent(stats: Mapping[str, list[Any]]) -> dict[str, float]:
    seconds: defaultdict[str, float] = defaultdict(float)
    for report in itertools.chain.from_iterable(stats.values()):
        if isinstance(report, pytest.TestReport):
            seconds[_file(report.nodeid)] += report.duration
    return seconds
