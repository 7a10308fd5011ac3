import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.plugin import secret_sent_to
from profiles.tests.signing import is_signed_in, sign_in

pytestmark = pytest.mark.django_db

EMAIL = reverse("account_email")
CODE = reverse("account_email_verification_sent")
NEW = "jo.new@example.org"


def ask(client, email=NEW):
    return client.post(EMAIL, {"action_add": "", "email": email})


def test_the_address_changes_when_the_code_is_entered_and_not_before(client, jo):
    sign_in(client)

    assert ask(client, "Jo.New@example.org").url == CODE
    jo.refresh_from_db()
    assert jo.email == "jo@example.org"

    client.post(CODE, {"code": secret_sent_to(NEW)["code"]})

    jo.refresh_from_db()
    assert jo.email == NEW
    assert [a.email for a in EmailAddress.objects.filter(user=jo)] == [NEW]
    assert sign_in(Client(), NEW).status_code == 302
    assert not is_signed_in(Client())


def test_the_former_address_is_told(client, jo, mailoutbox):
    sign_in(client)
    ask(client)
    client.post(CODE, {"code": secret_sent_to(NEW)["code"]})

    outbox.deliver_due(timezone.now())

    notice = next(mail for mail in mailoutbox if mail.to == ["jo@example.org"])
    assert notice.subject.startswith("Email address changed")
    assert NEW not in notice.body


def test_an_address_of_somebody_else_is_not_given_away(client, jo, make_user):
    make_user("taken@example.org")
    sign_in(client)

    assert ask(client, "taken@example.org").url == ask(client, "free@example.org").url

    code = secret_sent_to("taken@example.org").get("code")
    client.post(CODE, {"code": code or "000000"})
    jo.refresh_from_db()
    assert jo.email == "jo@example.org"


def test_a_wrong_code_changes_nothing(client, jo):
    sign_in(client)
    ask(client)
    right = secret_sent_to(NEW)["code"]

    client.post(CODE, {"code": "000000" if right != "000000" else "111111"})

    jo.refresh_from_db()
    assert jo.email == "jo@example.org"


def test_details_are_saved(client, jo):
    sign_in(client)
    fields = {"name": "Jo B", "phone": "01632 960001", "needs": "A ramp", "time_zone": "Asia/Tokyo"}

    client.post(reverse("profiles:account_details"), fields)

    page = client.get(reverse("profiles:account")).text
    for shown in ("Jo B", "01632 960001", "A ramp", "Tokyo time"):
        assert shown in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [("name", "", "Enter your name"), ("time_zone", "Mars/Base", "Select a valid choice")],
)
def test_details_that_do_not_do_are_explained(client, jo, field, value, said):
    sign_in(client)
    fields = {"name": "Jo B", "time_zone": "Asia/Tokyo", field: value}

    assert said in client.post(reverse("profiles:account_details"), fields).text
    jo.refresh_from_db()
    assert jo.name == "Jo Bloggs"


def test_nobody_makes_themselves_staff(client, jo):
    sign_in(client)
    fields = {"name": "Jo", "time_zone": "Europe/London", "is_staff": "on", "is_superuser": "on"}

    client.post(reverse("profiles:account_details"), fields)

    jo.refresh_from_db()
    assert not jo.is_staff
    assert not jo.is_superuser


def test_the_overview_asks_the_database_few_questions(client, jo, django_assert_max_num_queries):
    sign_in(client)

    with django_assert_max_num_queries(11):
        client.get(reverse("profiles:account"))

    assert not OutgoingMessage.objects.exists()
