"""A course date that is called off after it was invoiced: drafts, credit notes, money to repay."""

from datetime import timedelta
from decimal import Decimal

import pytest

from coaching_portal.billing import actions as billing
from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models import CreditNote, Invoice, InvoiceLine, Payment
from coaching_portal.common.documents import CouldNotWrite
from coaching_portal.testing.plugin import NINE
from training import actions
from training.invoicing import unbilled
from training.models import Cohort, CourseBooking
from training.tests.test_credit_places import ALL, TODAY

LATER = NINE - timedelta(days=10)


@pytest.fixture
def twelve(make_cohort):
    return make_cohort(capacity=12)


@pytest.fixture
def three_invoices(twelve, make_contact, enrol_staff, enrol_self, client_user, issue_all):
    """Twelve places of two organisations and a person, on three issued invoices."""
    enrol_staff(
        make_contact("trust")[0], *["Ann", "Ben", "Cat", "Dan", "Eve", "Fay"], cohort=twelve
    )
    enrol_staff(make_contact("other")[0], *["Gus", "Hal", "Ida", "Jim", "Kay"], cohort=twelve)
    enrol_self(client_user, cohort=twelve)
    return issue_all()


def cancel_cohort(cohort, by):
    actions.cancel_cohort(cohort=cohort, by=by, at=LATER)
    return f"/admin/training/cohort/{cohort.pk}/credits/"


def pay(invoice, amount, by):
    billing.record_payment(
        payer=Payer(user=invoice.user, organisation=invoice.organisation),
        amount=Decimal(amount),
        received_on=TODAY,
        method="BANK_TRANSFER",
        by=by,
        at=LATER,
        allocate_to=[(invoice, Decimal(amount))],
    )


def text(response):
    return response.content.decode()


def test_three_credit_notes_are_proposed_and_issued_at_one_page(
    twelve, three_invoices, admin_user, signed_in
):
    office, first = signed_in(admin_user), three_invoices[0]
    pay(first, "1000.00", admin_user)
    there = cancel_cohort(twelve, admin_user)

    matters = {each.name: each for each in office.get("/admin/").context["waiting"]}
    matter = matters["Cancelled course dates to credit"]
    assert matter.count == 1
    assert matters["Cancelled places to credit"].count == 0
    assert f'href="{there}"' in text(office.get(matter.address))
    page = office.get(there)
    proposed = {each.invoice.number: each for each in page.context["credits"]}
    assert {str(each.totals.total) for each in proposed.values()} == {
        "1770.00",
        "1475.00",
        "295.00",
    }
    assert proposed[first.number].to_repay == Decimal("1000.00")
    assert page.context["to_repay"] == Decimal("1000.00")
    assert "Issue 3 credit notes, £3,540.00" in text(page)

    done = office.post(there, follow=True)
    assert "3 credit notes issued and sent" in text(done)
    again = office.post(there, follow=True)
    assert "There was nothing left to credit." in text(again)

    notes = CreditNote.objects.order_by("pk")
    numbers = [note.number[-4:] for note in notes]
    assert numbers == ["0001", "0002", "0003"]
    assert {note.reason for note in notes} == {"Course cancelled"}
    assert again.context["to_repay"] == Decimal("1000.00")
    assert Payment.objects.with_unallocated().get().unallocated == Decimal("1000.00")
    assert {invoice.outstanding for invoice in Invoice.objects.with_balances(TODAY)} == {0}
    assert unbilled(TODAY) == []
    waiting = {each.name: each for each in office.get("/admin/").context["waiting"]}
    assert waiting["Cancelled course dates to credit"].count == 0


def test_one_that_is_refused_says_why_and_the_others_are_credited(
    twelve, three_invoices, admin_user, signed_in, monkeypatch
):
    there, first = cancel_cohort(twelve, admin_user), three_invoices[0]
    write = billing.credits.documents.credit_note_pdf

    def one_cannot_be_written(note):
        if note.invoice == first:
            raise CouldNotWrite
        return write(note)

    monkeypatch.setattr(billing.credits.documents, "credit_note_pdf", one_cannot_be_written)
    page = signed_in(admin_user).post(there, follow=True)

    assert f"{first.number} was not credited: Its PDF could not be written." in text(page)
    assert [each.invoice for each in page.context["to_do"]] == [first]
    assert sorted(CreditNote.objects.values_list("number", flat=True))[-1].endswith("0002")


def test_a_late_fee_on_an_issued_invoice_is_credited_too(
    cohort,
    contact,
    enrol_staff,
    issue_all,
    admin_user,
):
    booking = enrol_staff(contact, "Ann", "Ben")
    [invoice] = issue_all()
    actions.cancel_place(place=booking.places[0], by=contact, at=ALL)

    cancel_cohort(cohort, admin_user)

    cohort.refresh_from_db()
    [credit] = actions.cohort_credits(cohort=cohort, on=TODAY)
    assert credit.totals.total == invoice.total == Decimal("590.00")
    assert {place.fee for place in CourseBooking.objects.get().places} == {0}


def test_a_fee_that_nobody_has_invoiced_falls_away(cohort, contact, enrol_staff, admin_user):
    booking = enrol_staff(contact, "Ann")
    actions.cancel_booking(booking=booking, by=contact, at=ALL)
    assert len(unbilled(TODAY)) == 1

    cancel_cohort(cohort, admin_user)

    assert unbilled(TODAY) == []


@pytest.mark.parametrize("is_cancelled_late", [False, True])
def test_a_draft_loses_its_line_and_goes_when_it_was_the_last(
    cohort,
    make_cohort,
    contact,
    enrol_staff,
    admin_user,
    draft_all,
    is_cancelled_late,
):
    booking = enrol_staff(contact, "Ann", "Ben")
    other = make_cohort(begins_at=NINE + timedelta(days=1))
    enrol_staff(contact, "Cat", cohort=other)
    if is_cancelled_late:
        actions.cancel_booking(booking=booking, by=contact, at=ALL)
    [draft] = draft_all()
    assert draft.lines.count() == 2

    cancel_cohort(cohort, admin_user)
    assert [line.net for line in InvoiceLine.objects.all()] == [Decimal("295.00")]
    cancel_cohort(other, admin_user)

    assert not Invoice.objects.exists()
    assert not Cohort.objects.to_credit().exists()


def test_the_page_is_for_who_may_issue_and_for_cancelled_course_dates(
    cohort, stranger, admin_user, signed_in
):
    there = f"/admin/training/cohort/{cohort.pk}/credits/"
    assert "takes place, so nothing" in text(signed_in(admin_user).get(there))
    cancel_cohort(cohort, admin_user)
    assert signed_in(admin_user).get(there).status_code == 200
    stranger.is_staff = True
    stranger.save()
    assert signed_in(stranger).get(there).status_code == 403
