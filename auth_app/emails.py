"""What the mails say: subject, text and HTML, with the logo inside."""

from email.mime.image import MIMEImage
from pathlib import Path

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from auth_app import links
from auth_app.models import Mail, MailKind, User

LOGO = Path(__file__).parent / "assets" / "logo.png"


def compose(mail: Mail) -> EmailMultiAlternatives | None:
    """The message, or None when nobody is to be written to.

    Links are made here and never stored. Who asks for a new password without ever
    having confirmed the address is sent the activation link again.
    """
    user = User.objects.filter(email=mail.to).first()
    if user is None:
        return None
    if user.is_awaiting_activation and mail.kind in (MailKind.ACTIVATION, MailKind.RESET):
        return _message("activation", user, links.activation_link(user, mail.door))
    if user.is_active and mail.kind == MailKind.RESET:
        return _message("reset", user, links.reset_link(user, mail.door))
    if user.is_active and mail.kind == MailKind.PASSWORD_CHANGED:
        return _message("changed", user, links.page("login", mail.door))
    return None


def _message(template: str, user: User, link: str) -> EmailMultiAlternatives:
    subject, text, html = (
        render_to_string(f"emails/{template}.{part}", {"user": user, "link": link})
        for part in ("subject.txt", "txt", "html")
    )
    message = EmailMultiAlternatives(subject.strip(), text, to=[user.email])
    message.attach_alternative(html, "text/html")
    message.mixed_subtype = "related"  # type: ignore[attr-defined]  # the logo belongs to the HTML, it is no attachment
    message.attach(_logo())
    return message


def _logo() -> MIMEImage:
    image = MIMEImage(LOGO.read_bytes(), "png")
    image.add_header("Content-ID", "<logo>")
    image.add_header("Content-Disposition", "inline", filename="logo.png")
    return image
