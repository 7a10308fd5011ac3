"""The abuses that a portal like this one meets, each refused.

Most are tried here, in the portal of `one_of_each`; those that need a crowd, a real mail or a
scene of their own are tried elsewhere, and named. docs/security.md has the reasons.
"""

from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from bookings.models import CoachingSession
from coaching_portal.billing.models import Invoice
from coaching_portal.example_data.people import person
from profiles.models import Coach, User

ELSEWHERE = {
    "twenty people book one hour": (
        "bookings/tests/test_concurrent_bookings.py::test_of_twenty_bookings_of_one_hour_one_wins"
    ),
    "a time that was not offered": (
        "bookings/tests/test_book_pages.py::test_a_time_or_length_that_was_not_offered_is_refused"
    ),
    "a price, a status or another's id in the form": (
        "bookings/tests/test_book_pages.py"
        "::test_price_status_and_other_peoples_ids_in_the_form_are_ignored"
    ),
    "somebody else's hold": (
        "bookings/tests/test_hold.py::test_a_hold_hides_its_time_from_others_for_ten_minutes"
    ),
    "a hold that is kept by signing up again and again": (
        "bookings/tests/test_hold.py"
        "::test_beginning_to_sign_up_again_and_again_does_not_keep_a_time"
    ),
    "an organisation of other people's pays": (
        "bookings/tests/test_book_pages.py"
        "::test_an_organisation_of_other_peoples_cannot_be_made_to_pay"
    ),
    "forty people for ten places": (
        "training/tests/test_race_for_places.py"
        "::test_exactly_ten_of_forty_and_the_others_hear_of_the_waiting_list"
    ),
    "all of a coach's times held by one visitor": (
        "bookings/tests/test_limit_holds.py"
        "::test_a_visitor_who_forgets_his_cookies_holds_no_more_than_his_network_may"
    ),
    "sixty sessions booked by a new client": (
        "bookings/tests/test_limit_open_sessions.py"
        "::test_before_a_first_session_has_taken_place_the_fourth_is_refused"
    ),
    "mail without end by booking and cancelling": (
        "bookings/tests/test_limit_mail.py"
        "::test_a_free_conversation_cannot_be_booked_and_cancelled_without_end"
    ),
    "mail without end by joining and leaving a waiting list": (
        "training/tests/test_limit_mail.py::test_one_person_joins_so_many_times_in_an_hour"
    ),
    "one's own words mailed to a stranger": (
        "training/tests/test_write_to_others.py"
        "::test_no_mail_to_a_stranger_carries_the_senders_words"
    ),
    "an odd charset": (
        "coaching_portal/tests/security/test_malformed_requests.py"
        "::test_a_charset_that_is_not_ours_is_answered_400_in_words"
    ),
    "a form of more than ten megabytes": (
        "coaching_portal/tests/security/test_malformed_requests.py"
        "::test_a_body_of_more_than_ten_megabytes_is_refused_unread"
    ),
    "a name that turns the line around": (
        "coaching_portal/common/tests/test_visible_text.py"
        "::test_signs_that_hide_or_turn_are_refused_everywhere"
    ),
    "invoices emptied in SQL": (
        "coaching_portal/billing/tests/test_guards.py::test_a_table_of_what_is_kept_is_not_emptied"
    ),
    "guards of the database switched off": (
        "coaching_portal/operations/tests/test_database_roles.py::test_the_portals_role_is_refused"
    ),
    "another person's device locked out": (
        "profiles/tests/test_known_devices.py"
        "::test_strangers_who_guess_do_not_lock_a_known_device_out"
    ),
    "the same form three times at once": (
        "coaching_portal/tests/concurrency/test_double_posts.py"
        "::test_a_form_that_is_sent_three_times_at_once_acts_once"
    ),
    "an issued invoice changed in SQL": (
        "coaching_portal/billing/tests/test_immutable.py::test_sql_cannot_change_it"
    ),
    "the audit trail edited": (
        "coaching_portal/personal_data/tests/test_audit.py::test_nobody_edits_the_trail"
    ),
    "a formula in an export": (
        "coaching_portal/billing/tests/test_export.py"
        "::test_a_name_that_a_spreadsheet_would_run_is_made_plain"
    ),
    "a flood of enquiries": (
        "coaching_portal/website/tests/test_enquire.py::test_a_flood_of_messages_is_held_back"
    ),
    "a file that is something else": (
        "coaching_portal/tests/security/test_attack_uploads.py::test_whatever_is_stored_runs_nowhere"
    ),
    "guesses at a password, many at once": (
        "profiles/tests/test_attack_guessing.py"
        "::test_of_twelve_guesses_at_a_password_five_are_looked_at"
    ),
    "locking somebody out by guessing": (
        "profiles/tests/test_known_devices.py"
        "::test_strangers_who_guess_do_not_lock_a_known_device_out"
    ),
    "the second step passed by": (
        "profiles/tests/test_attack_second_factor.py::test_no_door_opens_without_the_code"
    ),
    "a code used twice": (
        "profiles/tests/test_attack_codes.py"
        "::test_a_code_of_the_app_works_once_for_as_long_as_its_time_runs"
    ),
    "who has an account": (
        "profiles/tests/test_attack_enumeration.py::test_the_answer_is_that_to_an_unknown_address"
    ),
    "a session that was planted": (
        "profiles/tests/test_attack_sessions.py"
        "::test_a_planted_session_does_not_come_to_the_second_step"
    ),
    "a package exchanged on its way": (
        "coaching_portal/operations/tests/test_requirements.py::test_a_file_with_another_hash_is_refused"
    ),
}
ABUSES = {}


