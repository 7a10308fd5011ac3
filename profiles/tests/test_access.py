import pytest

from coaching_portal.testing.matrix import access_test, open_to_all, signed_in
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


PAGES = {
    "profiles:leaders": open_to_all(),
    "profiles:podcast": open_to_all(),
    "profiles:leader": open_to_all("a_leader"),
    "profiles:interview": open_to_all("an_interview"),
    # An interview without a recording has none for anybody.
    "profiles:interview_audio": open_to_all("an_interview", status=404),
    "profiles:account": signed_in(),
    "profiles:account_details": signed_in(form=True),
}

test_who_may_do_what = access_test(PAGES)
