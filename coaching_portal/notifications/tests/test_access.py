import pytest

from coaching_portal.notifications import declining, kinds
from coaching_portal.tests.matrix import access_test, open_to_all, signed_in


@pytest.fixture
def a_token(people):
    kind = kinds.declinable()[0].name
    return {"token": declining.token_of(people.client, kind)}


PAGES = {
    "notifications:preferences": signed_in(),
    # The address itself is the proof: it came by mail.
    "notifications:decline": open_to_all("a_token"),
}

test_who_may_open = access_test(PAGES)
