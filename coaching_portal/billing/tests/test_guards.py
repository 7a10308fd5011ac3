"""What the database itself refuses of documents and money, and that the allowed way is open: SQL
that somebody types past every form, action and model."""

from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from coaching_portal.billing import actions
from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models import Invoice
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.ledger import NOW, TODAY
from coaching_portal.testing.races import at_once

LONG_AGO = datetime(2018, 6, 8, 10, 0, tzinfo=UTC)
KEPT = [
    *("billing_invoice", "billing_invoiceline", "billing_invoicedocument"),
    *("billing_creditnote", "billing_creditnoteline", "billing_creditnotedocument"),
    *("billing_payment", "billing_allocation", "billing_numberseries"),
    *("billing_invoicechange", "billing_creditnotechange", "billing_paymentchange"),
    *("billing_allocationchange", "billing_practicechange", "profiles_userchange"),
    *("bookings_coachingsessionchange", "training_enrolmentchange", "pghistory_context"),
]


def sql(statement, *values):
    """Run it in a transaction of its own, whose end asks what is asked at the end."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        answer = cursor.fetchall() if cursor.description else cursor.rowcount
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        return answer


@contextmanager
def refused(words):
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        yield


@pytest.fixture
def draft(practice, client_user):
    """Two lines at 20 % and one at 0 %: net £80.01, VAT £14.00 (rounded once per rate)."""
    lines = (1, "33.33", "20"), (1, "36.68", "20"), (1, "10.00", "0")
    return ledger.draft(Payer(user=client_user), *lines)


@pytest.fixture
def issued(practice, client_user, admin_user):
    """£100.00 on two lines, of £60.00 and £40.00."""
    return ledger.issue_to(client_user, (1, "60.00"), (1, "40.00"), by=admin_user)


@pytest.fixture
def payment(issued, admin_user):
    return pay(issued, 150, by=admin_user)


def pay(invoice, amount, by):
    return actions.record_payment(
        payer=invoice.payer,
        amount=Decimal(amount),
        received_on=TODAY,
        method="CASH",
        by=by,
        at=NOW,
    )


# A table is not emptied.


@pytest.mark.parametrize("table", KEPT)
def test_a_table_of_what_is_kept_is_not_emptied(db, table):
    with refused("never emptied"):
        sql(f"TRUNCATE {table} CASCADE")


def test_a_table_of_what_is_kept_is_not_emptied_with_another(db):
    with refused("never emptied"):
        sql("TRUNCATE profiles_user CASCADE")


# A document is issued whole.

ISSUE = """
    UPDATE billing_invoice SET number = %s, issued_at = %s, issued_on = %s, due_on = '2027-12-31',
        issued_by_id = %s, net = %s, vat = %s, total = %s::numeric + %s WHERE id = %s
"""


def take(prefix="INV", year=2027):
    """A number, as `numbers.take` does; in words of SQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_numberseries (prefix, year, last) VALUES (%s, %s, 0)"
            " ON CONFLICT DO NOTHING",
            [prefix, year],
        )
        cursor.execute(
            "UPDATE billing_numberseries SET last = last + 1 WHERE prefix = %s AND year = %s"
            " RETURNING prefix || '-' || year || '-' || to_char(last, 'FM0000')",
            [prefix, year],
        )
        return cursor.fetchone()[0]


def issue_by_hand(draft, by, *, number=None, net="80.01", vat="14.00", at=NOW, on=TODAY):
    with transaction.atomic():
        number = number or take()
        sql(ISSUE, number, at, on, by.pk, net, vat, net, vat, draft.pk)


def test_a_draft_is_issued_by_sql_that_does_all_of_it(draft, admin_user):
    issue_by_hand(draft, admin_user)

    draft.refresh_from_db()
    assert (draft.number, draft.total) == ("INV-2027-0001", Decimal("94.01"))


