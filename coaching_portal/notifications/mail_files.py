"""Mail kept as files, for a portal on one machine: `<name>.eml`, which the admin's pages open."""

import os
import re
import uuid
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

NAME = re.compile(r"[0-9a-f-]{36}(-\d+)?")


class EmailBackend(BaseEmailBackend):
    """Each message becomes one file, named as its Message-ID begins where that is one of ours."""

    def send_messages(self, email_messages):
        folder = private_folder(Path(settings.MAIL_DIR))
        for mail in email_messages:
            name = _name_of(mail)
            partial = folder / f".{name}.{os.getpid()}"
            try:
                write_private(partial, mail.message().as_bytes(linesep="\r\n"))
                partial.rename(folder / f"{name}.eml")
            finally:
                partial.unlink(missing_ok=True)  # half a mail, where the disk is full
        return len(email_messages)


def private_folder(folder):
    """The folder, made where it is missing; nobody else on this machine looks into it."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:  # of an earlier version, with its files
        folder.chmod(0o700)
        for mail in folder.glob("*.eml"):
            mail.chmod(0o600)
    return folder


def write_private(path, content):
    """Mail holds names, codes and links: only the portal's own user reads it."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)


def _name_of(mail):
    start = mail.extra_headers.get("Message-ID", "").lstrip("<").split("@")[0]
    return start if NAME.fullmatch(start) else str(uuid.uuid4())


def files_of(message):
    """The files of one message of the outbox, the first sending first."""
    folder = Path(settings.MAIL_DIR)
    names = [message.uuid, *(f"{message.uuid}-{n}" for n in range(1, message.repeats + 1))]
    return [path for name in names if (path := folder / f"{name}.eml").is_file()]
