"""What the queue calls. Ids only; every task may run twice."""

from auth_app import exports, mails


def send_mail(mail_id: int) -> None:
    mails.send(mail_id)


def make_export(export_id: int) -> None:
    exports.make(export_id)
