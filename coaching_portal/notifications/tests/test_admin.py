"""The outbox in admin: seen, sent again, never edited."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.plugin import NINE

pytestmark = pytest.mark.django_db

LIST = "/admin/notifications/outgoingmessage/"
FILES = "coaching_portal.notifications.mail_files.EmailBackend"


@pytest.fixture
def admin(signed_in, admin_user):
    return signed_in(admin_user)


@pytest.fixture
def kept(news, settings, tmp_path):
    """A sent message whose mail is kept in a file."""
    settings.EMAIL_BACKEND, settings.MAIL_DIR = FILES, tmp_path
    message = news.post("of Monday")
    outbox.deliver_due(NINE)
    return message


def send_again(admin, *messages, **fields):
    chosen = {"action": "send_again", "_selected_action": [m.pk for m in messages]}
    return admin.post(LIST, chosen | fields, follow=True)


def test_the_list_shows_each_message_and_filters_by_status_and_kind(news, admin):
    news.post("of Monday")
    news.post("of Tuesday", due_at=NINE.replace(year=2030))
    outbox.deliver_due(NINE)

    page = admin.get(LIST).content.decode()
    assert page.count("News now and then</a>") == 2 + 1  # two rows and the filter
    assert "reader@example.org" in page
    assert "1 message" in admin.get(f"{LIST}?status__exact=SENT").content.decode()
    assert "2 messages" in admin.get(f"{LIST}?kind=news").content.decode()


def test_the_list_costs_the_same_for_many(news, admin):
    costs = []
    admin.get(LIST)
    for number in range(30):
        news.post(str(number))
        if number in (1, 29):
            with CaptureQueriesContext(connection) as queries:
                admin.get(LIST)
            costs.append(len(queries))

    assert costs[0] == costs[1]


def test_a_message_shows_its_history_and_no_secret(news, admin):
    news.render = lambda message: 1 / 0
    message = news.post(secret={"code": "123456"})
    outbox.deliver_due(NINE)

    page = admin.get(f"{LIST}{message.pk}/change/").content.decode()

    assert "Failed, will be tried again" in page
    assert "ZeroDivisionError" in page
    assert "secret" not in page.lower()
    assert "123456" not in page


@pytest.mark.parametrize("path", ["add/", "{pk}/delete/"])
def test_nobody_adds_or_deletes(news, admin, path):
    message = news.post()

    assert admin.get(LIST + path.format(pk=message.pk)).status_code == 403


def test_nobody_edits(news, admin):
    message = news.post()

    answer = admin.post(f"{LIST}{message.pk}/change/", {"status": "SENT"})

    assert answer.status_code == 403
    message.refresh_from_db()
    assert message.status == "WAITING"


def test_send_again_asks_first_and_then_sends(news, admin, admin_user, mailoutbox):
    message = news.post("of Monday")
    outbox.deliver_due(NINE)

    page = send_again(admin, message)
    assert "Send again?" in page.content.decode()
    message.refresh_from_db()
    assert message.status == "SENT"

    page = send_again(admin, message, confirmed="Send again")
    assert "1 message is due again" in page.content.decode()
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("WAITING", 0)

    outbox.deliver_due(message.due_at)
    assert len(mailoutbox) == 2
    events = list(message.events.values_list("what", "detail"))
    assert events == [("SENT", ""), ("ASKED_AGAIN", f"By {admin_user}"), ("SENT", "")]


def test_a_dead_message_can_be_sent_again_and_a_waiting_one_cannot(news, admin):
    dead, waiting = news.post("1"), news.post("2")
    OutgoingMessage.objects.filter(pk=dead.pk).update(
        status="DEAD", attempts=8, last_error="OSError", settled_at=NINE
    )

    page = send_again(admin, dead, waiting, confirmed="Send again").content.decode()

    dead.refresh_from_db()
    assert (dead.status, dead.attempts, dead.last_error) == ("WAITING", 0, "")
    assert "This message is still waiting" in page
    assert "1 message is due again" in page


def test_a_message_whose_code_is_erased_cannot_be_sent_again(news, admin):
    message = news.post(secret={"code": "123456"})
    outbox.deliver_due(NINE)

    page = send_again(admin, message).content.decode()

    assert "contained a code or a link that has been erased" in page
    assert 'name="confirmed"' not in page


def test_staff_who_may_only_look_cannot_send_again(news, signed_in, make_user):
    message = news.post()
    outbox.deliver_due(NINE)
    looker = make_user("looker@example.org", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_outgoingmessage"))
    browser = signed_in(looker)

    assert browser.get(f"{LIST}{message.pk}/change/").status_code == 200
    send_again(browser, message, confirmed="Send again")

    message.refresh_from_db()
    assert message.status == "SENT"


def test_mail_kept_in_a_file_opens_from_the_message(kept, admin, settings):
    page = admin.get(f"{LIST}{kept.pk}/change/").content.decode()
    address = f"{LIST}{kept.pk}/mail/{kept.uuid}/"
    assert address in page

    mail = admin.get(address).content.decode()
    assert "News of Monday" in mail
    assert "Some news." in mail

    file = admin.get(f"{address}?download")
    assert b"".join(file.streaming_content).startswith(b"Content-Type: multipart/alternative")


def test_the_html_of_a_mail_may_carry_style_and_nothing_else(kept, admin):
    answer = admin.get(f"{LIST}{kept.pk}/mail/{kept.uuid}/html/")

    assert answer.content.decode().strip() == "<p>Some news.</p>"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize("name", ["..", "settings", "{other}", "nothing"])
def test_only_the_files_of_the_message_open(kept, news, admin, settings, name):
    other = news.post("of Tuesday")
    outbox.deliver_due(NINE)
    (settings.MAIL_DIR.parent / "settings.eml").write_text("Subject: no\n\nno")

    answer = admin.get(f"{LIST}{kept.pk}/mail/{name.format(other=other.uuid)}/")

    assert answer.status_code == 404


def test_mail_is_for_staff_who_may_see_messages(kept, client, signed_in, stranger, make_user):
    address = f"{LIST}{kept.pk}/mail/{kept.uuid}/"
    clerk = make_user("clerk@example.org", is_staff=True)

    assert client.get(address).status_code == 302
    assert signed_in(stranger).get(address).status_code == 302
    assert signed_in(clerk).get(address).status_code == 403


def test_a_mail_sent_again_is_kept_beside_the_first(kept, admin_user, settings):
    kept.refresh_from_db()
    outbox.send_again(message=kept, by=admin_user, at=NINE)
    outbox.deliver_due(NINE)

    names = sorted(path.name for path in settings.MAIL_DIR.iterdir())
    assert names == [f"{kept.uuid}-1.eml", f"{kept.uuid}.eml"]


def test_mail_that_is_not_the_outboxs_is_kept_too(settings, tmp_path):
    from django.core.mail import send_mail

    settings.EMAIL_BACKEND, settings.MAIL_DIR = FILES, tmp_path

    send_mail("Code", "123456", None, ["reader@example.org"])

    [path] = tmp_path.iterdir()
    assert "123456" in path.read_text()
