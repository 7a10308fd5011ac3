"""What is kept about people: told, handed over to them alone, erased, and forgotten in time."""

import io
import json
import zipfile
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import CharField, EmailField, GenericIPAddressField, TextField
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings import actions as coaching
from bookings.actions import changes, enquiries
from bookings.models import AgendaItem, Agreement, CoachingSession, Enquiry, Programme
from coaching_portal.billing.models import Invoice
from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage, RefusedAddress
from coaching_portal.personal_data import export, privacy, retention
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.sessions import (
    agreed_programme,
    book_session,
    pending_booking,
)
from coaching_portal.testing.plugin import NINE
from profiles.actions import assistants, complaints, erasure
from profiles.models import Client as CoachsClient
from profiles.models import DiaryDelegate, Erasure, Membership, User
from training import actions as courses
from training.models import Cohort, Course, Enrolment, EnrolmentTerms, TeachingSession

DAY = timedelta(days=1)
AFTER = NINE + 30 * DAY
PASSWORD = "seven wet herons walk"
# Words that nothing else has: whoever finds one has found the person.
NAME, ADDRESS, PHONE = "Zebedee Quillfeather", "zebedee@example.org", "07700 900123"
NEEDS, TOPIC, STREET = "a lift to floor nineteen", "the matter of the herons", "9 Heronry Lane"
PERSON = (NAME, "Quillfeather", ADDRESS, PHONE, NEEDS, TOPIC, STREET, "192.0.2.77")

pytestmark = pytest.mark.django_db


@pytest.fixture
def zebedee(make_user):
    return make_user(ADDRESS, name=NAME, password=PASSWORD, phone=PHONE, needs=NEEDS)


@pytest.fixture
def life(zebedee, people, client_user, admin_user):
    """Somebody who has done everything that can be done here, and a second person beside them."""
    coach, trust = people.coach.coach, people.organisation
    Membership.objects.create(user=zebedee, organisation=trust)
    DiaryDelegate.objects.create(user=people.delegate, client=zebedee)
    CoachsClient.objects.get_or_create(user=zebedee, coach=coach)
    CoachsClient.objects.create(user=people.sponsor, coach=coach)
    assistants.invite_assistant(client=zebedee, name="Ann", email="ann@example.org", at=NINE)
    assistants.invite_assistant(client=people.sponsor, name=NAME, email=ADDRESS, at=NINE)
    past = book_session(coach, zebedee, needs=NEEDS, location_details=STREET)
    changes.add_to_agenda(session=past, text=TOPIC, by=zebedee, at=NINE - 5 * DAY)
    coaching.confirm(session=past, by=coach.user, at=NINE + DAY)
    programme = agreed_programme(coach, zebedee)
    Agreement.objects.filter(accepted_by=zebedee).update(accepted_from="192.0.2.77")
    complaint = complaints.complain(name=NAME, email=ADDRESS, message=TOPIC, at=NINE)
    complaints.mark_answered(complaint=complaint, by=admin_user, at=NINE)
    enquiries.submit_enquiry(
        subject="MESSAGE", name=NAME, email=ADDRESS, message=TOPIC, phone=PHONE, at=NINE
    )
    pending_booking(coach, ADDRESS, name=NAME, location_details=STREET)
    theirs = book_session(coach, client_user, starts_at=NINE + timedelta(hours=2))
    changes.add_to_agenda(session=theirs, text="Cleo's own", by=client_user, at=NINE - 5 * DAY)
    place = enrol(zebedee)
    ledger.set_up_practice()
    invoice = ledger.issue_to(zebedee, by=admin_user)
    outbox.deliver_due(at=NINE + DAY)
    RefusedAddress.objects.create(email=ADDRESS, refused_at=NINE, reply=f"550 No {ADDRESS}")
    return SimpleNamespace(
        user=zebedee, coach=coach, past=past, programme=programme, place=place, invoice=invoice
    )


