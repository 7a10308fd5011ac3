"""The invoicing run, from what is unbilled to issued invoices, as the admin goes through it."""

import re

import pytest
from django.urls import reverse

from bookings import invoicing as coaching
from bookings.models import CoachingSession
from coaching_portal.billing.models import Invoice, InvoiceLine
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.ledger import NOW, TODAY
from profiles.models import Coach

UNTIL = {"until": "2027-06-08"}


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW)


@pytest.fixture
def admin(admin_user, signed_in):
    return signed_in(admin_user)


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def forty_things(db, make_user):
    """40 unbilled sessions of 12 payers; one, an organisation, lacks its purchase order."""
    ledger.set_up_practice()
    trust = ledger.make_trust(requires_purchase_order=True)
    people = [make_user(f"payer{n}@example.org", name=f"Payer {n:02d}") for n in range(11)]
    coach = Coach.objects.create(user=make_user("coach@example.org"), slug="coach")
    for number in range(40):
        who = number % 12
        payer = {"organisation": trust} if who == 11 else {}
        ledger.hold_session(coach, people[who % 11], hours_ago=2 * number + 2, **payer)
    return trust


def keys(response):
    return [
        item.key for preview, _ in response.context["previews"] for item in preview.billable_items
    ]


def make_drafts(admin, **values):
    chosen = keys(admin.get(reverse("invoicing"), UNTIL))
    return admin.post(reverse("invoicing_draft"), {**UNTIL, "item": chosen, **values}, follow=True)


def issue_all(admin):
    drafts = list(Invoice.objects.drafts().values_list("pk", flat=True))
    return admin.post(reverse("invoicing_issue"), {"draft": drafts}, follow=True)


def test_forty_things_of_twelve_payers_make_eleven_invoices_and_one_refusal(admin, forty_things):
    preview = admin.get(reverse("invoicing"), UNTIL)
    assert "40 items to invoice to 12 payers, £3,000.00 in all" in text(preview)
    assert "requires one" in text(preview)
    assert not Invoice.objects.exists()

    assert "12 drafts made" in text(make_drafts(admin))
    result = issue_all(admin)

    assert "11 invoices issued: INV-2027-0001 to INV-2027-0011." in text(result)
    reason = "Enter the purchase order number: Example Hospitals NHS Trust requires one."
    assert f"1 not issued: {reason}" in text(result)
    waiting = Invoice.objects.drafts().get()
    assert reverse("admin:billing_invoice_change", args=[waiting.pk]) in result.content.decode()
    assert InvoiceLine.objects.count() == 40


def test_pressing_twice_adds_none(admin, forty_things):
    chosen = {**UNTIL, "item": keys(admin.get(reverse("invoicing"), UNTIL))}
    for _ in range(2):
        again = admin.post(reverse("invoicing_draft"), chosen, follow=True)
    assert "no drafts were made" in text(again)

    drafts = list(Invoice.objects.drafts().values_list("pk", flat=True))
    for _ in range(2):
        admin.post(reverse("invoicing_issue"), {"draft": drafts})

    assert Invoice.objects.issued().count() == 11
    assert Invoice.objects.count() == 12
    assert InvoiceLine.objects.count() == 40


def test_mended_it_is_issued_with_the_next_number(admin, forty_things):
    make_drafts(admin)
    issue_all(admin)
    Invoice.objects.drafts().update(purchase_order="PO-1")

    assert "1 invoice issued: INV-2027-0012." in text(issue_all(admin))
    assert "Nothing is unbilled" in text(admin.get(reverse("invoicing"), UNTIL))


def test_only_what_is_ticked_is_invoiced(admin, forty_things):
    chosen = keys(admin.get(reverse("invoicing"), UNTIL))[:3]

    make_drafts(admin, item=chosen)

    assert InvoiceLine.objects.count() == 3
    assert CoachingSession.objects.filter(invoice_line__isnull=True).count() == 37


def test_nothing_ticked_makes_nothing(admin, forty_things):
    response = make_drafts(admin, item=[])

    assert "Choose something to invoice" in text(response)
    assert not Invoice.objects.exists()


def test_keys_that_are_not_unbilled_are_ignored(admin, forty_things):
    make_drafts(admin, item=["session:00000000-0000-0000-0000-000000000000", "x"])

    assert not Invoice.objects.exists()


def test_up_to_a_date_leaves_out_what_is_later(admin, forty_things):
    preview = admin.get(reverse("invoicing"), {"until": "2027-06-05"})

    held = coaching.unbilled(TODAY)
    assert len(keys(preview)) == sum(each.supplied_on.day <= 5 for each in held) < 40


@pytest.mark.parametrize("until", ["", "yesterday", "2027-13-40"])
def test_a_date_that_makes_no_sense_is_today(admin, forty_things, until):
    assert len(keys(admin.get(reverse("invoicing"), {"until": until}))) == 40


def test_one_kind_of_seller_can_be_chosen(admin, forty_things):
    assert keys(admin.get(reverse("invoicing"), {**UNTIL, "kind": "training"})) == []
    assert len(keys(admin.get(reverse("invoicing"), {**UNTIL, "kind": "coaching"}))) == 40


def test_picked_sessions_alone_are_previewed(admin, forty_things):
    picked = keys(admin.get(reverse("invoicing"), UNTIL))[5:7]

    preview = admin.get(reverse("invoicing"), {**UNTIL, "item": picked})

    assert sorted(keys(preview)) == sorted(picked)


def test_practice_details_that_are_missing_are_said_first(admin, forty_things):
    ledger.set_up_practice(legal_name="")

    assert "lack: legal name" in text(admin.get(reverse("invoicing"), UNTIL))
    make_drafts(admin)
    assert "12 not issued" in text(issue_all(admin))


def test_a_get_changes_nothing_and_a_stranger_is_refused(admin, forty_things, stranger, signed_in):
    assert admin.get(reverse("invoicing_draft")).status_code == 405
    assert admin.post(reverse("invoicing")).status_code == 405

    client = signed_in(stranger)
    for name in ("invoicing", "invoicing_issue"):
        assert client.get(reverse(name)).status_code in (302, 403)
    client.post(reverse("invoicing_draft"), UNTIL)

    assert not Invoice.objects.exists()


def test_the_preview_and_the_drafts_ask_as_often_for_many_as_for_few(
    admin, forty_things, django_assert_max_num_queries
):
    with django_assert_max_num_queries(16):
        admin.get(reverse("invoicing"), UNTIL)
    make_drafts(admin)

    with django_assert_max_num_queries(12):
        admin.get(reverse("invoicing_issue"))
