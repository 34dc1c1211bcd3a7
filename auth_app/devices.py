"""What a browser calls itself, in words."""

import re

# The first that is found counts: most browsers also name those that they descend from.
BROWSERS = (
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"OPR/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"(Firefox|FxiOS)/"),
    ("Chrome", r"(Chrome|CriOS)/"),
    ("Safari", r"Safari/"),
    ("VLC", r"VLC/"),
    ("curl", r"curl/"),
    ("Python", r"python|aiohttp|httpx"),
)
SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux"),
)


def in_words(user_agent: str) -> str:
    """ "Firefox on Windows"; what is unknown is left out, and all of it "Unknown device"."""
    names = (_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent))
    return " on ".join(filter(None, names)) or "Unknown device"


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for name, sign in known if re.search(sign, user_agent)), "")
