"""The tests' plugin: servers before settings are read, and the people that tests speak of.

Loaded with `-p` from pytest.ini, because a conftest.py would come after Django's settings.
"""

import os
from datetime import UTC, datetime

import pytest

from coaching_portal.operations.embedded import short_lived
from coaching_portal.testing import database as testing_database

pytest_plugins = ["coaching_portal.testing.chromium"]

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # browser tests also use the ORM

# Monday 7 June 2027, 09:00 in London (08:00 UTC): far from holidays and clock changes.
NINE = datetime(2027, 6, 7, 8, 0, tzinfo=UTC)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config):
    """Start PostgreSQL and Valkey once; pytest-xdist's workers inherit their addresses."""
    if "TESTS_DATABASE_URL" not in os.environ:
        home, database, redis, stop = short_lived.start()
        os.environ["TESTS_HOME"] = str(home)
        os.environ |= {"TESTS_DATABASE_URL": database, "TESTS_REDIS_URL": redis}
        early_config.add_cleanup(stop)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    os.environ["VAR_DIR"] = f"{os.environ['TESTS_HOME']}/var-{worker}"
    os.makedirs(f"{os.environ['VAR_DIR']}/static", exist_ok=True)  # whitenoise wants to see it
    os.environ["DATABASE_URL"] = os.environ["TESTS_DATABASE_URL"]
    os.environ["REDIS_URL"] = f"{os.environ['TESTS_REDIS_URL']}/{int(worker) + 1}"


def pytest_configure(config):
    """Put our database in place of pytest-django's, which has been registered by now."""
    from django.core.servers.basehttp import WSGIServer

    config.pluginmanager.register(testing_database)
    WSGIServer.request_queue_size = 128  # forty browsers may knock at once; ten is the usual


@pytest.fixture(autouse=True)
def _empty_cache(request):
    """Rate limits and cached pages of one test do not reach the next."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def make_user(db):
    """make_user("jo@example.org", name="Jo Bloggs", is_staff=False): someone who can sign in."""
    from allauth.account.models import EmailAddress

    from profiles.models import User

    def make(email="someone@example.org", *, name="Sam Someone", password=None, **fields):
        user = User.objects.create_user(email=email, name=name, password=password, **fields)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    return make


@pytest.fixture
def untriggered():
    """with untriggered(): what this connection writes meets no trigger."""
    return testing_database.triggers_off


@pytest.fixture
def coach(make_user):
    """A coach at £75.00 an hour, in London, whose page is public: /coaches/una-umber/."""
    from profiles.models import Coach

    user = make_user("coach@example.org", name="Una Umber")
    return Coach.objects.create(user=user, slug="una-umber", is_public=True)


@pytest.fixture
def client_user(make_user):
    """Someone who books coaching."""
    return make_user("client@example.org", name="Cleo Client")


@pytest.fixture
def stranger(make_user):
    """Signed in, but with nothing to do with anybody's things."""
    return make_user("stranger@example.org", name="Stan Stranger")


@pytest.fixture
def admin_user(make_user):
    return make_user("admin@example.org", name="Ada Admin", is_staff=True, is_superuser=True)


@pytest.fixture
def people(make_user, coach, client_user, stranger):
    """Everyone whom the access matrix asks about: people.client is a client of people.coach."""
    from types import SimpleNamespace

    from profiles.models import Client, Coach, DiaryDelegate, Membership, Organisation

    trust = Organisation.objects.create(name="Example Trust of the matrix")
    everyone = SimpleNamespace(
        anonymous=None,
        stranger=stranger,
        client=client_user,
        delegate=make_user("delegate@example.org", name="Dee Delegate"),
        sponsor=make_user("sponsor@example.org", name="Sid Sponsor"),
        contact=make_user("contact@example.org", name="Connie Contact"),
        coach=coach.user,
        other_coach=make_user("coach2@example.org", name="Olu Other"),
        staff=make_user("staff@example.org", name="Stefan Staff", is_staff=True),
        admin=make_user("boss@example.org", name="Ada Admin", is_staff=True, is_superuser=True),
        organisation=trust,
    )
    Client.objects.create(user=everyone.client, coach=coach)
    Coach.objects.create(user=everyone.other_coach, slug="olu-other", is_public=True)
    DiaryDelegate.objects.create(user=everyone.delegate, client=everyone.client)
    for user, role in (
        (everyone.client, Membership.Role.MEMBER),
        (everyone.sponsor, Membership.Role.SPONSOR),
        (everyone.contact, Membership.Role.TRAINING_CONTACT),
    ):
        Membership.objects.create(user=user, organisation=trust, role=role)
    return everyone


@pytest.fixture
def signed_in(client):
    """signed_in(user): Django's test client, signed in as that user."""

    def sign_in(user):
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def secret_sent_to(address):
    """What the newest message to an address tells in secret: {"code": …, "link": …}."""
    from coaching_portal.notifications import outbox
    from coaching_portal.notifications.models import OutgoingMessage

    return outbox.secret_of(OutgoingMessage.objects.filter(address=address).latest("pk"))
