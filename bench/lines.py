"""The lines on which a film is watched, and how Chromium is given one."""

from dataclasses import dataclass

from playwright.sync_api import Page


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    rate: float  # bits per second, both ways
    latency: int  # milliseconds that every request waits
    goal: float  # seconds to the first frame


LINES = (
    Line("1.6 Mbit/s, 150 ms", 1.6e6, 150, 3.5),
    Line("10 Mbit/s, 40 ms", 10e6, 40, 1.2),
    Line("50 Mbit/s, 20 ms", 50e6, 20, 0.6),
)


def shape(page: Page, line: Line) -> None:
    """Have the page's requests travel as slowly as on that line."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    bytes_per_second = line.rate / 8
    rates = {"downloadThroughput": bytes_per_second, "uploadThroughput": bytes_per_second}
    about = {"offline": False, "latency": line.latency}
    session.send("Network.emulateNetworkConditions", about | rates)
