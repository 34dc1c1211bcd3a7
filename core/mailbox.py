"""Reading the mails that the file backend wrote, for `/dev/mail/`."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

# django.core.mail.backends.filebased writes this line after each message.
SEPARATOR = b"\n" + b"-" * 79 + b"\n"


@dataclass(frozen=True, slots=True)
class Mail:
    name: str  # "<file>.<number in the file>", the mail's address in the site
    message: EmailMessage

    @property
    def text(self) -> str:
        return _content(self.message, "plain")

    @property
    def html(self) -> str:
        """The HTML part with its `cid:` images as data, so that it needs no other request."""
        images = dict(_inline_images(self.message))
        return re.sub(
            r"cid:([^\"'\s)>]+)",
            lambda found: images.get(found[1], found[0]),
            _content(self.message, "html"),
        )


def mails(folder: Path) -> list[Mail]:
    """Every mail in the folder, newest first; none when there is no folder yet."""
    if not folder.is_dir():
        return []
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    return [mail for file in files for mail in reversed(_mails_in(file))]


def _mails_in(file: Path) -> list[Mail]:
    texts = [text for text in file.read_bytes().split(SEPARATOR) if text.strip()]
    return [
        Mail(f"{file.stem}.{number}", message_from_bytes(text, policy=policy.default))
        for number, text in enumerate(texts)
    ]


def _content(message: EmailMessage, subtype: str) -> str:
    part = message.get_body(preferencelist=(subtype,))
    return part.get_content() if part else ""


def _inline_images(message: EmailMessage) -> Iterator[tuple[str, str]]:
    for part in message.walk():
        if part.get_content_maintype() == "image" and part["Content-ID"]:
            image = cast(bytes, part.get_payload(decode=True))
            encoded = base64.b64encode(image).decode()
            yield part["Content-ID"].strip("<>"), f"data:{part.get_content_type()};base64,{encoded}"