def abuse(words):
    """Register a function that tries it in the world and tells whether it was refused."""

    def register(attempt):
        ABUSES[words] = attempt
        return attempt

    return register


@pytest.fixture
def attempt(in_world):
    return lambda words: ABUSES[words](in_world)


def as_(handle, **how):
    browser = Client(raise_request_exception=False, **how)
    browser.force_login(person(handle))
    return browser


def a_clerk():
    """Somebody in the office with every permission, who is no superuser."""
    clerk = User.objects.create_user(email="clerk@example.org", name="Cat", is_staff=True)
    clerk.user_permissions.set(Permission.objects.all())
    browser = Client(raise_request_exception=False)
    browser.force_login(clerk)
    return browser


def session_of(world):
    return CoachingSession.objects.get(uuid=world.kwargs["bookings:cancel"]["uuid"])


@abuse("reading somebody else's session by its address")
def _(world):
    pages = ("bookings:session", "bookings:session_ics", "bookings:booked")
    return {as_("nadia").get(world.address(page)).status_code for page in pages} == {404}


@abuse("cancelling or moving somebody else's session")
def _(world):
    pages = ("bookings:cancel", "bookings:move")
    answers = {as_("nadia").post(world.address(page)).status_code for page in pages}
    return answers == {404} and session_of(world).status == "BOOKED"


@abuse("cancelling by a link")
def _(world):
    as_("client").get(world.address("bookings:cancel"))
    return session_of(world).status == "BOOKED"


@abuse("a client who waives their own charge")
def _(world):
    waived = as_("client").post(world.address("bookings:waive"), {"reason": "mine"})
    missed = CoachingSession.objects.get(**world.kwargs["bookings:waive"])
    return waived.status_code in (403, 404) and missed.waived_at is None


@abuse("a coach who reads another coach's client")
def _(world):
    other = Client()
    other.force_login(Coach.objects.get(slug="owen-example").user)
    pages = ("bookings:client", "bookings:session", "bookings:programme")
    return {other.get(world.address(page)).status_code for page in pages} == {404}


@abuse("a sponsor who reads a programme")
def _(world):
    return as_("sponsor").get(world.address("bookings:programme")).status_code == 404


@abuse("somebody else's invoice")
def _(world):
    pages = ("billing:invoice", "billing:invoice_pdf", "billing:credit_note_pdf")
    return {as_("nadia").get(world.address(page)).status_code for page in pages} == {404}


@abuse("somebody else's course booking")
def _(world):
    pages = ("training:booking", "training:cancel_booking")
    return {as_("client").get(world.address(page)).status_code for page in pages} == {404}


@abuse("a client in the office")
def _(world):
    answers = [as_("client").get(page) for page in ("/admin/", "/admin/invoicing/")]
    return all(answer.status_code in (302, 403) for answer in answers)


@abuse("a hidden field read letter by letter in the office")
def _(world):
    asked = (
        "usersessions/usersession/?session_key__regex=^h",
        "profiles/user/?needs__icontains=quiet",
        "mfa/authenticator/?user__password__startswith=a",
    )
    clerk = a_clerk()
    return {clerk.get(f"/admin/{each}").status_code for each in asked} == {400}