def enrol(user):
    course = Course.objects.create(
        slug="audit", title="Clinical audit", price=295, is_published=True
    )
    cohort = Cohort.objects.create(course=course, capacity=5, status=Cohort.Status.OPEN)
    TeachingSession.objects.create(cohort=cohort, starts_at=NINE, ends_at=NINE + timedelta(hours=3))
    booking = courses.enrol(
        cohort=cohort,
        by=user,
        learners=[courses.Learner(user.name, user.email)],
        terms=EnrolmentTerms.current(),
        at=NINE - 30 * DAY,
        accepted_from="192.0.2.77",
    )
    return booking.enrolments.get()


# --- Handing over ---


def test_the_archive_holds_what_is_theirs_and_nothing_of_anybody_else(life, client_user):
    with zipfile.ZipFile(export.archive(life.user, AFTER)) as archive:
        data, page = archive.read("data.json").decode(), archive.read("index.html").decode()
        names = archive.namelist()

    assert {word: word in data for word in PERSON} == dict.fromkeys(PERSON, True)
    assert f"documents/{life.invoice.number}.pdf" in names
    assert life.past.reference in page
    for word in (client_user.email, client_user.name, "Cleo's own"):
        assert word not in data + page


def test_the_second_person_gets_their_own(life, client_user):
    data = json.dumps(export.collect(client_user, AFTER))

    assert "Cleo's own" in data
    assert [word for word in PERSON if word in data] == []


def test_nothing_secret_is_handed_over(life):
    data = json.dumps(export.collect(life.user, AFTER))

    assert life.user.password not in data
    assert "password" not in data.lower()


def test_every_kind_of_data_says_what_why_and_how_long():
    for kept in privacy.kinds():
        assert kept.what, kept.name
        assert kept.why.endswith("."), kept.name
        assert kept.how_long.endswith("."), kept.name
        assert kept.export, kept.name


def signed_in_just_now(user):
    browser = Client()
    browser.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return browser


def test_a_download_is_for_whoever_has_just_signed_in(zebedee):
    answer = signed_in_just_now(zebedee).post(reverse("my_data"))

    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as archive:
        assert NEEDS in archive.read("data.json").decode()
    assert answer["Cache-Control"] == "no-store, private"
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.parametrize(("name", "method"), [("my_data", "post"), ("erase_me", "get")])
def test_an_open_browser_is_not_enough(zebedee, name, method):
    browser = Client()
    browser.force_login(zebedee)

    answer = getattr(browser, method)(reverse(name))

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_reauthenticate"))


def test_the_page_lists_every_kind(zebedee, signed_in):
    page = signed_in(zebedee).get(reverse("my_privacy")).content.decode()

    for kept in privacy.kinds():
        assert str(kept.what).split("’")[0].split("“")[0][:30] in page.replace("&#x27;", "'")


# --- Erasing ---


