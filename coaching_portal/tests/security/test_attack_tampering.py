"""What is not asked for is not taken: each form is sent as it should be, and again with more.

Both must change the same values of the same rows. A form that handed what it was sent to a model
would show in the comparison; a control plants one that does.
"""

import io
import zipfile

import pytest
from django.apps import apps
from django.contrib.auth.hashers import is_password_usable
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.availability import slot_queries
from coaching_portal.example_data.people import coach, person
from coaching_portal.notifications.models import MessagePreference
from coaching_portal.testing.factories.one_of_each import DAY, reader_of
from coaching_portal.testing.matrix import undone
from coaching_portal.tests.security.forms_on_pages import forms_of
from coaching_portal.tests.security.test_access import tables
from profiles.models import User
from profiles.models.users import NO_ADDRESS
from profiles.tests.signing import PASSWORD, sign_in

# Names that models, forms and other booking programs know, with what a thief would send.
MORE = {
    "price": "0.01",
    "unit_price": "0.01",
    "rate": "0.01",
    "hourly_rate": "0.01",
    "total": "0.01",
    "discount": "100",
    "vat_rate": "0",
    "payment_type": "free",
    "is_free": "on",
    "paid": "on",
    "amount_due": "0",
    "outstanding": "0",
    "fee": "0.00",
    "status": "COMPLETED",
    "state": "PUBLISHED",
    "kind": "INTRODUCTION",
    "is_staff": "on",
    "is_superuser": "on",
    "is_active": "on",
    "is_checked": "on",
    "is_public": "on",
    "groups": "1",
    "user_permissions": "1",
    "password": "seven quiet herons",
    "email": "thief@example.org",
    "role": "SPONSOR",
    "id": "1",
    "pk": "1",
    "user": "1",
    "user_id": "1",
    "owner": "1",
    "client_id": "1",
    "coach": "1",
    "coach_id": "1",
    "by": "1",
    "booked_by": "1",
    "author": "1",
    "learner": "1",
    "session": "1",
    "cohort": "1",
    "organisation": "1",
    "organisation_id": "1",
    "invoice": "1",
    "invoice_line": "1",
    "invoice_line_id": "1",
    "held_until": "2099-01-01T00:00:00Z",
    "free_again_at": "2020-01-01T00:00:00Z",
    "ends_at": "2099-01-01T00:00:00Z",
    "confirmed_at": "2020-01-01T00:00:00Z",
    "waived_at": "2020-01-01T00:00:00Z",
    "cancelled_at": "2020-01-01T00:00:00Z",
    "booked_at": "2020-01-01T00:00:00Z",
    "at": "2020-01-01T00:00:00Z",
    "cancellation_notice_hours": "0",
    "sequence": "99",
    "capacity": "999",
    "taken": "0",
    "number": "2020-0001",
    "visitor_key": "somebody else's",
    "terms_sha256": "0",
    "accepted_from": "203.0.113.9",
}
# What is filled in on each form; the rest is as it stands there.
ANSWERS = {
    "bookings:details": {"payer": "self", "accept": "on", "start_early": "on"},
    "bookings:book": {},
    "bookings:move": {},
    "bookings:accept_move": {},
    "bookings:decline_move": {"answer": "I am away"},
    "bookings:withdraw_move": {},
    "bookings:change_length": {"minutes": "90"},
    "bookings:cancel": {},
    "bookings:change_time": {"starts_at": "2027-06-09T20:00:00", "outside_hours": "yes"},
    "bookings:add_agenda": {"text": "Saying no"},
    "bookings:remove_agenda": {},
    "bookings:calendar_feeds": {"label": "Phone", "shows": "BUSY"},
    "bookings:revoke_feed": {},
    "profiles:assistants": {"name": "Bea", "email": "bea@example.org"},
    "profiles:answer_invitation": {"answer": "accept"},
    "profiles:withdraw_invitation": {},
    "profiles:end_assistant": {},
    "profiles:stop_assisting": {},
    "bookings:connections": {
        "label": "Work",
        "kind": "CALDAV",
        "address": "https://cloud.example.com/",
        "username": "una",
        "password": "heron",
    },
    "bookings:connection": {"blocking": []},
    "bookings:embed_settings": {"origins": "https://www.example.com"},
    "bookings:connection_password": {"password": "another one"},
    "bookings:disconnect": {},
    "bookings:answer_calendar": {"answer": "stay"},
    "bookings:accept": {},
    "bookings:ask_again": {},
    "bookings:book_for_client": {
        "name": "Vi",
        "phone": "01632 960999",
        "date": "2027-06-21",
        "time": "20:00",
        "outside_hours": "on",
    },
    "bookings:confirm": {},
    "bookings:no_show": {},
    "bookings:undo": {},
    "bookings:waive": {"reason": "Illness"},
    "bookings:programme_accept": {"accepts": "on", "terms_version": "1"},
    "bookings:programme_decline": {},
    "bookings:series": {},
    "bookings:new_earlier_time": {
        "minutes": "60",
        "location": "VIDEO",
        "weekdays": ["0"],
        "from_time": "09:00",
        "until_time": "17:00",
    },
    "bookings:earlier_time_offer": {"accept": "yes"},
    "bookings:withdraw_earlier_time": {},
    "bookings:extension_accept": {"accepts": "on"},
    "bookings:extension_decline": {},
    "bookings:programme_terms": {"title": "Another title"},
    "bookings:programme_review": {"outcome": "FINISH"},
    "bookings:programme_review_date": {"review_on": "2027-12-01"},
    "bookings:programme_end": {},
    "bookings:programme_propose": {"review_on": "2027-12-01"},
    "bookings:confirm_day": {},
    "bookings:weekly_hours": {"day0_0_starts": "08:00"},
    "bookings:new_date": {"date": "2027-06-21", "kind": "closed"},
    "bookings:date_hours": {"kind": "open", "shift_0_starts": "10:00", "shift_0_ends": "11:00"},
    "bookings:clear_date": {},
    "bookings:open_bank_holiday": {},
    "bookings:copy_week": {},
    "bookings:new_time_off": {"starts_on": "2027-06-21", "ends_on": "2027-06-22"},
    "bookings:time_off": {"reason": "Rest"},
    "bookings:end_time_off": {},
    "bookings:rules": {"buffer_minutes": "25"},
    "training:waiting_list": {"places": "1"},
    "training:offer": {"accepted": "on"},
    "training:decline_offer": {},
    "training:name_place": {"name": "Ann", "email": "ann@example.org"},
    "training:pass_on": {"name": "Ben", "email": "ben@example.org"},
    "training:cancel_place": {},
    "training:cancel_booking": {},
    "training:leave_waiting": {},
    "profiles:account_details": {"phone": "01632 960999"},
    "notifications:preferences": {"wanted": []},
    "notifications:decline": {},
    "withdraw_consent": {},
    "contact": {"name": "Vi", "email": "vi@example.org", "message": "May I?"},
    "complaint": {"name": "Vi", "email": "vi@example.org", "message": "You wrote to me."},
    "team_enquiry": {
        "organisation": "Trust",
        "people": "8",
        "message": "Help",
        "arrangements": "Not sure yet",
        "name": "Vi",
        "email": "vi@example.org",
        "send": "Send",
    },
}
ELSEWHERE = {
    # Proved by a code or a link: bookings/tests/test_prove_an_email.py.
    "bookings:prove",
    "bookings:send_new_code",
    "bookings:prove_by_link",
    "profiles:accept_by_link",  # signs in by the link: profiles/tests/test_assistants.py
    "bookings:accept_by_link",  # the same: test_book_for_client.py
    "training:enrol",  # keeps what is typed in the session; with the next, below
    "training:check",
    "my_data",  # both ask for the password first; further below
    "erase_me",
}


