"""Mail kept as files is for the portal's own user, and for nobody else on the machine."""

import pytest
from django.core.mail import EmailMessage

from coaching_portal.notifications import mail_files


@pytest.fixture
def folder(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"
    return settings.MAIL_DIR


def send():
    mail = EmailMessage("Your code", "123456", to=["client@example.org"])
    mail_files.EmailBackend().send_messages([mail])


def mode_of(path):
    return path.stat().st_mode & 0o777


def test_only_the_portals_user_reads_mail_that_is_kept_as_files(folder):
    send()

    [mail] = folder.glob("*.eml")
    assert (mode_of(folder), mode_of(mail)) == (0o700, 0o600)


def test_files_of_an_earlier_version_are_closed_to_others(folder):
    folder.mkdir(mode=0o755)
    earlier = folder / "earlier.eml"
    earlier.write_text("Subject: code\n\n123456")
    earlier.chmod(0o644)

    send()

    assert (mode_of(folder), mode_of(earlier)) == (0o700, 0o600)