@pytest.mark.parametrize(
    "number", ["INV-2027-0001", "INV-2027-0099", "INV-2028-0001", "CN-2027-0001", "anything"]
)
def test_a_number_that_its_series_did_not_just_give_is_refused(draft, admin_user, number):
    with refused("its series has just given"):
        issue_by_hand(draft, admin_user, number=number)


def test_a_number_of_another_years_series_is_refused(draft, admin_user):
    with refused("its series has just given"):
        issue_by_hand(draft, admin_user, number=take(year=2026))


def test_a_number_is_not_used_twice(issued, draft, admin_user):
    with refused("number_is_unique"):
        issue_by_hand(draft, admin_user, number="INV-2027-0001")


@pytest.mark.parametrize(("net", "vat"), [("80.00", "14.00"), ("80.01", "14.01"), ("0", "0")])
def test_sums_that_are_not_those_of_the_lines_are_refused(draft, admin_user, net, vat):
    with refused("sums of a document"):
        issue_by_hand(draft, admin_user, net=net, vat=vat)


def test_a_line_without_a_rate_of_vat_is_refused(practice, client_user, admin_user):
    draft = ledger.draft(Payer(user=client_user), (1, "75"))

    with refused("sums of a document"):
        issue_by_hand(draft, admin_user, net="75", vat="0")


def test_a_document_without_lines_is_refused(practice, client_user, admin_user):
    with refused("sums of a document"):
        issue_by_hand(ledger.draft(Payer(user=client_user)), admin_user, net="0", vat="0")


def test_the_day_of_issue_is_that_of_its_moment_in_london(draft, admin_user):
    late = datetime(2027, 6, 8, 23, 30, tzinfo=UTC)  # 00:30 on the 9th
    with refused("on the day of its moment"):
        issue_by_hand(draft, admin_user, at=late)

    issue_by_hand(draft, admin_user, at=late, on=date(2027, 6, 9))


def test_an_insert_that_says_issued_is_refused(issued):
    columns = "number, issued_at, issued_on, issued_by_id, due_on, net, vat, total, user_id"
    columns += ", purchase_order, seller, buyer, drafted_at"
    with refused("never changes"):
        sql(
            f"INSERT INTO billing_invoice (uuid, {columns})"
            f" SELECT gen_random_uuid(), {columns} FROM billing_invoice"
        )


def test_another_isolation_in_which_a_lock_shows_nothing_new_is_refused(race):
    invoice, by = race
    with refused("READ COMMITTED"), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        allocate(1, invoice, 1, by)


# A series counts up by one, and has no gap.


@pytest.mark.parametrize("last", [0, 1, 3, 100])
def test_a_series_neither_jumps_nor_steps_back_nor_stays(issued, last):
    with refused("to the next one"):
        sql("UPDATE billing_numberseries SET last = %s", last)


def test_a_series_does_not_count_what_is_no_document(issued):
    with refused("is that of a document"):
        sql("UPDATE billing_numberseries SET last = last + 1")


def test_a_series_stays_what_it_is(issued):
    with refused("to the next one"):
        sql("UPDATE billing_numberseries SET year = 2030, last = last + 1")
    with refused("begins at nought"):
        sql("INSERT INTO billing_numberseries (prefix, year, last) VALUES ('INV', 2031, 7)")
    with refused("Cannot delete"):
        sql("DELETE FROM billing_numberseries")


def test_after_9999_numbers_become_longer(issued, client_user, admin_user, untriggered):
    with untriggered():
        sql("UPDATE billing_numberseries SET last = 9999")

    assert ledger.issue_to(client_user, by=admin_user).number == "INV-2027-10000"


# No more is credited than was invoiced.


def note_of(invoice):
    [(note,)] = sql(
        "INSERT INTO billing_creditnote (uuid, number, invoice_id, reason)"
        " VALUES (gen_random_uuid(), '', %s, 'By hand') RETURNING id",
        invoice.pk,
    )
    return note