@pytest.fixture
def sender(in_world):
    """sender("bookings:cancel"): (a browser that may send it, where to, what stands on it)."""

    def send(name):
        browser = Client()
        reader = reader_of(name)
        if reader != "anonymous":
            browser.force_login(person(reader))
        address = in_world.address(name)
        if name in ("bookings:details", "bookings:book", "bookings:move"):
            start = _a_free_time().replace("+", "%2B")
            address += f"?minutes=60&location=VIDEO&programme=none&start={start}"
        if name == "bookings:new_earlier_time":
            address += f"?coach={coach().slug}"
        if name == "bookings:series":
            start = _free_on_two_mondays().replace("+", "%2B")
            address += f"?start={start}&every=1&number=2"
        if name == "bookings:book_for_client":
            address += "?client=new&minutes=60"
        if tables()[name].acts:
            return browser, address, {}
        form = next(
            form
            for form in forms_of(browser.get(address))
            if form.method == "post" and not form.action.startswith("/account/log")
        )
        data = form.data
        if name in ("bookings:book", "bookings:move"):
            data["start"] = _a_free_time()
        if name == "bookings:copy_week":
            data |= _a_week_to_copy()
        return browser, address, data

    return send


def _a_week_to_copy():
    day = coach().date_overrides.order_by("date")[0].date
    return {"copy_from": day.isoformat(), "copy_to": (day + 7 * DAY).isoformat()}


def _a_free_time():
    since = timezone.now() + 21 * DAY
    free = slot_queries.open_slots(
        coach(), minutes=60, since=since, until=since + 7 * DAY, at=timezone.now()
    )
    return free[0].isoformat()


def _free_on_two_mondays():
    """Or on two other days a week apart."""
    since = timezone.now() + 42 * DAY
    free = slot_queries.open_slots(
        coach(), minutes=90, since=since, until=since + 14 * DAY, at=timezone.now()
    )
    return next(start for start in free if start + 7 * DAY in free).isoformat()


def test_every_form_is_tried():
    posting = {name for name, page in tables().items() if page.form or page.acts}

    assert posting - ELSEWHERE == set(ANSWERS)


