import pytest
from django.conf import settings as the_settings
from django.test import Client
from django.urls import reverse

from coaching_portal.notifications.models import OutgoingMessage
from profiles.tests.signing import PASSWORD, is_signed_in, sign_in

pytestmark = pytest.mark.django_db

SIGN_IN = reverse("account_login")
TOO_MANY = "There have been too many attempts"


@pytest.mark.parametrize("typed", ["jo@example.org", "JO@Example.ORG", " jo@example.org "])
def test_the_address_counts_in_any_letter_case(client, jo, typed):
    assert sign_in(client, typed).status_code == 302
    assert is_signed_in(client)


def test_someone_made_with_capitals_in_their_address_signs_in(client, make_user):
    make_user("Mo.Capitals@Example.org", password=PASSWORD)

    assert sign_in(client, "mo.capitals@example.org").status_code == 302


def test_unknown_addresses_and_wrong_passwords_get_the_same_words(client, jo):
    wrong = sign_in(client, password="not the password").content.decode()
    unknown = sign_in(client, "nobody@example.org").content.decode()

    assert "is incorrect" in wrong
    assert _words(wrong) == _words(unknown.replace("nobody@", "jo@"))


def _words(page):
    return [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line]


def test_pages_ask_for_a_sign_in_and_lead_back(client, jo):
    answer = client.get(reverse("profiles:account_details"))
    assert answer.url == f"{SIGN_IN}?next=/account/details/"

    answer = sign_in(client, fields={"next": "/account/details/"})

    assert answer.url == "/account/details/"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"],
)
def test_nobody_is_sent_on_to_another_site(client, jo, elsewhere):
    assert sign_in(client, fields={"next": elsewhere}).url == "/home/"


def test_everybody_lands_on_their_home(jo, coach, make_user):
    staff = make_user("staff@example.org", is_staff=True)
    for user in (jo, coach.user, staff):
        user.set_password(PASSWORD)
        user.save()

        assert sign_in(Client(), user.email).url == "/home/"


def test_the_sixth_failure_for_one_account_is_refused_even_from_other_addresses(client, jo):
    for number in range(5):
        sign_in(client, password="wrong", REMOTE_ADDR=f"192.0.2.{number}")

    answer = sign_in(client, REMOTE_ADDR="192.0.2.99")

    assert TOO_MANY in answer.content.decode()


def test_letter_case_gives_no_further_attempts(client, jo):
    for typed in ["jo@example.org", "Jo@example.org", "JO@example.org", "jO@example.org"]:
        sign_in(client, typed, password="wrong")
    sign_in(client, "jo@EXAMPLE.org", password="wrong")

    assert TOO_MANY in sign_in(client, "jo@exampLE.org").content.decode()


def test_another_name_of_the_host_gives_no_further_attempts(client, jo):
    for host in ["testserver", "localhost", "127.0.0.1", "testserver:80", "localhost:80"]:
        sign_in(client, password="wrong", HTTP_HOST=host)

    assert TOO_MANY in sign_in(client).content.decode()


def test_a_forwarded_address_is_not_believed(client, jo):
    for number in range(10):
        sign_in(client, f"someone{number}@example.org", HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")

    answer = sign_in(client, HTTP_X_FORWARDED_FOR="192.0.2.200")

    assert TOO_MANY in answer.content.decode()


def test_behind_one_proxy_the_last_forwarded_address_counts(client, jo, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(10):
        forwarded = f"192.0.2.{number}, 198.51.100.7"
        sign_in(client, f"someone{number}@example.org", HTTP_X_FORWARDED_FOR=forwarded)

    same = sign_in(client, HTTP_X_FORWARDED_FOR="192.0.2.200, 198.51.100.7")
    other = sign_in(client, HTTP_X_FORWARDED_FOR="192.0.2.200, 198.51.100.8")

    assert TOO_MANY in same.content.decode()
    assert other.status_code == 302


@pytest.fixture
def many_fail(settings):
    """More failures all over than are usual: strangers guess at accounts from many addresses."""
    settings.ACCOUNT_RATE_LIMITS = {
        **the_settings.ACCOUNT_RATE_LIMITS,
        "login_failed_anywhere": "3/10m/key",
    }
    for number in range(3):
        sign_in(Client(), f"a{number}@example.org", REMOTE_ADDR=f"192.0.2.{number}")


def test_what_strangers_try_at_others_keeps_nobody_out(client, jo, many_fail):
    assert sign_in(client, REMOTE_ADDR="198.51.100.9").status_code == 302
    assert is_signed_in(client)


def test_while_many_fail_an_address_has_three_attempts_in_ten_minutes(client, jo, many_fail):
    for number in range(3):
        answer = sign_in(client, f"b{number}@example.org", REMOTE_ADDR="198.51.100.9")
        assert TOO_MANY not in answer.text

    assert TOO_MANY in sign_in(client, REMOTE_ADDR="198.51.100.9").text
    assert sign_in(client, REMOTE_ADDR="198.51.100.10").status_code == 302


def test_while_many_fail_an_account_has_three_attempts_in_ten_minutes(client, jo, many_fail):
    for number in range(3):
        sign_in(client, password="wrong", REMOTE_ADDR=f"198.51.100.{number}")

    assert TOO_MANY in sign_in(client, REMOTE_ADDR="198.51.100.9").text


def test_signing_in_uses_up_no_attempts(client, jo):
    for _ in range(8):
        assert sign_in(Client()).status_code == 302


def test_many_tries_from_one_address_get_429_in_our_words(client, jo):
    for _ in range(30):
        answer = sign_in(client, "x")

    answer = sign_in(client, "x")

    assert answer.status_code == 429
    assert "Please wait a little" in answer.content.decode()


def test_a_closed_account_stays_closed(client, jo):
    jo.is_active = False
    jo.save()

    assert sign_in(client).url == reverse("account_inactive")
    assert not is_signed_in(client)


def test_changing_the_password_ends_the_other_sessions_and_says_so(jo):
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        sign_in(client)

    here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "nine loud magpies"},
    )

    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    assert OutgoingMessage.objects.get().kind == "account-password-changed"


def test_all_other_sessions_can_be_ended(jo):
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        sign_in(client, HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")
    page = here.get(reverse("usersessions_list")).content.decode()
    assert page.count("Firefox on Windows") == 2

    here.post(reverse("usersessions_list"))

    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)


def test_signing_out_takes_a_press(client, jo):
    sign_in(client)

    assert client.get(reverse("account_logout")).status_code == 200
    assert is_signed_in(client)
    client.post(reverse("account_logout"))

    assert not is_signed_in(client)