def credit_line(note, line, net, rate=0):
    return sql(
        "INSERT INTO billing_creditnoteline (credit_note_id, invoice_line_id, net, vat_rate)"
        " VALUES (%s, %s, %s, %s)",
        *(note, line.pk, net, rate),
    )


def issue_note(note, by, net, vat=0):
    sql(
        "UPDATE billing_creditnote SET number = %s, issued_at = %s, issued_on = %s,"
        " issued_by_id = %s, net = %s, vat = %s, total = %s::numeric + %s WHERE id = %s",
        *(take("CN"), NOW, TODAY, by.pk, net, vat, net, vat, note),
    )


def credit_by_hand(invoice, line, net, by):
    with transaction.atomic():
        note = note_of(invoice)
        credit_line(note, line, net)
        issue_note(note, by, net)


def test_a_line_is_credited_up_to_what_it_came_to(issued, admin_user):
    sixty = issued.lines.get(net=60)

    credit_by_hand(issued, sixty, 20, admin_user)
    with refused("no more than that line"):
        credit_by_hand(issued, sixty, "40.01", admin_user)
    credit_by_hand(issued, sixty, 40, admin_user)

    assert ledger.with_balances(issued).credited == 60


def test_a_credit_line_is_not_raised_beyond_its_line(issued):
    note, sixty = note_of(issued), issued.lines.get(net=60)
    credit_line(note, sixty, 60)

    with refused("no more than that line"):
        sql("UPDATE billing_creditnoteline SET net = 60.01")


def test_a_credit_is_of_a_line_of_its_invoice_at_its_rate(issued, client_user, admin_user):
    other = ledger.issue_to(client_user, by=admin_user)
    draft = ledger.draft(Payer(user=client_user), (1, "75", "0"))
    note = note_of(issued)

    with refused("of a line of its invoice"):
        credit_line(note, other.lines.get(), 1)
    with refused("of a line of its invoice"):
        credit_line(note, issued.lines.first(), 1, rate=20)
    with refused("of a line of its invoice"):
        credit_line(note_of(draft), draft.lines.get(), 1)


def test_a_credit_note_is_issued_for_what_its_lines_come_to(issued, admin_user):
    note = note_of(issued)
    with refused("sums of a document"):
        issue_note(note, admin_user, 10)
    credit_line(note, issued.lines.get(net=60), 10)
    with refused("sums of a document"):
        issue_note(note, admin_user, 11)
    with refused("sums of a document"):
        issue_note(note, admin_user, 10, vat=1)

    issue_note(note, admin_user, 10)


def test_a_credit_note_does_not_change_its_invoice_on_the_way(issued, client_user, admin_user):
    other, note = ledger.issue_to(client_user, by=admin_user), note_of(issued)
    credit_line(note, issued.lines.get(net=60), 10)
    sql("UPDATE billing_creditnote SET invoice_id = %s WHERE id = %s", other.pk, note)

    with refused("sums of a document"):
        issue_note(note, admin_user, 10)


def test_a_paid_invoice_is_not_credited_by_hand_while_the_money_stays_on_it(
    issued, payment, admin_user
):
    allocate(payment.pk, issued, 90, admin_user)

    credit_by_hand(issued, issued.lines.get(net=60), 10, admin_user)
    with refused("paid and credited for more"):
        credit_by_hand(issued, issued.lines.get(net=60), 1, admin_user)


# No more is allocated than came in, or than is owed.


def allocate(payment, invoice, amount, by, reversed_at=None):
    return sql(
        "INSERT INTO billing_allocation (payment_id, invoice_id, amount, allocated_at,"
        " allocated_by_id, reversed_at) VALUES (%s, %s, %s, %s, %s, %s)",
        *(payment, invoice.pk, amount, NOW, by.pk, reversed_at),
    )


def test_an_invoice_is_paid_up_to_what_is_open(issued, payment, admin_user):
    credit_by_hand(issued, issued.lines.get(net=60), 10, admin_user)

    allocate(payment.pk, issued, 50, admin_user)
    with refused("paid and credited for more"):
        allocate(payment.pk, issued, "40.01", admin_user)
    allocate(payment.pk, issued, 40, admin_user)

    assert ledger.with_balances(issued).outstanding == 0


