from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

pytestmark = pytest.mark.django_db


def test_send_due_delivers_without_celery(news, mailoutbox):
    news.post("of today", due_at=timezone.now())
    out = StringIO()

    call_command("send_due", stdout=out)

    assert [mail.subject for mail in mailoutbox] == ["News of today"]
    assert out.getvalue() == "Sent: 1\n"


def test_send_due_says_when_there_is_nothing_to_do():
    out = StringIO()

    call_command("send_due", stdout=out)

    assert out.getvalue() == "Nothing was due.\n"
