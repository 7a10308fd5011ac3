"""A repeated POST does nothing twice: every form that creates, pays or ends something is sent
three times at once, through HTTP; and twice without its key, to see what the key is for."""

import re
import uuid

import pytest
from django.conf import settings
from django.contrib import admin
from django.urls import reverse

from coaching_portal.common import idempotency
from coaching_portal.common.idempotency import FIELD
from coaching_portal.testing.races import Press, browser_of, cookies_in, press_at_once, statuses
from coaching_portal.tests.concurrency import (
    double_posts_billing,
    double_posts_coaching,
    double_posts_keyless,
    double_posts_training,
)
from coaching_portal.tests.security.test_access import EVERY
from training.models import Cohort

PRESSES = 3
FORMS = double_posts_coaching.FORMS | double_posts_training.FORMS | double_posts_billing.FORMS
KEYLESS = double_posts_keyless.FORMS

# Forms without a key, where sending them twice does what once does.
WITHOUT_KEY = {
    "bookings/_for_the_coach.html": "an outcome that is said already stays as it is",
    "bookings/embed_settings.html": "replaces the sites",
    "bookings/your_details.html": "leads to signing in",
    "bookings/hours_copy.html": "replaces the dates of a week",
    "bookings/hours_date.html": "replaces the hours of a date",
    "bookings/hours_weekly.html": "replaces the hours of the week",
    "bookings/rules.html": "replaces the rules",
    "bookings/times.html": "a hold takes the place of the visitor's other holds",
    "website/erase.html": "signs out: nobody is there to erase a second time",
    "website/my_privacy.html": "reads",
    "notifications/decline.html": "declines what is declined",
    "notifications/preferences.html": "replaces the choices",
    "notifications/admin/message.html": "leads to the page that asks",
    "training/_waiting_row.html": "leaves a line that has been left",
    "admin/confirm_action.html": "cancels what is cancelled; sends again what waits once",
    "training/enrol.html": "replaces the draft in the visitor's session",
    "backoffice/invoicing/issue.html": "a draft is issued once",
}
ACCOUNTS = ("account/", "profiles/account/", "mfa/", "usersessions/", "_nav_account.html")
KEY = "{% idempotency_key %}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_is_sent_three_times_at_once_acts_once(name, given, live_server):
    form = FORMS[name]
    user, path, values = form.scene(given)
    cookies = cookies_in(given.browser_of(user)) if user else {}
    before = form.makes.objects.count()

    press = Press(path, {**values, FIELD: str(uuid.uuid4())}, cookies)
    answers = press_at_once(live_server.url, [press] * PRESSES)

    assert statuses(answers) == {302: PRESSES}
    assert len({answer.location for answer in answers}) == 1
    assert form.makes.objects.count() - before == form.once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", KEYLESS)
def test_a_form_without_a_key_may_be_sent_three_times_at_once(name, given, live_server):
    form = KEYLESS[name]
    user, path, values = form.scene(given)
    cookies = cookies_in(given.browser_of(user)) if user else {}
    before = form.makes.objects.count()

    answers = press_at_once(live_server.url, [Press(path, values, cookies)] * PRESSES)

    assert set(statuses(answers)) <= {200, 302}
    assert form.makes.objects.count() - before == form.once


@pytest.mark.django_db
@pytest.mark.parametrize("name", FORMS)
def test_control_without_its_key_the_form_acts_as_often_as_the_rules_let_it(
    name, given, monkeypatch, client
):
    form = FORMS[name]
    user, path, values = form.scene(given)
    browser = given.browser_of(user) if user else client
    before = form.makes.objects.count()
    monkeypatch.setattr(idempotency, "_key", lambda request: None)

    for _ in range(2):
        browser.post(path, {**values, FIELD: str(uuid.uuid4())})

    assert form.makes.objects.count() - before == form.without_key


def test_every_view_that_takes_a_key_is_sent_twice():
    keyed = {name for _, name, view in EVERY if getattr(view, "acts_once", False)}

    # Django's own address for adding a payment leads to a page of ours.
    assert keyed | {"admin:billing_payment_add"} == {form.name for form in FORMS.values()}


def posting_forms():
    """Pairs of template and the form in it that is posted."""
    templates = settings.BASE_DIR / "templates"
    for path in sorted(templates.rglob("*.html")):
        for found in re.findall(r'<form\b[^>]*method="post".*?</form>', path.read_text(), re.S):
            yield path.relative_to(templates).as_posix(), found


def test_every_form_carries_a_key_or_says_why_it_needs_none():
    """Signing in, passwords and the second step are django-allauth's business."""
    keyless = {
        template
        for template, form in posting_forms()
        if KEY not in form and not template.startswith(ACCOUNTS)
    }

    # The list of the coach's hours has two forms; the key is in the one that ends time off.
    assert keyless - {"bookings/hours.html"} == set(WITHOUT_KEY)


# Django's own forms in the admin.


def admins_forms():
    return [f"admin:{m._meta.label_lower.replace('.', '_')}_add" for m in admin.site._registry]


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(admins_forms()))
def test_every_form_of_the_admin_that_adds_something_carries_a_key(name, signed_in, admin_user):
    page = signed_in(admin_user).get(reverse(name))

    assert page.status_code == 403 or f'name="{FIELD}"' in page.content.decode()


def new_cohort(given):
    """An admin's form: no rule of ours would know the same cohort again."""
    form = {"course": given.cohort.course_id, "status": "DRAFT", "capacity": 8, "code": ""}
    form |= {"setting": "ONLINE", FIELD: str(uuid.uuid4())}
    lessons = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 9}
    form |= {f"teaching_sessions-{name}": value for name, value in lessons.items()}
    return reverse("admin:training_cohort_add"), form


@pytest.mark.django_db(transaction=True)
def test_a_cohort_that_is_added_three_times_at_once_is_one(given, live_server):
    path, form = new_cohort(given)
    press = Press(path, form, cookies_in(browser_of(given.admin)))

    answers = press_at_once(live_server.url, [press] * PRESSES)

    assert statuses(answers) == {302: PRESSES}
    assert Cohort.objects.count() == 2


@pytest.mark.django_db
def test_control_without_its_key_there_are_as_many_as_presses(given, monkeypatch):
    path, form = new_cohort(given)
    monkeypatch.setattr(idempotency, "_key", lambda request: None)

    for _ in range(PRESSES):
        browser_of(given.admin).post(path, form)

    assert Cohort.objects.count() == 1 + PRESSES
