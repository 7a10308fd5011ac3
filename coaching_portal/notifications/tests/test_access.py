import pytest

from coaching_portal.notifications import kinds, unsubscribe
from coaching_portal.testing.matrix import access_test, open_to_all, signed_in


@pytest.fixture
def a_token(people):
    kind = kinds.with_unsubscribe()[0].name
    return {"token": unsubscribe.token_of(people.client, kind)}


PAGES = {
    "notifications:preferences": signed_in(form=True),
    # The address itself is the proof: it came by mail.
    "notifications:decline": open_to_all("a_token", form=True),
}

test_who_may_do_what = access_test(PAGES)
