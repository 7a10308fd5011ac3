"""The page after sign-in as a whole: who sees which sections, in which order, at what cost."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.actions import enquiries
from bookings.models import CoachingSession, Enquiry, Programme
from coaching_portal.testing.factories.sessions import (
    agreed_programme,
    book_session,
    open_hours,
    proposed_programme,
)
from coaching_portal.testing.plugin import NINE
from profiles.models import Client, Coach, DiaryDelegate, Membership, Organisation
from training.models import Enrolment, WaitingListPlace
from training.tests.conftest import EARLY

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SECTIONS = (
    "Your clients",
    "Your coaching",
    "Calendars that you keep",
    "Your courses",
    "Your organisation",
    "The office",
    "Where to begin",
)

pytestmark = pytest.mark.django_db


def sections(page):
    """The headings in their order."""
    found = [(page.index(f">{name}</h2>"), name) for name in SECTIONS if f">{name}</h2>" in page]
    return [name for _, name in sorted(found)]


def test_who_is_signed_out_is_asked_to_sign_in(client):
    assert client.get("/home/").url == "/account/login/?next=/home/"


def test_everybody_sees_the_sections_of_their_roles(home, people):
    seen = {
        "stranger": ["Where to begin"],
        "client": ["Your coaching"],
        "delegate": ["Calendars that you keep"],
        "sponsor": ["Your organisation"],
        "contact": ["Your courses"],
        "coach": ["Your clients"],
        "staff": ["The office"],
        "admin": ["The office"],
    }

    assert {who: sections(home(getattr(people, who), at=NINE)) for who in seen} == seen


def test_nobody_lands_on_an_empty_list(home, people):
    for who in ("client", "delegate", "sponsor", "contact", "coach", "staff", "admin"):
        page = home(getattr(people, who), at=NINE)
        assert "will appear here" in page, who
        assert page.count('class="btn') == 1, who


def test_a_newcomer_can_begin_with_a_free_conversation_or_a_course(home, coach, stranger):
    open_hours(coach, offers_introduction=True)
    page = home(stranger, at=NINE)

    assert "/book/una-umber/?minutes=30" in page
    assert "/courses/" in page


def test_a_newcomer_is_offered_no_free_conversation_that_nobody_gives(home, coach, stranger):
    open_hours(coach, offers_introduction=False)

    page = home(stranger, at=NINE)

    assert "free introductory" not in page
    assert "/book/una-umber/" in page


def test_sections_stand_by_what_is_due_first(home, coach, client_user, stranger):
    """A coach who is a client of another, with a session to confirm or none."""
    other = Coach.objects.create(user=stranger, slug="olu-other")
    open_hours(other)
    book_session(other, coach.user, starts_at=NINE + HOUR)
    book_session(coach, client_user, starts_at=NINE + 2 * HOUR)

    assert sections(home(coach.user, at=NINE)) == ["Your coaching", "Your clients"]
    assert sections(home(coach.user, at=NINE + DAY))[0] == "Your clients"


def test_the_office_sees_numbers_that_lead_to_the_lists(home, admin_user):
    ask()

    page = home(admin_user, at=NINE)

    assert "/admin/bookings/enquiry/?answered_at__isempty=1" in page
    assert "Enquiries to answer</a></dt> <dd>1</dd>" in page
    assert "Invoices in draft" not in page  # of which there are none


def test_the_office_sees_only_what_its_rights_open(home, make_user):
    ask()
    clerk = make_user("clerk@example.org", is_staff=True)
    assert "Enquiries" not in home(clerk, at=NINE)

    clerk.user_permissions.add(Permission.objects.get(codename="view_enquiry"))

    assert "Enquiries to answer" in home(clerk, at=NINE)


def test_enquiries_are_shown_to_a_coach_who_is_the_office_too(home, coach, admin_user):
    ask()
    assert "Enquiries" not in home(coach.user, at=NINE)

    Coach.objects.filter(pk=coach.pk).update(user=admin_user)

    assert sections(home(admin_user, at=NINE)) == ["The office", "Your clients"]


def ask():
    enquiries.submit_enquiry(
        subject="MESSAGE", name="Vi", email="vi@example.org", message="May I?", at=NINE
    )


def test_the_page_takes_the_same_queries_with_10_and_200_of_everything(
    home, coach, client_user, stranger, enrol_self, enrol_staff, make_cohort
):
    person = everything(coach, stranger)
    other = Coach.objects.create(user=client_user, slug="olu-other")

    def grow(first, last):
        numbers = range(first, last)
        sessions(coach, client_user, numbers)
        sessions(other, person, numbers, later=HOUR)
        sessions(other, stranger, numbers, later=2 * HOUR)
        programmes(coach, client_user, numbers)
        programmes(other, person, numbers)
        courses(person, numbers, make_cohort, enrol_self, enrol_staff)
        Enquiry.objects.bulk_create(
            Enquiry(name="Vi", email="vi@example.org", message="?", received_at=NINE)
            for _ in numbers
        )

    home(person, at=NINE)  # makes what is made on the first page
    grow(0, 10)
    ten = count(home, person)
    grow(10, 200)

    assert count(home, person) == ten
    assert CoachingSession.objects.filter(coach=coach).count() == 200


def everything(coach, stranger):
    """The coach, who is also a client, an assistant, a contact, a sponsor and the office."""
    person = coach.user
    person.is_staff = person.is_superuser = True
    person.save()
    Client.objects.create(user=person, coach=coach)
    DiaryDelegate.objects.create(user=person, client=stranger)
    trust = Organisation.objects.create(name="Example Trust")
    Membership.objects.create(user=person, organisation=trust, role="TRAINING_CONTACT")
    return person


def count(home, user):
    with CaptureQueriesContext(connection) as queries:
        page = home(user, at=NINE)
    assert set(sections(page)) == set(SECTIONS[:4]) | {"The office"}
    return len(queries)


def sessions(coach, client, numbers, *, later=timedelta()):
    """Half of them over and to be confirmed, half of them ahead."""
    starts = [NINE + later + (n // 2 + 1) * 3 * HOUR * (-1) ** n for n in numbers]
    CoachingSession.objects.bulk_create(
        CoachingSession(
            coach=coach,
            client=client,
            status="BOOKED",
            starts_at=start,
            ends_at=start + HOUR,
            free_again_at=start + HOUR,
            rate=75,
            price=75,
        )
        for start in starts
    )


def programmes(coach, client, numbers):
    """As many to be answered, and to be reviewed."""
    agreed = agreed_programme(coach, client, review_on=(NINE + 5 * DAY).date())
    for programme in (agreed, proposed_programme(coach, client)):
        copies(programme, len(numbers) - 1)


def copies(row, number):
    fields = {
        field.name: getattr(row, field.name)
        for field in Programme._meta.concrete_fields
        if field.name not in ("id", "uuid")
    }
    Programme.objects.bulk_create(Programme(**fields) for _ in range(number))


def courses(person, numbers, make_cohort, enrol_self, enrol_staff):
    """Places of one's own, bookings with a place to name, and waiting lists."""
    for number in numbers:
        own = make_cohort(begins_at=NINE + (30 + number) * DAY, halves=1)
        enrol_self(person, cohort=own)
        enrol_staff(person, "Ann", None, cohort=own)
        WaitingListPlace.objects.create(cohort=own, user=person, places=1, created_at=EARLY)
    assert Enrolment.objects.of(person).count() == numbers.stop
