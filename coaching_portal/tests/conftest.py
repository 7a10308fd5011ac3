"""What journeys through the whole portal need: a browser that must not complain, real mail; and
what its forms are about."""

from datetime import timedelta
from functools import cache
from types import SimpleNamespace

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from bookings.emails.sessions import UNDO_LASTS
from coaching_portal.notifications import outbox
from coaching_portal.notifications.tests import smtp
from coaching_portal.testing.factories.one_of_each import build
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD
from coaching_portal.testing.matrix import undone
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import browser_of
from profiles.models import Membership, Organisation
from training.models import Cohort, Course, TeachingSession


@pytest.fixture
def arrive(browse):
    """arrive(width=390, user=None): a page; whatever the browser complains of fails the test."""
    pages = []

    def open_page(**how):
        pages.append(browse(**how))
        return pages[-1]

    yield open_page
    for page in pages:
        page.evaluate("true")  # whatever it has still to say has been said by the answer
    assert [said for page in pages for said in page.complaints] == []


class PostOffice:
    """Delivers what is due to a real mail server and reads what came."""

    def __init__(self, sink):
        self.sink = sink

    def mails_to(self, address, *, at=None):
        """Those that are due, once nothing can be undone any more; the newest is last."""
        outbox.deliver_due(at=at or timezone.now() + UNDO_LASTS)
        return [mail for mail in self.sink.mails if mail["To"] == address]

    def newest_to(self, address, **when):
        return self.mails_to(address, **when)[-1]


@pytest.fixture
def post_office(settings):
    with smtp.running() as (sink, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield PostOffice(sink)


@pytest.fixture
def given(make_user, coach, client_user, admin_user, time_machine):
    """The people and things that the forms are about; `given.clock` can be moved."""
    time_machine.move_to(WEEKS_AHEAD)
    organisation = Organisation.objects.create(name="Example Trust")
    contact = make_user("contact@example.org", name="Connie Contact")
    role = Membership.Role.TRAINING_CONTACT
    Membership.objects.create(user=contact, organisation=organisation, role=role)
    return SimpleNamespace(
        coach=coach,
        client=client_user,
        admin=admin_user,
        contact=contact,
        organisation=organisation,
        cohort=a_cohort(),
        clock=time_machine,
        browser_of=cache(browser_of),
    )


def a_cohort():
    course = Course.objects.create(slug="audit", title="Audit", price=295, is_published=True)
    cohort = Cohort.objects.create(course=course, capacity=10, status=Cohort.Status.OPEN)
    lesson = {"starts_at": NINE, "ends_at": NINE + timedelta(hours=3)}
    TeachingSession.objects.create(cohort=cohort, **lesson)
    return cohort


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """The portal of `one_of_each`, made once for a file; each test's changes are undone."""
    with (
        django_db_blocker.unblock(),
        time_machine.travel(WEEKS_AHEAD, tick=False),
        transaction.atomic(),
    ):
        yield build(timezone.now())
        transaction.set_rollback(True)


@pytest.fixture
def in_world(world):
    with undone():
        yield world
