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
        folder = Path(settings.MAIL_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for mail in email_messages:
            name = _name_of(mail)
            partial = folder / f".{name}.{os.getpid()}"
            try:
                partial.write_bytes(mail.message().as_bytes(linesep="\r\n"))
                partial.rename(folder / f"{name}.eml")
            finally:
                partial.unlink(missing_ok=True)  # half a mail, where the disk is full
        return len(email_messages)


def _name_of(mail):
    start = mail.extra_headers.get("Message-ID", "").lstrip("<").split("@")[0]
    return start if NAME.fullmatch(start) else str(uuid.uuid4())


def files_of(message):
    """The files of one message of the outbox, the first sending first."""
    folder = Path(settings.MAIL_DIR)
    names = [message.uuid, *(f"{message.uuid}-{n}" for n in range(1, message.repeats + 1))]
    return [path for name in names if (path := folder / f"{name}.eml").is_file()]
