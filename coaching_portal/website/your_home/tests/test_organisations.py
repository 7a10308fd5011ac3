"""What a sponsor finds after sign-in: numbers, dates and invoices, never content or a name."""

from datetime import date, timedelta

import pytest

from bookings import actions
from bookings.actions import extensions
from bookings.models import Programme
from coaching_portal.billing import actions as billing
from coaching_portal.billing.billable_items import Payer
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.sessions import (
    agreed_programme,
    book_session,
    open_hours,
    proposed_programme,
)
from coaching_portal.testing.plugin import NINE
from profiles.models import Membership, Organisation

DAY = timedelta(days=1)
Role = Membership.Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return Organisation.objects.create(name="Example Trust", address="1 Example Road")


@pytest.fixture
def member(make_user, trust):
    """member("SPONSOR"): somebody in that role at the trust."""

    def make(role):
        user = make_user(f"{role.lower()}@example.org", name="Sid Sponsor")
        Membership.objects.create(user=user, organisation=trust, role=role)
        return user

    return make


@pytest.fixture
def paid_for(coach, client_user, trust):
    """A programme of six that the trust pays for, with one session at nine."""
    open_hours(coach)
    Membership.objects.create(user=client_user, organisation=trust)
    programme = agreed_programme(
        coach, client_user, sessions=6, organisation=trust, purchase_order="PO-1"
    )
    book_session(coach, client_user, programme=programme)
    return programme


def test_a_session_still_ahead_is_booked_and_not_yet_used(home, member, paid_for):
    page = home(member(Role.SPONSOR), at=NINE - DAY)

    assert "Example Trust" in page
    assert "0 of 6 agreed sessions used, 1 more booked, in 1 programme." in page
    assert "0 reviews done, the next due 6 August 2027" in page


def test_a_session_that_took_place_is_used(home, coach, member, paid_for):
    actions.confirm(session=paid_for.sessions.get(), by=coach.user, at=NINE + DAY)

    page = home(member(Role.SPONSOR), at=NINE + DAY)

    assert "1 of 6 agreed sessions used, in 1 programme." in page


def test_a_review_that_is_done_is_counted(home, coach, client_user, member, paid_for):
    extension = extensions.propose(
        programme=paid_for,
        sessions_added=2,
        new_review_on=date(2027, 12, 1),
        by=coach.user,
        at=NINE,
    )
    extensions.accept(extension=extension, by=client_user, at=NINE)

    page = home(member(Role.SPONSOR), at=NINE)

    assert "0 of 8 agreed sessions used, 1 more booked" in page
    assert "1 review done, the next due 1 December 2027" in page


def test_programmes_of_one_organisation_are_summed(home, coach, client_user, member, paid_for):
    agreed_programme(
        coach,
        client_user,
        sessions=4,
        organisation=paid_for.organisation,
        review_on=date(2027, 7, 1),
    )

    page = home(member(Role.SPONSOR), at=NINE)

    assert "0 of 10 agreed sessions used, 1 more booked, in 2 programmes." in page
    assert "the next due 1 July 2027" in page


def test_a_sponsor_sees_no_content_and_no_name(home, client_user, coach, member, paid_for):
    Programme.objects.update(title="Coping with my manager")
    session = paid_for.sessions.get()
    actions.add_to_agenda(session=session, text="Rotas", by=client_user, at=NINE - 3 * DAY)

    page = home(member(Role.SPONSOR), at=NINE - DAY)

    assert "0 of 6" in page
    hidden = ("Coping", "Rotas", "Cleo", "Una", str(paid_for.uuid), str(session.uuid))
    assert [words for words in hidden if words in page] == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.TRAINING_CONTACT, Role.FINANCE])
def test_others_of_the_organisation_see_no_coaching(home, member, paid_for, role):
    assert "agreed sessions" not in home(member(role), at=NINE)


def test_the_sponsor_of_another_organisation_sees_none_of_it(home, stranger, paid_for):
    other = Organisation.objects.create(name="Example Council")
    Membership.objects.create(user=stranger, organisation=other, role=Role.SPONSOR)

    page = home(stranger, at=NINE)

    assert "Example Trust" not in page
    assert "will appear here" in page


def test_what_is_only_proposed_is_no_business_of_a_sponsor(home, coach, client_user, trust, member):
    proposed_programme(coach, client_user, organisation=trust)

    assert "agreed sessions" not in home(member(Role.SPONSOR), at=NINE)


@pytest.mark.parametrize("role", [Role.SPONSOR, Role.FINANCE, Role.TRAINING_CONTACT])
def test_invoices_of_the_organisation_are_to_pay(home, member, trust, admin_user, role):
    user = member(role)
    assert "£90.00" not in home(user, at=ledger.NOW)

    ledger.set_up_practice()
    draft = ledger.draft(Payer(organisation=trust), (1, "90.00"))
    billing.issue(invoice=draft, by=admin_user, at=ledger.NOW)

    assert "1 invoice, £90.00." in home(user, at=ledger.NOW)


def test_a_member_of_staff_sees_no_invoice_of_the_organisation(home, member, trust, admin_user):
    ledger.set_up_practice()
    draft = ledger.draft(Payer(organisation=trust), (1, "90.00"))
    billing.issue(invoice=draft, by=admin_user, at=ledger.NOW)

    assert "£90.00" not in home(member(Role.MEMBER), at=ledger.NOW)
