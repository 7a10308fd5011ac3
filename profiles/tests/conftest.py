import pytest

from profiles.tests.signing import PASSWORD


@pytest.fixture
def jo(make_user):
    """Someone with a password, nobody special."""
    return make_user("jo@example.org", name="Jo Bloggs", password=PASSWORD)
