"""What `up` asks the running product, and what it says about it."""

import json
import urllib.error
import urllib.request
from pathlib import Path


def missing(url: str, env: dict[str, str]) -> list[str]:
    """The components that `/health/` reports as down."""
    host = env["ALLOWED_HOSTS"].split(",")[0].lstrip(".*") or "localhost"
    request = urllib.request.Request(  # noqa: S310 - our own http URL
        f"{url}/health/", headers={"Host": host}
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            body = answer.read()
    except urllib.error.HTTPError as error:
        body = error.read()
    except OSError:
        return ["web"]
    try:
        components = json.loads(body)["components"]
    except (ValueError, KeyError):
        return ["web"]
    return [name for name, state in components.items() if state != "ok"]


def greeting(url: str, logs: Path, env: dict[str, str], password: str) -> str:
    return f"""
  Videoflix runs at  {url}/
  Admin              {url}/admin/
  E-mail             {env["DJANGO_SUPERUSER_EMAIL"]}
  Password           {password}{_mailbox(logs / "bootstrap.log")}

  Logs are in {logs}. Ctrl-C stops everything."""


def _mailbox(log: Path) -> str:
    """Where mails are read that are not sent; `bootstrap` says it."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    found = next((line for line in lines if "/dev/mail/?token=" in line), "")
    return f"\n  Mails              {found.strip()}" if found else ""
