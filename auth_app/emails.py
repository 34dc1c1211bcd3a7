"""Composing the mails: subject, text and HTML, with the logo inline."""

from email.mime.image import MIMEImage
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from auth_app import links
from auth_app.models import Mail, MailKind, SignUp, User

LOGO = Path(__file__).parent / "assets" / "logo.png"


def compose(mail: Mail) -> EmailMultiAlternatives | None:
    """The message, or None when the address has no user to send this kind of mail to, or when
    who asked for it has left.

    Links are made here and never stored.
    """
    if mail.user_id:
        owner = User.objects.filter(pk=mail.user_id).first()
        return _to_owner(mail, owner) if owner else None
    user = User.objects.filter(email=mail.to).first()
    if user is None:
        return None
    if user.is_awaiting_activation:
        return _to_unproved(mail, user)
    if user.is_active and mail.kind == MailKind.RESET:
        return _message("reset", user, links.reset_link(user, mail.entry_point))
    if user.is_active and mail.kind == MailKind.PASSWORD_CHANGED:
        return _message("changed", user, links.page("login", mail.entry_point))
    return None


def _to_owner(mail: Mail, user: User) -> EmailMultiAlternatives | None:
    """What a signed-in user asked for; it may go to an address that is not the account's."""
    if mail.kind == MailKind.NEW_ADDRESS:
        is_wanted = user.is_active and user.new_email == mail.to
        return _message("address", user, links.address_link(user), mail.to) if is_wanted else None
    if mail.kind == MailKind.DELETION and user.delete_at is None:
        return None
    page = "forgot" if mail.kind == MailKind.MOVING else "account"
    return _message(mail.kind, user, links.page(page, mail.entry_point), mail.to)


def _to_unproved(mail: Mail, user: User) -> EmailMultiAlternatives | None:
    """A reset link proves the address too, and suits the reader whoever signed up with it."""
    if mail.kind == MailKind.INVITATION and user.invited_at:
        return _message("invitation", user, links.invitation_link(user, mail.entry_point))
    if mail.kind == MailKind.ACTIVATION and (sign_up := _sign_up_of(mail, user)):
        return _message("activation", user, links.activation_link(sign_up, mail.entry_point))
    if mail.kind in (MailKind.ACTIVATION, MailKind.RESET):
        return _message("reset", user, links.reset_link(user, mail.entry_point))
    return None


def _sign_up_of(mail: Mail, user: User) -> SignUp | None:
    """The mail's own sign-up; for a mail that was requested again, the user's only one.

    Of several it is unknown which is the reader's own.
    """
    if mail.sign_up and mail.sign_up.user_id == user.pk:
        return mail.sign_up
    sign_ups = list(user.sign_ups.all()[:2])
    return sign_ups[0] if len(sign_ups) == 1 else None


def _message(template: str, user: User, link: str, to: str = "") -> EmailMultiAlternatives:
    about = {"user": user, "link": link, "old": to}
    with translation.override(user.language or settings.LANGUAGE_CODE):
        subject, text, html = (
            render_to_string(f"emails/{template}.{part}", about)
            for part in ("subject.txt", "txt", "html")
        )
    message = EmailMultiAlternatives(subject.strip(), text, to=[to or user.email])
    message.attach_alternative(html, "text/html")
    message.mixed_subtype = "related"  # type: ignore[attr-defined]  # the logo belongs to the HTML, it is no attachment
    message.attach(_logo())
    return message


def _logo() -> MIMEImage:
    image = MIMEImage(LOGO.read_bytes(), "png")
    image.add_header("Content-ID", "<logo>")
    image.add_header("Content-Disposition", "inline", filename="logo.png")
    return image
