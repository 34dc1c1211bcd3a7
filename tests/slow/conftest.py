"""Chromium and the whole product, as the tests in Chromium have them."""

from tests.browser.conftest import admin, chromium, console, page, product

__all__ = ["admin", "chromium", "console", "page", "product"]
