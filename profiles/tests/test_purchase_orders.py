"""Purchase order numbers are checked by masks that nobody can mistype into a fault."""

import time
from importlib import import_module

import pytest
from django.apps import apps

from coaching_portal.testing.races import browser_of
from profiles import purchase_orders
from profiles.models import Organisation


@pytest.mark.parametrize(
    ("mask", "number", "is_taken"),
    [
        ("CT999999", "CT123456", True),
        ("CT999999", "CT12345", False),
        ("CT999999", "CT1234567", False),
        ("CT999999", "XT123456", False),
        ("CT999999", "ct123456", False),
        ("CT999999", "CT12345x", False),
        ("CT999999", "CT12345\n", False),
        ("CT999999", "CT12345٣", False),
        ("AA-99", "PO-12", True),
        ("AA-99", "Po-12", True),
        ("AA-99", "P1-12", False),
        ("**", "a1", True),
        ("**", "a-", False),
        (r"\A9", "A1", True),
        (r"\A9", "B1", False),
        (r"\99", "91", True),
        ("", "whatever", True),
    ],
)
def test_a_mask_says_what_may_stand_at_each_place(mask, number, is_taken):
    assert purchase_orders.fits(mask, number) is is_taken


@pytest.mark.parametrize("mask", ["CT[0-9", "CT[0-9]{6}", "(a+)+$", r"\d{6}", "PO?", "é", "CT\\"])
def test_what_is_no_mask_is_refused_in_words(mask):
    assert "Write 9 for a digit" in purchase_orders.problem_with_mask(mask)


@pytest.mark.parametrize("mask", ["CT999999", "PO-AA/99 .*", r"\A9"])
def test_a_mask_of_letters_digits_and_signs_will_do(mask):
    assert purchase_orders.problem_with_mask(mask) == ""


@pytest.mark.parametrize("mask", ["(a+)+$", "A" * 50, "*" * 50, "CT[0-9", "\\"])
def test_no_mask_takes_long_or_fails(mask):
    started = time.perf_counter()

    purchase_orders.fits(mask, "a" * 49 + "!")

    assert time.perf_counter() - started < 0.1


# The office enters one.


@pytest.fixture
def save(admin_user):
    """save(purchase_order_mask=…): the answer of the admin's form of a new organisation."""
    browser = browser_of(admin_user)
    empty = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}

    def send(address="/admin/profiles/organisation/add/", **fields):
        facts = {"name": "Example Trust", "payment_terms_days": "30", "is_checked": "on"}
        return browser.post(address, {**facts, **empty, **fields})

    return send


def test_a_regular_expression_is_refused_beside_the_field(save):
    answer = save(purchase_order_mask="CT[0-9", purchase_order_example="CT123456")

    assert "cannot be part of a mask" in str(answer.context["errors"])
    assert 'value="CT[0-9"' in answer.text
    assert not Organisation.objects.exists()


def test_a_mask_is_tried_with_the_example(save):
    answer = save(purchase_order_mask="CT999999", purchase_order_example="CT12345")
    assert "The mask CT999999 does not allow CT12345" in str(answer.context["errors"])

    answer = save(purchase_order_mask="CT999999", purchase_order_example="")
    assert "so that the mask can be tried" in str(answer.context["errors"])

    assert (
        save(purchase_order_mask="CT999999", purchase_order_example="CT123456").status_code == 302
    )
    assert not Organisation.objects.get().problem_with_purchase_order("CT654321")
    assert Organisation.objects.get().problem_with_purchase_order("654321")


# What was there before masks.


@pytest.mark.parametrize(
    ("pattern", "mask"),
    [
        ("PO-[0-9]{6}", "PO-999999"),
        ("^CT[0-9]{3}$", "CT999"),
        (r"PO\d\d/[A-Z]{2}", "PO99/AA"),
        (r"NA\-[A-Za-z0-9]{2}", r"N\A-**"),
        (r"2\.9", r"2.\9"),
        ("CT[0-9", None),
        ("(a+)+", None),
        ("PO-[0-9]{6,8}", None),
        ("PO-[0-9]+", None),
        ("PO.123", None),
        ("[0-9]{60}", None),
        ("[0-9]{0}", None),
        ("PO|CT", None),
        (r"\w", None),
        ("", None),
    ],
)
def test_simple_patterns_become_masks(pattern, mask):
    assert purchase_orders.mask_of_pattern(pattern) == mask


def test_the_migration_turns_what_is_simple_and_leaves_the_rest(db):
    facts = {"PO-[0-9]{6}": ("PO-999999", "PO-123456"), "CT[0-9": ("", ""), "": ("", "")}
    for pattern in facts:
        Organisation.objects.create(name=f"Trust {pattern}", purchase_order_pattern=pattern)
    migration = import_module("profiles.migrations.0007_masks_of_purchase_orders")

    migration.write_masks(apps, None)
    for each in Organisation.objects.all():
        expected = facts[each.purchase_order_pattern]
        assert (each.purchase_order_mask, each.purchase_order_example) == expected

    migration.clear_masks(apps, None)
    assert not Organisation.objects.exclude(purchase_order_mask="").exists()


@pytest.mark.parametrize("mask", ["CT999999", r"\A9A*", "**-AA"])
def test_an_example_of_a_mask_fits_it(mask):
    assert purchase_orders.fits(mask, purchase_orders.example_of(mask))


@pytest.fixture
def old(db):
    """With a pattern that was mistyped, and never became a mask."""
    return Organisation.objects.create(
        name="Example Trust", purchase_order_pattern="CT[0-9", requires_purchase_order=True
    )


def test_a_pattern_that_is_no_mask_stops_nobody_and_is_to_do_for_the_office(old, admin_user):
    assert old.problem_with_purchase_order("CT123456") == ""

    browser = browser_of(admin_user)
    assert "Purchase order forms to enter anew" in browser.get("/admin/").text
    listed = browser.get("/admin/profiles/organisation/?purchase_order=anew")
    assert "Example Trust" in listed.text


def test_the_office_sees_the_old_pattern_and_a_mask_ends_the_matter(old, save):
    address = f"/admin/profiles/organisation/{old.pk}/change/"

    save(address, purchase_order_mask="CT999999", purchase_order_example="CT123456")

    old.refresh_from_db()
    assert (old.purchase_order_mask, old.purchase_order_pattern) == ("CT999999", "")
    assert not Organisation.objects.with_pattern_to_enter_anew().exists()


def test_an_old_pattern_is_kept_until_a_mask_or_nothing_takes_its_place(old, save):
    address = f"/admin/profiles/organisation/{old.pk}/change/"

    save(address, purchase_order_pattern="CT[0-9")
    assert Organisation.objects.with_pattern_to_enter_anew().exists()
    assert "Enter a mask instead" in save(address, purchase_order_pattern="CT[0-9]").text
    save(address, purchase_order_pattern="")

    assert not Organisation.objects.with_pattern_to_enter_anew().exists()
