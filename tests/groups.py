"""Groups of tests that run only when they are asked for: `--faults`, `--slow`, `--browser`.

A test belongs to a group by its folder (`tests/faults/`, `tests/browser/`) or by the marker of
that name. It runs when its group is asked for, its file is named, or `-m` names the group.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest

GROUPS = {
    "faults": "only tests that kill processes and take disks or networks away",
    "slow": "only tests that take minutes",
    "browser": "only tests that drive Chromium",
}
FOLDERS = {f"tests/{name}/": name for name in GROUPS}


def pytest_addoption(parser: pytest.Parser) -> None:
    options = parser.getgroup("videoflix")
    for name, meaning in GROUPS.items():
        options.addoption(f"--{name}", action="store_true", help=meaning)
    options.addoption(
        "--store", choices=("folder", "bucket"), default="folder", help="where --faults keep films"
    )


@dataclass(frozen=True, slots=True)
class _Selection:
    asked: frozenset[str]
    expression: str  # of -m
    named: tuple[Path, ...]

    @classmethod
    def of(cls, config: pytest.Config) -> "_Selection":
        asked = frozenset(name for name in GROUPS if config.getoption(f"--{name}"))
        paths = [Path(config.rootpath, word.partition("::")[0]) for word in config.args]
        return cls(asked, config.getoption("-m") or "", tuple(paths))

    def wants(self, item: pytest.Item) -> bool:
        group = group_of(item)
        if self.asked:
            return group in self.asked
        return not group or self._is_named(item.path) or self._is_selected(group)

    def _is_named(self, path: Path) -> bool:
        """By its file, or by a folder that holds nothing but a group."""
        return any(
            named == path or (named in path.parents and named.name in GROUPS)
            for named in self.named
        )

    def _is_selected(self, group: str) -> bool:
        words = self.expression.replace("(", " ").replace(")", " ").split()
        return group in words and "not" not in words


def group_of(item: pytest.Item) -> str:
    """By its folder, else by its marker; "" for a test that always runs."""
    for folder, name in FOLDERS.items():
        if item.nodeid.startswith(folder):
            return name
    return next((name for name in GROUPS if item.get_closest_marker(name)), "")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    selection = _Selection.of(config)
    if config.getoption("--store") == "bucket":
        left_out = [item for item in items if item.get_closest_marker("folder")]
    else:
        left_out = []
    left_out += [item for item in items if not selection.wants(item)]
    wanted = [item for item in items if item not in left_out]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = wanted