@abuse("the key of a session in the office")
def _(world):
    row = world.rows["admin/usersessions/usersession/"]
    page = a_clerk().get(f"/admin/usersessions/usersession/{row}/change/")
    return page.status_code == 200 and "heron" not in page.text


@abuse("staff who take a client's account over")
def _(world):
    user, clerk = person("client"), a_clerk()
    page = reverse("admin:profiles_user_change", args=[user.pk])
    forms = [each.formset for each in clerk.get(page).context["inline_admin_formsets"]]
    none = {f"{each.prefix}-{n}_FORMS": "0" for each in forms for n in ("TOTAL", "INITIAL")}
    clerk.post(page, none | {"email": "mine@example.org", "name": "X", "time_zone": "UTC"})
    clerk.post(f"/admin/profiles/user/{user.pk}/password/", {"password1": "x", "password2": "x"})
    before, user = user, User.objects.get(pk=user.pk)
    return (user.email, user.password) == (before.email, before.password)


@abuse("staff who take a colleague's second factor away")
def _(world):
    factor, clerk = Authenticator.objects.get(user=person("client")), a_clerk()
    clerk.post(f"/admin/mfa/authenticator/{factor.pk}/delete/", {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": factor.pk, "post": "yes"}
    clerk.post("/admin/mfa/authenticator/", chosen)
    return Authenticator.objects.filter(pk=factor.pk).exists()


@abuse("an issued invoice deleted in the office")
def _(world):
    row = world.rows["admin/billing/invoice/"]
    answer = as_("admin").post(f"/admin/billing/invoice/{row}/delete/", {"post": "yes"})
    return answer.status_code == 403 and Invoice.objects.filter(pk=row).exists()


@abuse("a form on another site")
def _(world):
    browser = as_("client", enforce_csrf_checks=True)
    answer = browser.post(world.address("bookings:cancel"))
    return answer.status_code == 403 and session_of(world).status == "BOOKED"


@abuse("a forged name of the host")
def _(world):
    return Client().get("/", headers={"host": "evil.example"}).status_code == 400


@abuse("being sent on to another site")
def _(world):
    answer = as_("client").get(reverse("account_login"), {"next": "https://evil.example/"})
    return "evil.example" not in answer.headers.get("Location", "")


@abuse("methods that no page has")
def _(world):
    page = world.address("bookings:session")
    methods = ("PUT", "PATCH", "DELETE", "TRACE")
    return {as_("client").generic(each, page).status_code for each in methods} == {405}


@abuse("a NUL in what is asked")
def _(world):
    return Client(raise_request_exception=False).get("/coaches/?q=a%00b").status_code == 400


@abuse("a file outside the folder")
def _(world):
    paths = ("/static/../.env", "/static/%2e%2e/.env", "/static/..%2f.env", "/.env", "/.git/config")
    return {Client().get(path).status_code for path in paths} == {404}


@abuse("a link to stop messages that somebody changed")
def _(world):
    address = world.address("notifications:decline").rstrip("/")
    return Client().post(f"{address}x/").status_code == 404


@abuse("somebody else's consent taken back")
def _(world):
    answer = as_("nadia").post(world.address("withdraw_consent"))
    return (
        answer.status_code == 404 and person("client").consents.filter(withdrawn_at=None).exists()
    )


@abuse("the figures of the server")
def _(world):
    return Client().get("/metrics").status_code in (401, 403, 404)


@pytest.mark.parametrize("words", ABUSES)
def test_an_abuse_is_refused(attempt, words):
    assert attempt(words)


@pytest.mark.parametrize("words", ELSEWHERE)
def test_an_abuse_is_tried_elsewhere(words):
    path, test = ELSEWHERE[words].split("::")

    module = import_module(path.removesuffix(".py").replace("/", "."))

    assert callable(getattr(module, test))


def test_control_an_abuse_that_is_not_refused_is_seen(attempt, monkeypatch):
    """Here: whose session it is asked by nobody."""
    words = "reading somebody else's session by its address"
    everything = lambda query_set, user: query_set.all()  # noqa: E731
    monkeypatch.setattr(type(CoachingSession.objects.all()), "visible_to", everything)

    assert not attempt(words)
