"""How long an invoicing run of 1,000 lines takes, and one PDF.

python -m benchmarks.invoices

1,000 held sessions of 100 clients: read and shown by payer, made drafts, then issued, each with its
number, its frozen copy, its PDF and its message.
"""

import sys
from datetime import datetime, timedelta
from datetime import time as clock

from benchmarks import measuring

LINES, PAYERS, PDFS = 1_000, 100, 30


def main():
    with measuring.database():
        from bookings import invoicing
        from coaching_portal.billing import documents, invoicing_run
        from coaching_portal.billing.models import Invoice, InvoiceLine
        from coaching_portal.common.dates import london_date

        at = _hold_sessions()
        admin = measuring.person("admin", is_staff=True)

        def read():
            return invoicing.unbilled(london_date(at))

        steps = Steps()
        steps.take("read and shown by payer", lambda: invoicing_run.preview(read(), at=at))
        drafts = steps.take(
            "made drafts", lambda: invoicing_run.make_drafts(read=read, by=admin, at=at)
        )
        result = steps.take(
            "issued", lambda: invoicing_run.issue_all(invoices=drafts, by=admin, at=at)
        )
        steps.show()
        invoice = Invoice.objects.issued().order_by("pk")[0]
        pdf = measuring.times_of(lambda: documents.invoice_pdf(invoice), PDFS)
        print("\n| | median ms | p95 ms | n |\n| --- | ---: | ---: | ---: |")
        print(f"| one PDF, {invoice.lines.count()} lines | {pdf} |")
        return 0 if len(result.issued) == PAYERS and InvoiceLine.objects.count() == LINES else 1


class Steps:
    """The parts of the run, one after the other: what was done, and how long it took."""

    def __init__(self):
        self.taken = []

    def take(self, name, act):
        found = []
        times = measuring.times_of(lambda: found.append(act()), 1)
        self.taken.append((name, times.each[0] / 1000))
        return found[0]

    def show(self):
        print(f"| {LINES:,} lines, {PAYERS} invoices | seconds |\n| --- | ---: |")
        for name, seconds in [*self.taken, ("together", sum(each for _, each in self.taken))]:
            print(f"| {name} | {seconds:.1f} |")


def _hold_sessions():
    """Ten sessions of each client, held and confirmed: the moment of the run."""
    from django.utils import timezone

    from bookings.models import CoachingSession
    from coaching_portal.testing.factories import ledger
    from profiles.models import Coach

    ledger.set_up_practice()
    at = timezone.now()
    midnight = datetime.combine(at.date(), clock(), at.tzinfo)
    coach = Coach.objects.create(user=measuring.person("coach"), slug="una", is_public=True)
    clients = [measuring.person(f"client{each}") for each in range(PAYERS)]
    held = {"status": "COMPLETED", "confirmed_at": at}
    starts = [midnight - timedelta(hours=number + 24) for number in range(LINES)]
    CoachingSession.objects.bulk_create(
        measuring.session(coach, clients[number % PAYERS], start, **held)
        for number, start in enumerate(starts)
    )
    return at


if __name__ == "__main__":
    sys.exit(main())
