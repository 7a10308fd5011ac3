import pytest

from coaching_portal.testing.factories import ledger


@pytest.fixture
def practice(db):
    """A practice whose details are filled in; not registered for VAT."""
    return ledger.set_up_practice()


@pytest.fixture
def trust(practice):
    return ledger.make_trust()