def test_a_payment_is_used_up_to_its_amount(issued, client_user, admin_user):
    little = pay(issued, 70, by=admin_user)
    other = ledger.issue_to(client_user, by=admin_user)

    allocate(little.pk, issued, 40, admin_user)
    with refused("no more than its amount"):
        allocate(little.pk, other, "30.01", admin_user)
    allocate(little.pk, other, 30, admin_user)


def test_a_payment_is_used_for_issued_invoices_of_its_payer(
    issued, payment, draft, stranger, admin_user
):
    of_another = ledger.issue_to(stranger, by=admin_user)

    for wrong in (draft, of_another):
        with refused("issued invoices of its payer"):
            allocate(payment.pk, wrong, 1, admin_user)
    with refused("issued invoices of its payer"):
        allocate(payment.pk, issued, 1, admin_user, reversed_at=NOW)


REVERSE = "UPDATE {} SET reversed_at = now(), reversed_by_id = %s WHERE reversed_at IS NULL"


def test_a_payment_is_reversed_after_what_it_is_used_for(issued, payment, admin_user):
    allocate(payment.pk, issued, 10, admin_user)

    with refused("before the payment itself"):
        sql(REVERSE.format("billing_payment"), admin_user.pk)

    assert sql(REVERSE.format("billing_allocation"), admin_user.pk) == 1
    assert sql(REVERSE.format("billing_payment"), admin_user.pk) == 1


@pytest.mark.parametrize("table", ["billing_payment", "billing_allocation"])
@pytest.mark.parametrize("change", ["reversed_at = NULL", "reversed_at = now() + interval '1 day'"])
def test_what_is_reversed_stays_reversed(issued, payment, admin_user, table, change):
    allocate(payment.pk, issued, 10, admin_user)
    for each in ("billing_allocation", "billing_payment"):
        sql(REVERSE.format(each), admin_user.pk)

    with refused("stays reversed"):
        sql(f"UPDATE {table} SET {change}")


def test_a_reversed_payment_pays_nothing(issued, payment, admin_user):
    sql(REVERSE.format("billing_payment"), admin_user.pk)

    with refused("until reversed"):
        allocate(payment.pk, issued, 10, admin_user)


# Two at once, without any lock of the portal's.


@pytest.fixture
def race(transactional_db, client_user, admin_user):
    """An invoice of £100.00, and whoever writes."""
    ledger.set_up_practice()
    return ledger.issue_to(client_user, (1, "100.00"), by=admin_user), admin_user


def succeeded(answers):
    refusals = [answer for answer in answers if isinstance(answer, IntegrityError)]
    assert all(isinstance(each, IntegrityError | int | None) for each in answers), answers
    return len(answers) - len(refusals)


def test_credits_at_once_do_not_come_to_more_than_the_line(race):
    invoice, by = race
    line = invoice.lines.get()

    answers = at_once([lambda: credit_by_hand(invoice, line, 60, by)] * 4)

    assert succeeded(answers) == 1
    assert ledger.with_balances(invoice).credited == 60


def test_allocations_of_many_payments_at_once_do_not_come_to_more_than_is_open(race):
    invoice, by = race
    payments = [pay(invoice, 60, by=by) for _ in range(4)]

    calls = [lambda p=each: allocate(p.pk, invoice, 60, by) for each in payments]

    assert succeeded(at_once(calls)) == 1
    assert ledger.with_balances(invoice).paid == 60


def test_allocations_of_one_payment_at_once_do_not_come_to_more_than_it(race):
    first, by = race
    others = [ledger.issue_to(first.user, (1, "100.00"), by=by) for _ in range(3)]
    payment = pay(first, 100, by=by)

    calls = [lambda i=each: allocate(payment.pk, i, 60, by) for each in (first, *others)]

    assert succeeded(at_once(calls)) == 1


