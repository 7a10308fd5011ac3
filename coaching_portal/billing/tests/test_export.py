import csv
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest

from coaching_portal.billing import actions, csv_export
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.ledger import NOW, TODAY


def exported(since=date(2027, 1, 1), until=date(2027, 12, 31)):
    file = StringIO(newline="")
    csv_export.write_csv(file, since=since, until=until, on=TODAY)
    return list(csv.DictReader(StringIO(file.getvalue().removeprefix("\ufeff"))))


def test_an_invoice_is_one_row_with_the_sums_of_its_page(practice, client_user, admin_user):
    ledger.register_for_vat()
    ledger.issue_to(client_user, (3, "93.75"), (3, "33.33"), by=admin_user)

    assert exported() == [
        {
            "document": "invoice",
            "number": "INV-2027-0001",
            "issued on": "2027-06-08",
            "due on": "2027-06-22",
            "payer": "Cleo Client",
            "purchase order": "",
            "corrects": "",
            "net": "381.24",
            "VAT": "76.25",
            "total": "457.49",
            "outstanding": "457.49",
        }
    ]


def test_a_credit_note_is_a_row_with_negative_amounts(practice, client_user, admin_user):
    invoice = ledger.issue_to(client_user, by=admin_user)
    actions.credit_in_full(invoice=invoice, reason="Mistake", by=admin_user, at=NOW)

    found = exported()

    assert [row["number"] for row in found] == ["INV-2027-0001", "CN-2027-0001"]
    assert (found[1]["total"], found[1]["corrects"]) == ("-75.00", "INV-2027-0001")
    assert found[0]["outstanding"] == "0.00"
    assert sum(Decimal(row["total"]) for row in found) == 0


def test_a_period_includes_both_its_days(practice, client_user, admin_user):
    for days in range(4):
        ledger.issue_to(client_user, by=admin_user, at=NOW + timedelta(days=days))

    found = exported(since=date(2027, 6, 9), until=date(2027, 6, 10))

    assert [row["issued on"] for row in found] == ["2027-06-09", "2027-06-10"]


@pytest.mark.parametrize("name", ["=1+1", "+44 Trust", "-cmd|' /C calc'!A0", "@SUM(A1)", "\tTab"])
def test_a_name_that_a_spreadsheet_would_run_is_made_plain(practice, make_user, admin_user, name):
    user = make_user(name=name)
    ledger.issue_to(user, by=admin_user)

    assert exported()[0]["payer"] == f"'{name}"


def test_a_draft_is_not_the_accountants(practice, client_user):
    ledger.draft(ledger.Payer(user=client_user), (1, "75"))

    assert exported() == []
