"""Languages of tracks: the tag that players understand and the name that people read."""

# ISO 639-2 codes (both kinds), as containers carry them, to BCP 47 and English.
_LANGUAGES = {
    "ara": ("ar", "Arabic"),
    "bul": ("bg", "Bulgarian"),
    "ces": ("cs", "Czech"),
    "cze": ("cs", "Czech"),
    "chi": ("zh", "Chinese"),
    "zho": ("zh", "Chinese"),
    "dan": ("da", "Danish"),
    "deu": ("de", "German"),
    "ger": ("de", "German"),
    "dut": ("nl", "Dutch"),
    "nld": ("nl", "Dutch"),
    "ell": ("el", "Greek"),
    "gre": ("el", "Greek"),
    "eng": ("en", "English"),
    "est": ("et", "Estonian"),
    "fin": ("fi", "Finnish"),
    "fra": ("fr", "French"),
    "fre": ("fr", "French"),
    "heb": ("he", "Hebrew"),
    "hin": ("hi", "Hindi"),
    "hrv": ("hr", "Croatian"),
    "hun": ("hu", "Hungarian"),
    "ind": ("id", "Indonesian"),
    "ita": ("it", "Italian"),
    "jpn": ("ja", "Japanese"),
    "kor": ("ko", "Korean"),
    "lav": ("lv", "Latvian"),
    "lit": ("lt", "Lithuanian"),
    "nor": ("no", "Norwegian"),
    "pol": ("pl", "Polish"),
    "por": ("pt", "Portuguese"),
    "ron": ("ro", "Romanian"),
    "rum": ("ro", "Romanian"),
    "rus": ("ru", "Russian"),
    "slk": ("sk", "Slovak"),
    "slo": ("sk", "Slovak"),
    "slv": ("sl", "Slovenian"),
    "spa": ("es", "Spanish"),
    "srp": ("sr", "Serbian"),
    "swe": ("sv", "Swedish"),
    "tha": ("th", "Thai"),
    "tur": ("tr", "Turkish"),
    "ukr": ("uk", "Ukrainian"),
    "vie": ("vi", "Vietnamese"),
}

# Where a language has two codes, the one that is not its own name's.
_BIBLIOGRAPHIC = {"cze", "chi", "dut", "fre", "ger", "gre", "rum", "slo"}
# Words that people use, to one code each.
_CODES = {tag: code for code, (tag, _) in _LANGUAGES.items() if code not in _BIBLIOGRAPHIC}
_CODES |= {name.lower(): _CODES[tag] for tag, name in _LANGUAGES.values()}
_CODES |= {code: _CODES[tag] for code, (tag, _) in _LANGUAGES.items()}


def tag(code: str) -> str:
    """The BCP 47 tag for a container's language code; "und" for nonsense."""
    if code in _LANGUAGES:
        return _LANGUAGES[code][0]
    return code if code.isascii() and code.isalpha() and 2 <= len(code) <= 3 else "und"


def english(code: str) -> str:
    """The English name of a container's language code; empty when nobody knows it."""
    return _LANGUAGES.get(code, ("", ""))[1]


def code(word: str) -> str | None:
    """The container's code for a code, a tag or an English name: "deu" for "de", "German" or
    "de-AT"; None for what is no language."""
    word = word.strip().lower()
    if word in _CODES:
        return _CODES[word]
    main = word.replace("_", "-").partition("-")[0]
    if main in _CODES:
        return _CODES[main]
    return main if main.isascii() and main.isalpha() and 2 <= len(main) <= 3 else None


def choices() -> list[tuple[str, str]]:
    """`(code, English name)` of the languages that have one, by name."""
    return sorted(
        {(_CODES[found], name) for found, name in _LANGUAGES.values()}, key=lambda c: c[1]
    )


def names(tracks: list[tuple[str, str]]) -> list[str]:
    """A distinct name for each `(language code, title)`, fit for a quoted attribute."""
    chosen: list[str] = []
    for code, title in tracks:
        name = _quotable(title) or english(code) or "Track"
        number = 2
        while name in chosen:
            name = f"{name.rstrip('0123456789 ')} {number}"
            number += 1
        chosen.append(name)
    return chosen


def _quotable(title: str) -> str:
    """Without quotes and control characters, which end an attribute (RFC 8216, 4.2)."""
    kept = "".join(c for c in title if c.isprintable() and c not in '"\\<>&')
    return kept.strip()[:60]
