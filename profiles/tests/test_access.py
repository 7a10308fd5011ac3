import pytest
from django.utils import timezone

from coaching_portal.testing.matrix import access_test, action, open_to_all, signed_in
from profiles.actions import assistants
from profiles.models import Interview, Leader


@pytest.fixture
def a_leader(people):
    leader = Leader.objects.create(
        slug="lena-leader",
        name="Lena Leader",
        role="Chair",
        state=Leader.State.PUBLISHED,
        public_sources="An example podcast",
    )
    return {"slug": leader.slug}


@pytest.fixture
def an_interview(a_leader):
    interview = Interview.objects.create(
        leader=Leader.objects.get(**a_leader),
        slug="first",
        title="First",
        is_published=True,
        public_sources="An example podcast",
    )
    return a_leader | {"interview": interview.slug}


@pytest.fixture
def an_invitation(people):
    """Of a client, to somebody who has an account and is nobody's assistant yet."""
    invitation, _ = assistants.invite_assistant(
        client=people.client, name="Stan", email=people.stranger.email, at=timezone.now()
    )
    return {"uuid": invitation.uuid}


@pytest.fixture
def a_link(people):
    _, token = assistants.invite_assistant(
        client=people.client, name="Ann", email="ann@example.org", at=timezone.now()
    )
    return {"token": token}


@pytest.fixture
def the_assistant(people):
    return {"uuid": people.delegate.uuid}


@pytest.fixture
def the_client(people):
    return {"uuid": people.client.uuid}


PAGES = {
    "profiles:leaders": open_to_all(),
    "profiles:podcast": open_to_all(),
    "profiles:leader": open_to_all("a_leader"),
    "profiles:interview": open_to_all("an_interview"),
    # An interview without a recording has none for anybody.
    "profiles:interview_audio": open_to_all("an_interview", status=404),
    "profiles:account": signed_in(),
    "profiles:account_details": signed_in(form=True),
    "profiles:assistants": signed_in(form=True),
    "profiles:accept_by_link": open_to_all("a_link", form=True),
    "profiles:answer_invitation": action("an_invitation", "stranger"),
    "profiles:withdraw_invitation": action("an_invitation", "client"),
    "profiles:end_assistant": action("the_assistant", "client"),
    "profiles:stop_assisting": action("the_client", "delegate"),
}

test_who_may_do_what = access_test(PAGES)