def test_control_without_the_guard_they_all_pay(race, untriggered):
    invoice, by = race
    payments = [pay(invoice, 60, by=by) for _ in range(4)]

    def allocate_unguarded(payment):
        with transaction.atomic(), untriggered():
            allocate(payment.pk, invoice, 60, by)

    assert succeeded(at_once([lambda p=each: allocate_unguarded(p) for each in payments])) == 4


# Nobody passes by.


@pytest.mark.parametrize(
    "preparation",
    [
        "SET LOCAL pgtrigger.ignore = '{pgtrigger_issued_stays_9ecb0}'",
        "SET LOCAL search_path = pg_temp, public; CREATE TEMP TABLE billing_invoice (id bigint)",
    ],
)
def test_no_setting_of_a_session_switches_a_guard_off(issued, preparation):
    with refused("never changes"):
        sql(f"{preparation}; DELETE FROM public.billing_invoice")


# What the retention job may do, once the term is over.


@pytest.fixture
def old(practice, client_user, admin_user):
    """Issued in 2018, credited in part, paid: its term ended on 5 April 2025."""
    invoice = ledger.issue_to(client_user, by=admin_user, at=LONG_AGO)
    line = invoice.lines.get()
    actions.credit(
        invoice=invoice, amounts={line: Decimal(5)}, reason="Agreed", by=admin_user, at=LONG_AGO
    )
    actions.record_payment(
        payer=invoice.payer,
        amount=Decimal(70),
        received_on=LONG_AGO.date(),
        method="CASH",
        by=admin_user,
        at=LONG_AGO,
        allocate_to=[(invoice, Decimal(70))],
    )
    return invoice


FORGET = [
    "DELETE FROM billing_allocation",
    "DELETE FROM billing_payment",
    "DELETE FROM billing_creditnotedocument",
    "DELETE FROM billing_creditnoteline",
    "DELETE FROM billing_creditnote",
    "DELETE FROM billing_invoicedocument",
    "DELETE FROM billing_invoiceline",
    "DELETE FROM billing_invoice",
]
AT_WORK = "SET LOCAL portal.retention = 'on'; "


def test_the_retention_job_takes_away_what_is_old_enough(old):
    for statement in FORGET:
        assert sql(AT_WORK + statement) == 1

    assert not Invoice.objects.exists()


def test_the_retention_job_may_blank_the_person_instead(old):
    sql(AT_WORK + "UPDATE billing_invoice SET buyer = '{}'")
    sql(AT_WORK + "UPDATE billing_invoicedocument SET pdf = '', sha256 = encode(sha256(''), 'hex')")
    sql(AT_WORK + "UPDATE billing_payment SET reference = ''")
    with refused("never changes"):
        sql(AT_WORK + "UPDATE billing_invoice SET net = 1, total = 1 + vat")


@pytest.mark.parametrize("statement", FORGET)
def test_nobody_else_takes_it_away(old, statement):
    with refused("never changes|Cannot"):
        sql(statement)


@pytest.mark.parametrize("statement", FORGET)
def test_the_retention_job_takes_nothing_away_before_the_term_is_over(
    issued, payment, admin_user, statement
):
    allocate(payment.pk, issued, 10, admin_user)
    actions.credit_in_full(invoice=issued, reason="Wrong", by=admin_user, at=NOW)

    with refused("never changes|Cannot"):
        sql(AT_WORK + statement)


@pytest.mark.parametrize(
    ("issued_on", "is_over"),
    [(date(2020, 4, 5), True), (date(2020, 4, 6), False)],
)
def test_the_term_is_six_tax_years_after_that_of_the_day(db, issued_on, is_over):
    from coaching_portal.billing.models.document_guards import term_is_over

    asked = term_is_over("day").replace("now()", "timestamptz '2026-04-06 12:00Z'")
    answer = sql(AT_WORK + f"SELECT {asked} FROM (SELECT %s::date AS day) AS days", issued_on)

    assert answer == [(is_over,)]
