"""How long lists take as they grow: a coach's week, and the lists of the admin.

python -m benchmarks.lists

Each list is opened with 10, 1,000, 10,000 and 100,000 rows, through the whole portal but for the
web server. What a page costs must depend on what it shows, not on what there is.
"""

import sys
from datetime import UTC, datetime, timedelta

from benchmarks import measuring

SIZES = (10, 1_000, 10_000, 100_000)
RUNS = 20
HOUR = timedelta(hours=1)
PAGES = (
    ("a coach's week", "coach", "/calendar/"),
    ("a coach's clients", "coach", "/clients/"),
    ("a client's sessions", "client", "/sessions/"),
    ("admin: sessions", "admin", "/admin/bookings/coachingsession/"),
    ("admin: people", "admin", "/admin/profiles/user/"),
    ("admin: messages", "admin", "/admin/notifications/outgoingmessage/"),
    ("admin: invoices", "admin", "/admin/billing/invoice/"),
    ("admin: places on courses", "admin", "/admin/training/enrolment/"),
)


def main():
    with measuring.database():
        scene = Scene()
        print("| list | rows | queries | median ms | p95 ms | n |")
        print("| --- | ---: | ---: | ---: | ---: | ---: |")
        costs = {}
        for size in SIZES:
            costs[size] = scene.costs(size)
            for name, _, address in PAGES:
                print(f"| {name} | {size:,} | {costs[size][address]} |", flush=True)
    few, many = costs[SIZES[1]], costs[SIZES[-1]]
    return 0 if all(many[each].queries <= few[each].queries for each in few) else 1


class Scene:
    """One coach whose rows grow: everything is hers, which is the worst case for her pages."""

    def __init__(self):
        from profiles.models import Coach
        from training.models import Cohort, Course

        self.size = 0
        self.now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        self.coach = Coach.objects.create(
            user=measuring.person("coach"), slug="una-umber", is_public=True
        )
        self.client = measuring.person("client")
        measuring.person("admin", is_staff=True, is_superuser=True)
        course = Course.objects.create(slug="audit", title="Audit", price=295, is_published=True)
        self.cohort = Cohort.objects.create(course=course, capacity=10_000, status="OPEN")

    def costs(self, size):
        for add in (self._people, self._sessions, self._messages, self._invoices, self._places):
            add(range(self.size, size))
        self.size = size
        measuring.analyse()
        return {address: self._cost(who, address) for _, who, address in PAGES}

    def _cost(self, who, address):
        from django.test import Client

        browser = Client()
        browser.force_login(measuring.person(who))

        def open_page():
            response = browser.get(address)
            if response.status_code != 200:
                raise RuntimeError(f"{address} answers {response.status_code}")

        return measuring.cost_of(open_page, RUNS)

    def _people(self, numbers):
        from profiles.models import Client, User

        people = User.objects.bulk_create(
            (User(email=f"p{n}@example.org", name=f"P {n}", sort_name=f"{n:06}") for n in numbers),
            batch_size=2000,
        )
        Client.objects.bulk_create(
            (Client(user=user, coach=self.coach) for user in people), batch_size=2000
        )

    def _sessions(self, numbers):
        """Hour after hour into the past, two of three held; eight of them to come."""
        from bookings.models import CoachingSession

        CoachingSession.objects.bulk_create(
            (self._session(number) for number in numbers), batch_size=2000
        )

    def _session(self, number):
        start = self.now + (8 - number) * HOUR
        status = "COMPLETED" if start < self.now - 48 * HOUR else "BOOKED"
        return measuring.session(self.coach, self.client, start, status=status)

    def _messages(self, numbers):
        import uuid

        from coaching_portal.notifications.models import OutgoingMessage

        OutgoingMessage.objects.bulk_create(
            (
                OutgoingMessage(
                    kind="session-booked",
                    subject_uuid=uuid.uuid4(),
                    recipient=self.client,
                    due_at=self.now - number * HOUR,
                    status="SENT",
                    settled_at=self.now,
                )
                for number in numbers
            ),
            batch_size=2000,
        )

    def _invoices(self, numbers):
        from coaching_portal.billing.models import Invoice, InvoiceLine

        drafts = Invoice.objects.bulk_create(
            (Invoice(user=self.client, drafted_at=self.now) for _ in numbers), batch_size=2000
        )
        InvoiceLine.objects.bulk_create(
            (
                InvoiceLine(
                    invoice=draft,
                    description="Individual coaching",
                    supplied_on=self.now.date(),
                    quantity=1,
                    unit_price=75,
                    net=75,
                )
                for draft in drafts
            ),
            batch_size=2000,
        )

    def _places(self, numbers):
        from training.models import CourseBooking, Enrolment, EnrolmentTerms

        terms = EnrolmentTerms.current()
        booking, _ = CourseBooking.objects.get_or_create(
            cohort=self.cohort,
            booked_by=self.client,
            defaults={
                "booked_at": self.now,
                "price": 295,
                "terms": terms,
                "terms_sha256": terms.sha256,
                "schedule": terms.schedule,
            },
        )
        Enrolment.objects.bulk_create(
            (
                Enrolment(
                    booking=booking, cohort=self.cohort, name="Ann", email=f"a{n}@example.org"
                )
                for n in numbers
            ),
            batch_size=2000,
        )


if __name__ == "__main__":
    sys.exit(main())
