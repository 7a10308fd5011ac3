"""What cannot be seen, or turns the line around, is refused in every text, and is named."""

import inspect
from importlib import import_module

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from coaching_portal.common import visible_text
from coaching_portal.common.visible_text import ADDRESS, LINE, PROSE
from coaching_portal.testing.races import browser_of
from profiles.models import Organisation, User

TURNS = [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"]
CONTROLS = [*"\0\x07\x08\x0b\x1b\x7f\x85\x9b"]
HIDDEN = [*"\ufeff\U000e0041\u034f\u3164\u2800\ue000\ud800\ufffe"]
PASTED = [*"\u00ad\u200b\u200e\u200f\u2028\u2060"]
FAMILY = "\U0001f469\u200d\U0001f467"


def is_taken(validator, text):
    try:
        validator(text)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("sign", TURNS + CONTROLS + HIDDEN)
@pytest.mark.parametrize("validator", [LINE, ADDRESS, PROSE])
def test_signs_that_hide_or_turn_are_refused_everywhere(validator, sign):
    assert not is_taken(validator, f"Ann{sign}Other")


@pytest.mark.parametrize("sign", PASTED)
def test_what_is_pasted_unseen_is_refused_in_names_and_let_through_in_prose(sign):
    assert not is_taken(LINE, f"Ann{sign}Other")
    assert not is_taken(ADDRESS, f"Ann{sign}Other")
    assert is_taken(PROSE, f"Ann{sign}Other")


def test_lines_end_in_addresses_and_prose_alone():
    text = "1 Example Road\r\n\tExampleton"

    assert [is_taken(each, text) for each in (LINE, ADDRESS, PROSE)] == [False, True, True]


@pytest.mark.parametrize(
    "name",
    [
        *("王小明", "Αθηνά", "محمد", "נועה", "José O’Neill-Łuczak", "José", "Đặng Thị Ánh"),
        *("می\u200cخواهم", "ක්\u200dෂ", "क्\u200dष", "葛\U000e0100城", "Ann\u00a0Other", "🦢"),
        *("", "١٢٣", "CT999999", "x" * 150),
    ],
)
def test_names_in_any_script_are_taken(name):
    assert is_taken(LINE, name)


@pytest.mark.parametrize("name", ["A\u200dnn", "\u200dक", "क\u200d", "ann\u200c", "a\U000e0100"])
def test_joiners_that_join_nothing_are_refused(name):
    assert not is_taken(LINE, name)


def test_pictures_that_are_joined_are_prose():
    assert (is_taken(PROSE, FAMILY), is_taken(LINE, FAMILY)) == (True, False)


@pytest.mark.parametrize(
    ("sign", "words"),
    [
        ("\u202e", "U+202E, right-to-left override"),
        ("\u200b", "U+200B, zero width space"),
        ("\x07", "U+0007, control character"),
        ("\ud800", "U+D800, half of a character"),
        ("\U0003fffe", "U+3FFFE, not assigned"),
    ],
)
def test_the_character_is_named(sign, words):
    with pytest.raises(ValidationError, match=words.replace("+", r"\+")):
        LINE(f"Ann{sign}")


# Every text of every model.


def test_every_text_of_a_model_is_guarded_or_named_as_written_by_the_portal():
    names, unguarded = set(), set()
    for field in visible_text.texts():
        name = f"{field.model.__name__}.{field.name}"
        names.add(name)
        guards = [each for each in field.validators if isinstance(each, visible_text.VisibleText)]
        if not guards and not field.choices and field.name != "sort_name":
            unguarded.add(name)
        assert guards in ([], [visible_text.validator_of(field)])

    assert unguarded == visible_text.WRITTEN_BY_THE_PORTAL
    assert names >= visible_text.ADDRESSES


@pytest.mark.parametrize(
    ("name", "validator"),
    [
        ("User.name", LINE),
        ("User.email", LINE),
        ("Organisation.name", LINE),
        ("Organisation.address", ADDRESS),
        ("CoachingSession.purchase_order", LINE),
        ("Payment.reference", LINE),
        ("Course.title", LINE),
        ("Enquiry.message", PROSE),
    ],
)
def test_names_and_references_are_lines(name, validator):
    field = next(
        each for each in visible_text.texts() if f"{each.model.__name__}.{each.name}" == name
    )

    assert validator in field.validators


def test_a_long_text_is_no_line():
    lines = [each for each in visible_text.texts() if LINE in each.validators]

    assert not [each for each in lines if isinstance(each, models.TextField)]


# Every text of every form that is not made from a model.

MODULES = [
    *("bookings.forms.booking", "bookings.forms.programmes", "bookings.forms.time_off"),
    *("bookings.forms.rules", "bookings.forms.outcomes", "bookings.forms.hours"),
    *("training.forms.enrolling", "training.forms.places", "coaching_portal.billing.forms"),
    *("coaching_portal.website.forms", "coaching_portal.website.my_data"),
    *("coaching_portal.notifications.forms",),
]
# Compared with what is known, and never kept.
COMPARED = {"EraseForm.email", "DetailsForm.agreement", "VisitorForm.agreement"}


def test_every_text_of_a_form_is_guarded():
    unguarded = set()
    for module in map(import_module, MODULES):
        for form in vars(module).values():
            if inspect.isclass(form) and issubclass(form, forms.BaseForm):
                of_model = issubclass(form, forms.BaseModelForm)
                unguarded |= set() if of_model else set(_unguarded(form))

    assert unguarded <= COMPARED


def _unguarded(form):
    for name, field in form.base_fields.items():
        is_text = isinstance(field, forms.CharField)
        if is_text and not any(isinstance(x, visible_text.VisibleText) for x in field.validators):
            yield f"{form.__name__}.{name}"


# What people see.


def test_a_name_at_signing_up_is_refused_and_kept_in_the_form(client, db):
    fields = {"name": "Ann \u202eOther", "email": "ann@example.org", "password1": "seven herons x"}

    page = client.post("/account/signup/", fields)

    assert "U+202E, right-to-left override" in page.text
    assert "Ann \u202eOther" in page.text
    assert not User.objects.exists()


def test_an_address_that_hides_a_sign_is_refused(client, db):
    fields = {"name": "Ann", "email": "ann@exam\u202eple.org", "password1": "seven quiet herons"}

    client.post("/account/signup/", fields)

    assert not User.objects.exists()


def test_the_office_is_told_too(admin_user):
    fields = {"name": "Example \u200bTrust", "payment_terms_days": "30"}
    rows = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}

    page = browser_of(admin_user).post("/admin/profiles/organisation/add/", fields | rows)

    assert "U+200B, zero width space" in page.text
    assert not Organisation.objects.exists()
