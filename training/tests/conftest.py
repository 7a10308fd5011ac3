"""Courses, cohorts and customers that the tests of training speak of."""

from datetime import timedelta
from decimal import Decimal

import pytest

from coaching_portal.billing import actions as billing
from coaching_portal.billing import invoicing_run
from coaching_portal.common.dates import london_date
from coaching_portal.testing.factories.ledger import set_up_practice
from coaching_portal.testing.plugin import NINE
from profiles.models import Membership, Organisation
from training import actions
from training.actions import Learner
from training.invoicing import unbilled
from training.models import Cohort, Course, EnrolmentTerms, TeachingSession

# Sixty days before the course: cancelling is free, every reminder is ahead.
EARLY = NINE - timedelta(days=60)


@pytest.fixture
def course(db):
    return Course.objects.create(
        slug="clinical-audit",
        title="Clinical audit",
        summary="Measure care against criteria, and improve it.",
        price=Decimal("295.00"),
        cpd_hours=6,
        is_published=True,
    )


@pytest.fixture
def make_cohort(course):
    """make_cohort(capacity=10, begins_at=NINE): an open cohort of one morning and one afternoon."""

    def make(*, begins_at=NINE, course=course, capacity=10, halves=2, **fields):
        fields = {"status": Cohort.Status.OPEN, "venue": "Example Hall", **fields}
        cohort = Cohort.objects.create(course=course, capacity=capacity, **fields)
        for half in range(halves):
            starts_at = begins_at + timedelta(hours=4 * half)
            TeachingSession.objects.create(
                cohort=cohort, starts_at=starts_at, ends_at=starts_at + timedelta(hours=3)
            )
        return cohort

    return make


@pytest.fixture
def cohort(make_cohort):
    return make_cohort()


@pytest.fixture
def make_contact(make_user):
    """make_contact("trust"): (training contact, organisation that requires PO- and six digits)."""

    def make(name="trust"):
        organisation = Organisation.objects.create(
            name=f"Example {name.title()}",
            requires_purchase_order=True,
            purchase_order_mask="PO-999999",
            purchase_order_hint="PO- and six digits",
        )
        user = make_user(f"contact@{name}.example.org", name=f"Connie {name.title()}")
        Membership.objects.create(
            user=user, organisation=organisation, role=Membership.Role.TRAINING_CONTACT
        )
        return user, organisation

    return make


@pytest.fixture
def contact(make_contact):
    return make_contact()[0]


@pytest.fixture
def terms(db):
    return EnrolmentTerms.current()


@pytest.fixture
def enrol_self(cohort, terms):
    """enrol_self(user, at=EARLY): a place for that person, who pays."""

    def enrol(user, *, cohort=cohort, at=EARLY):
        learners = [Learner(user.name, user.email)]
        return actions.enrol(cohort=cohort, by=user, learners=learners, terms=terms, at=at)

    return enrol


@pytest.fixture
def enrol_staff(cohort, terms):
    """enrol_staff(contact, "Ann", "Ben", None): places of the contact's organisation.

    None is somebody still to be named.
    """

    def enrol(contact, *names, cohort=cohort, at=EARLY, purchase_order="PO-123456", **fields):
        return actions.enrol(
            cohort=cohort,
            by=contact,
            learners=[learner(name) for name in names],
            organisation=contact.memberships.get().organisation,
            purchase_order=purchase_order,
            terms=terms,
            at=at,
            **fields,
        )

    return enrol


@pytest.fixture
def draft_all(db, admin_user):
    """draft_all(): drafts of everything that is unbilled."""
    set_up_practice()

    def draft():
        return invoicing_run.make_drafts(
            read=lambda: unbilled(london_date(EARLY)), by=admin_user, at=EARLY + timedelta(hours=1)
        )

    return draft


@pytest.fixture
def issue_all(draft_all, admin_user):
    """issue_all(): issued invoices of everything that is unbilled."""

    def issue():
        at = EARLY + timedelta(hours=1)
        return [billing.issue(invoice=draft, by=admin_user, at=at) for draft in draft_all()]

    return issue


def learner(name):
    """Ann is ann@trust.example.org; None is nobody yet."""
    return Learner(name, f"{name.lower()}@trust.example.org") if name else Learner()