@pytest.mark.parametrize("name", ANSWERS)
def test_more_than_a_form_asks_for_changes_nothing_more(name, sender):
    browser, address, data = sender(name)
    data |= ANSWERS[name]

    honest = changes_by(lambda: browser.post(address, data))
    greedy = changes_by(lambda: browser.post(address, MORE | data))

    assert honest, "The form changes nothing, so this proves nothing"
    assert greedy == honest


def test_more_than_is_asked_for_while_enrolling_changes_nothing_more(in_world):
    browser = Client()
    browser.force_login(person("contact"))

    def enrol(more):
        for step, answers in (("enrol", STAFF), ("check", {"accepted": "on"})):
            address = in_world.address(f"training:{step}")
            form = next(f for f in forms_of(browser.get(address)) if f.action.startswith(address))
            browser.post(address, more | form.data | answers)

    honest = changes_by(lambda: enrol({}))
    greedy = changes_by(lambda: enrol(MORE))

    assert any("training.Enrolment" in change for change in honest)
    assert greedy == honest


def test_more_than_is_asked_for_hands_over_and_erases_nobody_else(in_world, make_user):
    zoe = make_user("zoe@example.org", name="Zoe", password=PASSWORD)
    others = {name: str(person("client").pk) for name in MORE}

    def send(page, more):
        browser = Client()
        sign_in(browser, zoe.email)
        return browser.post(reverse(page), more | {"email": zoe.email})

    with undone():
        archive = b"".join(send("my_data", others).streaming_content)
    honest = changes_by(lambda: send("erase_me", {}))
    greedy = changes_by(lambda: send("erase_me", others))

    told = zipfile.ZipFile(io.BytesIO(archive)).read("data.json").decode()
    assert zoe.email in told
    assert person("client").email not in told
    assert any("Erased person" in change for change in honest)
    assert greedy == honest


STAFF = {
    "purchase_order": "PO-204118",
    "delegate-0-name": "Ann Example",
    "delegate-0-email": "ann@example.org",
}


def test_control_a_form_that_takes_all_it_is_sent_is_seen(sender, monkeypatch):
    monkeypatch.setattr("profiles.accounts.forms.DetailsForm.save", _save_all_that_was_sent)
    browser, address, data = sender("profiles:account_details")

    honest = changes_by(lambda: browser.post(address, data | {"phone": "01632 960999"}))
    greedy = changes_by(lambda: browser.post(address, MORE | data | {"phone": "01632 960999"}))

    assert greedy != honest


def _save_all_that_was_sent(form, at):
    for name in ("phone", "email"):
        setattr(form.instance, name, form.data.get(name, ""))
    form.instance.save()


# --- Which values of which rows a request changed ----------------------------------------

# Rows of the framework's own, and the trail, which repeats what the rows say.
NOT_COMPARED = {"sessions", "contenttypes", "pghistory", "usersessions", "admin", "auth"}
# What is new each time: keys, codes, and texts that hold them.
NEW_EACH_TIME = {
    "id",
    "uuid",
    "key",
    "code",
    "occasion",
    "subject_uuid",
    "secret",
    "details",
    "location",
    "visitor_key",
    "token_sha256",
    "last_login",
}


def changes_by(act):
    """What `act` changes, as texts in order; it is undone."""
    before = _rows()
    with undone():
        act()
        after = _rows()
    made = {key for key in after if key not in before}
    changes = [
        _change(key, before.get(key, {}), after.get(key, {}), made) for key in before | after
    ]
    return sorted(filter(None, changes))


def _rows():
    """{(model, key): {field: value}} of everything that is kept."""
    return {
        (model, row["id" if "id" in row else model._meta.pk.attname]): row
        for model in apps.get_models()
        if model._meta.app_label not in NOT_COMPARED and not model.__name__.endswith("Change")
        for row in model._default_manager.values()
    }


def _change(key, before, after, made):
    model, _ = key
    if before == after:
        return ""
    what = "deleted" if not after else "changed" if before else "made"
    fields = [
        f"{field.attname}={_value(field, after.get(field.attname), made)}"
        for field in model._meta.concrete_fields
        if field.attname not in NEW_EACH_TIME
        and before.get(field.attname) != after.get(field.attname)
    ]
    return f"{model._meta.label} {what}: {', '.join(fields)}"


def _value(field, value, made):
    """A pointer to a row that has just been made says only that, and so does no password."""
    if field.is_relation and (field.related_model, value) in made:
        return "new"
    if field.attname == "password" and not is_password_usable(value):
        return "none"
    if field.attname == "email" and str(value).endswith(NO_ADDRESS):
        return "nobody's"  # it is made up anew for each person whom a coach enters
    return value


def test_a_pointer_is_told_from_another(in_world):
    """The comparison would see another owner of a row."""
    ours, theirs = person("client"), User.objects.exclude(email="client@example.org").first()

    assert changes_by(lambda: _file(ours)) != changes_by(lambda: _file(theirs))


def _file(user):
    MessagePreference.objects.create(user=user, kind="x")
