"""What a page complains about: script errors, CSP violations, failed requests."""

import re

from playwright.sync_api import ConsoleMessage, Page


class Console:
    def __init__(self) -> None:
        self.complaints: list[str] = []

    def watch(self, page: Page) -> None:
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))

    def forgive(self, pattern: str) -> None:
        """Drop what the test provoked; complain when it did not happen."""
        left = [text for text in self.complaints if not re.search(pattern, text)]
        assert left != self.complaints, f"nothing like {pattern!r} in {self.complaints}"
        self.complaints = left

    def overlook(self, pattern: str) -> None:
        """Drop what may happen or not."""
        self.complaints = [text for text in self.complaints if not re.search(pattern, text)]

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")
