"""Text that people typed, made harmless for clients that insert it as HTML."""

import html

# Look-alikes: they read the same, but no HTML parser sees markup or the end of an attribute.
HARMLESS = str.maketrans(
    {"<": "‹", ">": "›", '"': "”", "'": "’", "`": "‘", "\\": "∖", "\x00": None}  # noqa: RUF001
)


def harmless(text: str) -> str:
    """`text` with nothing in it that HTML, an attribute or a script string could act on.

    Character references are resolved first, however deeply nested, because a browser
    would resolve them in an attribute; a lone `&` means nothing and stays.
    """
    while (plain := html.unescape(text)) != text:
        text = plain
    return text.translate(HARMLESS)
