"""What is measured of a page: how it moves while it loads, its weight, the rules of axe-core."""

import pytest
from playwright.sync_api import Page

from tests.stack import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SHIFTS = """window.shifted = 0;
new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) if (!shift.hadRecentInput) window.shifted += shift.value;
}).observe({type: "layout-shift", buffered: true});"""
WEIGHT = """() => ["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type))
    .filter(({name}) => !name.includes("/poster-"))
    .reduce((bytes, {transferSize}) => bytes + transferSize, 0)"""
VIOLATIONS = """async () => (await axe.run()).violations
    .map(({id, nodes}) => `${id}: ${nodes[0].html}`)"""
STILL = 0.02


def watch_shifts(page: Page) -> None:
    """Before the page is opened; then `shifts` knows them."""
    page.add_init_script(SHIFTS)


def shifts(page: Page) -> float:
    """The cumulative layout shift so far; below `STILL` nobody notices."""
    return float(page.evaluate("shifted"))


def weight(page: Page) -> int:
    """Bytes that came over the line without posters: nothing for what the browser had."""
    return int(page.evaluate(WEIGHT))


def violations(page: Page) -> list[str]:
    """What axe-core finds, each rule with an element that breaks it."""
    if not AXE.exists():
        pytest.skip("needs axe-core: npm ci")
    page.evaluate(AXE.read_text())
    return list(page.evaluate(VIOLATIONS))
