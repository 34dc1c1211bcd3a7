"""What the queue calls. Ids only; every task may run twice."""

from auth_app import mails


def send_mail(mail_id: int) -> None:
    mails.send(mail_id)
