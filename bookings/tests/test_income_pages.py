"""/calendar/income/: a year of a coach's sessions, as a page and as files."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import actions, invoicing
from bookings.models import CoachingSession
from bookings.presenters.income import IncomeYear
from coaching_portal.billing import actions as ledger
from coaching_portal.billing import invoicing_run
from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models import Invoice, Payment
from coaching_portal.testing.factories.ledger import (
    NOW,
    TODAY,
    hold_session,
    make_trust,
    set_up_practice,
)
from coaching_portal.testing.factories.sessions import agreed_programme
from profiles.models import Coach

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
INCOME = "/calendar/income/"
Status = CoachingSession.Status


@pytest.fixture(autouse=True)
def _in_june():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def bill(admin_user):
    """bill(): an issued invoice for everything that is unbilled, or drafts."""
    set_up_practice()

    def bill(*, issue=True):
        drafts = invoicing_run.make_drafts(
            read=lambda: invoicing.unbilled(TODAY), by=admin_user, at=NOW
        )
        return [ledger.issue(invoice=each, by=admin_user, at=NOW) for each in drafts if issue]

    return bill


@pytest.fixture
def pay(admin_user):
    def pay(invoice, amount):
        return ledger.record_payment(
            payer=invoice.payer if invoice.organisation else Payer(user=invoice.user),
            amount=Decimal(amount),
            received_on=TODAY,
            method=Payment.Method.BANK_TRANSFER,
            by=admin_user,
            at=NOW,
            allocate_to=[(invoice, Decimal(amount))],
        )

    return pay


def total(coach, year=2027):
    return IncomeYear(coach, year, NOW).total


def rows_of(response):
    text = response.content.decode().removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def test_what_took_place_goes_from_still_to_bill_to_billed_to_paid(coach, client_user, bill, pay):
    hold_session(coach, client_user)
    assert (total(coach).to_bill, total(coach).billed) == (Decimal("75.00"), 0)

    bill(issue=False)
    assert (total(coach).to_bill, total(coach).billed) == (Decimal("75.00"), 0)

    invoice = ledger.issue(invoice=Invoice.objects.get(), by=coach.user, at=NOW)
    assert (total(coach).to_bill, total(coach).billed) == (0, Decimal("75.00"))

    pay(invoice, "25.00")
    assert (total(coach).billed, total(coach).paid) == (Decimal("75.00"), Decimal("25.00"))


def test_an_invoice_with_sessions_of_two_coaches_is_shared_to_the_penny(
    coach, make_user, client_user, bill, pay
):
    other = Coach.objects.create(user=make_user("o@example.org"), slug="olu")
    hold_session(coach, client_user, price="0.01")
    hold_session(other, client_user, hours_ago=50, price="0.01")
    hold_session(other, client_user, hours_ago=52, price="0.01")
    (invoice,) = bill()
    pay(invoice, "0.02")

    assert total(coach).paid + total(other).paid == Decimal("0.02")


def test_team_and_programme_sessions_and_those_of_organisations_count(coach, client_user, bill):
    programme = agreed_programme(coach, client_user)
    hold_session(coach, client_user, programme=programme)
    hold_session(coach, client_user, hours_ago=50, organisation=make_trust())
    hold_session(
        coach, None, hours_ago=52, kind="TEAM", price="600.00", organisation=make_trust("Other")
    )
    bill()

    assert (total(coach).took_place, total(coach).billed) == (3, Decimal("750.00"))


def test_missed_and_waived_are_counted_apart(coach, client_user):
    hold_session(coach, client_user, status=Status.NO_SHOW)
    late = hold_session(coach, client_user, hours_ago=50, status=Status.CANCELLED_LATE)
    actions.waive(session=late, by=coach.user, reason="Ill", at=NOW)

    found = total(coach)

    assert (found.took_place, found.charged_missed, found.waived_sessions) == (0, 1, 1)
    assert (found.to_bill, found.waived) == (Decimal("75.00"), Decimal("75.00"))


def test_a_waived_charge_leaves_the_bill_when_it_is_credited(coach, client_user, bill, admin_user):
    missed = hold_session(coach, client_user, status=Status.NO_SHOW)
    (invoice,) = bill()
    missed.refresh_from_db()
    actions.waive(session=missed, by=coach.user, reason="Ill", at=NOW)
    assert (total(coach).billed, total(coach).waived) == (Decimal("75.00"), 0)

    ledger.credit_owed(
        invoice=invoice, owed_back=invoicing.owed_back, reason="Waived", by=admin_user, at=NOW
    )
    assert (total(coach).billed, total(coach).waived) == (0, Decimal("75.00"))


def test_what_was_credited_in_full_to_be_billed_anew_is_still_to_bill(
    coach, client_user, bill, admin_user
):
    hold_session(coach, client_user)
    (invoice,) = bill()
    ledger.credit_in_full(invoice=invoice, reason="Wrong payer", by=admin_user, at=NOW)

    assert (total(coach).billed, total(coach).to_bill) == (0, Decimal("75.00"))


def test_booked_held_and_cancelled_sessions_count_nothing(coach, client_user, make_session):
    make_session(NOW + DAY)
    make_session(NOW - DAY, status="CANCELLED")
    make_session(NOW + 2 * DAY, status="HELD", held_until=NOW + DAY)

    assert IncomeYear(coach, 2027, NOW).is_empty


def test_months_begin_and_end_at_midnight_in_london(coach, client_user):
    # 1 July begins at 23:00 UTC on 30 June, 1 January at midnight.
    for starts_at in (
        datetime(2027, 5, 31, 22, 59, tzinfo=UTC),
        datetime(2027, 5, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 12, 31, 23, 59, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
    ):
        hours_ago = (NOW - starts_at) / timedelta(hours=1)
        hold_session(coach, client_user, hours_ago=hours_ago, minutes=1)

    months = IncomeYear(coach, 2027, NOW).months

    assert [month.income.took_place for month in months] == [1, 0, 0, 0, 1, 1]
    assert total(coach, 2026).took_place == 1


def test_a_late_cancellation_of_next_month_is_in_next_month(coach, client_user):
    hold_session(coach, client_user, hours_ago=-30 * 24, status=Status.CANCELLED_LATE)

    assert IncomeYear(coach, 2027, NOW).months[-1].name == "July"


def test_the_page_says_the_finding_and_gives_it_to_the_picture(
    as_coach, coach, client_user, bill, pay
):
    hold_session(coach, client_user)
    (invoice,) = bill()
    pay(invoice, "25.00")
    hold_session(coach, client_user, hours_ago=24 * 40, price="150.00")

    text = as_coach.get(INCOME).text

    assert (
        '<figcaption id="finding">In 2027 so far your sessions came to £225.00: £25.00 is paid, '
        "£50.00 is billed and not paid yet, and £150.00 is still to bill. The most in a month was "
        "£150.00, in April.</figcaption>"
    ) in text
    assert '<svg role="img" aria-labelledby="finding"' in text
    assert "style=" not in text[text.index("<main") : text.index("</main>")]


def test_the_page_names_no_client(as_coach, coach, client_user):
    hold_session(coach, client_user)

    assert client_user.name not in as_coach.get(INCOME).text


def test_a_year_without_sessions_says_what_will_be_here(as_coach):
    assert "Sessions appear here once they have taken place" in as_coach.get(INCOME).text
    assert "You had no sessions in 2026." in as_coach.get(f"{INCOME}?year=2026").text


def test_a_year_of_free_sessions_has_no_picture(as_coach, coach, client_user):
    hold_session(coach, client_user, price="0.00")

    text = as_coach.get(INCOME).text

    assert "your sessions have come to £0.00" in text
    assert 'role="img"' not in text


def test_years_are_linked_as_far_as_there_is_something(as_coach, coach, client_user):
    hold_session(coach, client_user, hours_ago=2 * 365 * 24)

    def years(address):
        return re.findall(r'href="\?year=(\d+)"', as_coach.get(address).text)

    assert years(INCOME) == ["2026"]
    assert years(f"{INCOME}?year=2026") == ["2025", "2027"]
    assert years(f"{INCOME}?year=2025") == ["2026"]


@pytest.mark.parametrize("year", ["1999", "2101", "27", "x", "2027.0", "２０２７"])
@pytest.mark.parametrize("page", ["", "months.csv", "sessions.csv"])
def test_other_years_are_not_found(as_coach, page, year):
    assert as_coach.get(f"{INCOME}{page}", {"year": year}).status_code == 404


def test_what_is_not_confirmed_is_announced(as_coach, make_session):
    make_session(NOW - DAY)
    assert "1 session is over but not confirmed" in as_coach.get(INCOME).text

    make_session(NOW - 2 * DAY)
    assert "2 sessions are over but not confirmed" in as_coach.get(INCOME).text
    assert "not confirmed" not in as_coach.get(f"{INCOME}?year=2026").text


def test_the_calendar_leads_to_it(as_coach):
    assert f'href="{INCOME}"' in as_coach.get("/calendar/").text


def test_another_coachs_sessions_are_not_in_it(as_coach, make_user, client_user):
    other = Coach.objects.create(user=make_user("o@example.org"), slug="olu")
    hold_session(other, client_user)

    assert rows_of(as_coach.get(f"{INCOME}sessions.csv")) == []
    assert "Sessions appear here" in as_coach.get(INCOME).text


def test_the_file_of_months(as_coach, coach, client_user, bill):
    hold_session(coach, client_user)
    bill()

    response = as_coach.get(f"{INCOME}months.csv")

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="income-2027-by-month.csv"'
    rows = rows_of(response)
    assert [row["month"] for row in rows] == [f"2027-0{number}" for number in range(1, 7)]
    assert rows[-1] == {
        "month": "2027-06",
        "took place": "1",
        "minutes": "60",
        "missed and charged": "0",
        "waived sessions": "0",
        "billed": "75.00",
        "paid": "0.00",
        "still to bill": "0.00",
        "waived": "0.00",
    }


def test_the_file_of_sessions(as_coach, coach, client_user, bill, pay):
    organisation = make_trust("=cmd|' /C calc'!A0")
    billed = hold_session(
        coach, client_user, organisation=organisation, purchase_order="PO-1", minutes=90
    )
    (invoice,) = bill()
    pay(invoice, "25.00")
    unbilled = hold_session(coach, client_user, hours_ago=1, status=Status.NO_SHOW)

    first, second = rows_of(as_coach.get(f"{INCOME}sessions.csv"))

    assert first == {
        "date": "2027-06-06",
        "time": "11:00",
        "reference": billed.reference,
        "kind": "Individual coaching",
        "minutes": "90",
        "outcome": "Completed",
        "payer": "'=cmd|' /C calc'!A0",
        "purchase order": "PO-1",
        "price": "75.00",
        "invoice": invoice.number,
        "invoiced on": "2027-06-08",
        "billed": "75.00",
        "paid": "25.00",
        "still to bill": "0.00",
        "waived": "0.00",
    }
    assert (second["reference"], second["payer"]) == (unbilled.reference, client_user.name)
    assert (second["outcome"], second["invoice"]) == ("Did not attend", "")
    assert second["still to bill"] == "75.00"


def test_files_and_page_agree(as_coach, coach, client_user, bill, pay):
    for number in range(3):
        hold_session(coach, client_user, hours_ago=700 * number + 2, price="33.33")
    (invoice,) = bill()
    pay(invoice, "50.00")

    months, sessions = (
        rows_of(as_coach.get(f"{INCOME}{name}.csv")) for name in ("months", "sessions")
    )

    for column in ("billed", "paid", "still to bill", "waived"):
        of_months, of_sessions = (
            sum(Decimal(row[column]) for row in rows) for rows in (months, sessions)
        )
        assert of_months == of_sessions
    assert sum(Decimal(row["paid"]) for row in sessions) == Decimal("50.00")


@pytest.mark.parametrize("page", ["", "months.csv", "sessions.csv"])
def test_queries_do_not_grow_with_sessions(as_coach, coach, client_user, bill, page):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert as_coach.get(f"{INCOME}{page}").status_code == 200
        return len(queries)

    for hours_ago in (2, 4):
        hold_session(coach, client_user, hours_ago=hours_ago)
        bill()
    few = count()
    for hours_ago in range(6, 40, 2):
        hold_session(coach, client_user, hours_ago=hours_ago)
    bill()

    assert count() == few