def everything_in_the_database(*, but=()):
    """The text of every row, as PostgreSQL would write it."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in but:
                cursor.execute(f'SELECT t::text FROM "{table}" t')
                found[table] = "\n".join(row for (row,) in cursor.fetchall())
    return found


def where_the_person_is(*, but=()):
    tables = everything_in_the_database(but=but).items()
    return {(table, word) for table, text in tables for word in PERSON if word in text}


# What the law keeps: the invoice as it was, and the message that says goodbye.
KEPT_BY_LAW = {"billing_invoice", "billing_invoicedocument"}


def test_control_before_it_the_person_is_in_many_tables(life):
    tables = {table for table, _ in where_the_person_is()}

    assert {
        "profiles_user",
        "account_emailaddress",
        "bookings_coachingsession",
        "bookings_agendaitem",
        "bookings_agreement",
        "bookings_enquiry",
        "profiles_assistantinvitation",
        "profiles_datacomplaint",
        "training_enrolment",
        "training_coursebooking",
    } <= tables


def test_after_it_the_person_is_nowhere_but_on_invoices(life):
    erasure.erase(user=life.user, at=AFTER)
    outbox.deliver_due(at=AFTER)
    farewells = next(each for each in privacy.retentions() if each.name == "farewells")
    retention.forget(farewells, AFTER + 2 * DAY)

    left = where_the_person_is(but=KEPT_BY_LAW)
    assert left == set()


def test_the_rows_that_others_rely_on_stay(life):
    counted = [CoachingSession, Programme, Agreement, Enrolment, Invoice, User]
    before = [model.objects.count() for model in counted]

    erasure.erase(user=life.user, at=AFTER)

    assert [model.objects.count() for model in counted] == before
    assert str(User.objects.get(pk=life.user.pk)) == "Erased person"
    assert Programme.objects.get(pk=life.programme.pk).is_over


def test_the_paper_of_an_invoice_is_the_same_byte_for_byte(life):
    before = bytes(life.invoice.document.pdf)

    erasure.erase(user=life.user, at=AFTER)

    invoice = Invoice.objects.get(pk=life.invoice.pk)
    assert bytes(invoice.document.pdf) == before
    assert invoice.buyer["name"] == NAME


def test_nobody_gets_in_any_more_and_the_address_is_free(life, make_user):
    browser = signed_in_just_now(life.user)
    assert browser.get("/sessions/").status_code == 200

    erasure.erase(user=life.user, at=AFTER)

    assert browser.get("/sessions/").status_code == 302
    assert signed_in_just_now(life.user).get("/sessions/").status_code == 302
    assert make_user(ADDRESS)


def test_calendar_register_and_admin_still_open(life, people, admin_user):
    erasure.erase(user=life.user, at=AFTER)
    client = life.user.client_of.get()

    coachs = [
        f"/calendar/?week={NINE:%G-W%V}",
        "/calendar/",
        "/clients/",
        f"/clients/{client.uuid}/",
        f"/sessions/{life.past.uuid}/",
        f"/programmes/{life.programme.uuid}/",
    ]
    admins = ["/admin/", "/admin/invoicing/"]
    for model in apps.get_models():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        if model._meta.app_label in ("profiles", "bookings", "training", "billing"):
            admins += addresses_of(name, model)

    assert opened(people.coach, coachs) == {}
    assert opened(admin_user, admins) == {}
    assert len(admins) > 20


def addresses_of(name, model):
    """The list of a model in the admin, and the page of every row; nothing where it has none."""
    from django.urls import NoReverseMatch

    try:
        rows = model._default_manager.all()[:20]
        changes = [reverse(f"{name}_change", args=[row.pk]) for row in rows]
        return [reverse(f"{name}_changelist"), *changes]
    except NoReverseMatch:
        return []


def opened(user, addresses):
    browser = Client()
    browser.force_login(user)
    answers = {address: browser.get(address, follow=True).status_code for address in addresses}
    return {address: status for address, status in answers.items() if status != 200}


def test_what_is_still_to_come_stands_in_the_way(life):
    upcoming = book_session(life.coach, life.user, starts_at=NINE + 7 * DAY)

    with pytest.raises(erasure.CannotBeErased) as refusal:
        erasure.erase(user=life.user, at=NINE + 2 * DAY)

    assert [each.address for each in refusal.value.blockers] == [
        f"/sessions/{upcoming.uuid}/cancel/"
    ]
    assert User.objects.get(pk=life.user.pk).name == NAME


def test_a_place_that_one_pays_for_stands_in_the_way_until_it_has_begun(life):
    with pytest.raises(erasure.CannotBeErased, match="place on Clinical audit"):
        erasure.erase(user=life.user, at=NINE - timedelta(seconds=1))


def test_a_place_to_come_that_an_organisation_pays_for_is_to_be_named_anew(zebedee, people):
    course = Course.objects.create(slug="rca", title="RCA", price=295, is_published=True)
    cohort = Cohort.objects.create(course=course, capacity=5, status=Cohort.Status.OPEN)
    TeachingSession.objects.create(cohort=cohort, starts_at=NINE, ends_at=NINE + DAY)
    booking = courses.enrol(
        cohort=cohort,
        by=people.contact,
        organisation=people.organisation,
        learners=[courses.Learner(NAME, ADDRESS)],
        terms=EnrolmentTerms.current(),
        at=NINE - 30 * DAY,
    )

    erasure.erase(user=zebedee, at=NINE - 20 * DAY)

    place = booking.enrolments.get()
    assert (place.is_live, place.is_named, place.learner) == (True, False, None)


@pytest.mark.parametrize("who", ["coach", "admin"])
def test_who_works_here_is_not_erased_like_that(people, who):
    with pytest.raises(erasure.CannotBeErased, match="work for the practice"):
        erasure.erase(user=getattr(people, who), at=AFTER)


def test_erasing_in_the_browser(zebedee):
    browser = signed_in_just_now(zebedee)
    address = reverse("erase_me")
    assert "tax law" in browser.get(address).content.decode()

    wrong = browser.post(address, {"email": "someone@example.org"})
    assert f"Type {ADDRESS}" in wrong.content.decode()
    assert not Erasure.objects.exists()
    answer = browser.post(address, {"email": f" {ADDRESS.upper()} "}, follow=True)

    assert "Your account is erased" in answer.content.decode()
    assert Erasure.objects.get().person == zebedee.uuid
    assert browser.get("/account/").status_code == 302


def test_a_last_message_goes_to_the_address_and_then_that_is_forgotten(zebedee, mailoutbox):
    at = timezone.now()
    erasure.erase(user=zebedee, at=at)

    outbox.deliver_due(at=at)
    retention.forget_everything_due(at + timedelta(days=1, minutes=5))

    assert [mail.to for mail in mailoutbox] == [[ADDRESS]]
    assert "is erased" in mailoutbox[0].subject
    assert not OutgoingMessage.objects.filter(address=ADDRESS).exists()


def test_what_was_about_to_be_sent_is_not(life):
    waiting = OutgoingMessage.objects.create(
        kind="review-ahead", subject_uuid=life.programme.uuid, recipient=life.user, due_at=AFTER
    )

    erasure.erase(user=life.user, at=AFTER)

    waiting.refresh_from_db()
    assert waiting.status == OutgoingMessage.Status.DROPPED


# --- From the practice's side, and after a backup came back ---


def test_the_practice_erases_whoever_asked_in_writing(zebedee, capsys):
    call_command("erase", ADDRESS.upper())

    assert Erasure.objects.get().by_practice
    with pytest.raises(CommandError, match="Nobody has the address"):
        call_command("erase", ADDRESS)


def test_who_came_back_with_a_backup_is_erased_again(life, tmp_path, capsys):
    erased = tmp_path / "erased.json"
    erased.write_text(json.dumps([str(life.user.uuid), str(life.programme.uuid)]))
    book_session(life.coach, life.user, starts_at=NINE + 7 * DAY)  # in the way of nothing now

    call_command("erase", again=erased)
    call_command("erase", again=erased)

    said = capsys.readouterr().out
    assert "1 of 2" in said
    assert "0 of 2" in said
    assert User.objects.get(pk=life.user.pk).is_erased
    assert erasure.erased_people() == [str(life.user.uuid)]


# --- Forgetting in time ---


def test_a_dry_run_counts_and_changes_nothing(life, capsys):
    AgendaItem.objects.update(created_at=NINE)
    CoachingSession.objects.filter(pk=life.past.pk).update(
        starts_at=NINE - 3000 * DAY, ends_at=NINE - 2999 * DAY, free_again_at=NINE - 2999 * DAY
    )

    call_command("retention", dry_run=True)

    line = next(row for row in capsys.readouterr().out.splitlines() if row.startswith("agenda"))
    assert line.split()[1:4] == ["730", "days", "1"]
    assert AgendaItem.objects.count() == 2


def count_of(name, at):
    kind = next(each for each in privacy.retentions() if each.name == name)
    return retention.too_old(kind, at).count()


@pytest.mark.parametrize(
    ("name", "days", "moment"),
    [
        ("session-needs", 30, NINE + timedelta(hours=1)),
        ("agenda", 730, NINE + timedelta(hours=1)),
        ("enquiries", 730, NINE),
        ("complaints", 730, NINE),
        ("assistant-invitations", 365, NINE),
        ("agreement-addresses", 365, NINE - 30 * DAY),
        ("enrolment-addresses", 365, NINE - 30 * DAY),
        ("messages", 730, NINE + DAY),
    ],
)
def test_each_kind_goes_when_its_time_is_over_and_not_before(life, name, days, moment):
    kind = next(each for each in privacy.retentions() if each.name == name)
    assert kind.days == days
    moment += timedelta(days=days)

    assert count_of(name, moment - timedelta(seconds=5)) == 0
    too_old = count_of(name, moment + timedelta(minutes=5))
    assert too_old > 0
    assert retention.forget(kind, moment + timedelta(minutes=5)) == too_old
    assert retention.forget(kind, moment + timedelta(minutes=5)) == 0


def test_holds_go_after_a_day(coach):
    from bookings.actions.booking_request import BookingRequest
    from coaching_portal.testing.factories.sessions import open_hours

    open_hours(coach)
    held = coaching.hold(
        booking_request=BookingRequest(coach, NINE, 60), at=NINE - 30 * DAY, visitor_key="somebody"
    )

    assert count_of("holds", held.held_until + DAY - timedelta(seconds=1)) == 0
    assert count_of("holds", held.held_until + DAY) == 1


def test_an_account_that_was_never_confirmed_goes_and_others_do_not(make_user, zebedee):
    never = make_user("never@example.org")
    never.emailaddress_set.update(verified=False)
    made_by_us = User.objects.create_user(email="invited@example.org")
    User.objects.update(date_joined=NINE)

    kind = next(each for each in privacy.retentions() if each.name == "unconfirmed-accounts")
    retention.forget(kind, NINE + timedelta(days=30, seconds=1))

    assert set(User.objects.all()) == {zebedee, made_by_us}


def test_an_installation_may_keep_things_longer(settings, life):
    settings.RETENTION_DAYS = {"enquiries": "1000"}

    assert count_of("enquiries", NINE + timedelta(days=1000)) == 0
    assert count_of("enquiries", NINE + timedelta(days=1000, seconds=1)) == 1


def test_more_than_a_batch_is_forgotten(monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(5):
        enquiries.submit_enquiry(
            subject="MESSAGE", name="N", email=f"n{number}@example.org", message="?", at=NINE
        )

    kind = next(each for each in privacy.retentions() if each.name == "enquiries")

    assert retention.forget(kind, NINE + 731 * DAY) == 5
    assert not Enquiry.objects.exists()


# --- Nothing is left out ---

# Fields with text or an address about people that the erasure leaves, and why that is right.
NOT_ABOUT_A_CLIENT = {
    "profiles": {"coach", "leader", "theme", "interview", "careerentry", "qualification"}
    | {"publication", "organisation", "membership", "erasure"}
    | {"consent"},
    "training": {"course", "cohort", "teachingsession", "enrolmentterms"},
    "billing": "all",  # kept by law, and neutral
}


def test_every_model_that_points_to_a_person_has_been_thought_of():
    """A new model that keeps text beside a person must be handed over and erased as well."""
    thought_of = {
        "bookings": {"coachingsession", "sessionevent", "agendaitem", "agreement", "agreementtext"}
        | {"programme", "review", "enquiry", "bookingrules", "weeklyhours", "dateoverride"}
        | {"timeoff", "busytime", "extension", "calendarfeed", "pendingbooking"}
        | {"moverequest", "acceptancelink", "earliertimewish"}
        | {"calendarconnection", "connectedcalendar", "calendarentry", "embedorigin"},
        "profiles": NOT_ABOUT_A_CLIENT["profiles"]
        | {"user", "client", "diarydelegate", "datacomplaint", "assistantinvitation"},
        "training": NOT_ABOUT_A_CLIENT["training"]
        | {"coursebooking", "enrolment", "waitinglistplace"},
        "notifications": {"outgoingmessage", "messageevent", "messagepreference", "heartbeat"}
        | {"refusedaddress"},
    }
    texts = (CharField, TextField, EmailField, GenericIPAddressField)
    new = [
        model._meta.label
        for label, known in thought_of.items()
        for model in apps.get_app_config(label).get_models()
        if model._meta.model_name not in known
        and not hasattr(model, "pgh_trackers")  # events: test_audit.py looks into them
        and any(isinstance(field, texts) for field in model._meta.fields)
    ]
    assert not new, f"Say in <app>/privacy.py what becomes of {new}, then name it here"
