"""Every date in every form: asked for by the browser's picker, shown so that it can read it, and
from 2000 to 2100."""

import inspect
import pkgutil
from datetime import UTC, date, datetime
from importlib import import_module

import pytest
from django import forms
from django.contrib import admin
from django.db import IntegrityError, models, transaction

import bookings.forms
import training.forms
from bookings.forms.time_off import TimeOffForm
from bookings.models import DateOverride, TimeOff
from coaching_portal.billing import forms as billing_forms
from coaching_portal.billing.models import Payment
from coaching_portal.common import date_fields
from coaching_portal.common.date_fields import DayField, MomentField
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import browser_of
from coaching_portal.website import forms as views_forms
from profiles.accounts import forms as account_forms

REFUSED = ["0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31", "2026-02-30", "31/12/1999", "x"]
TAKEN = ["2000-01-01", "2100-12-31", "2027-06-07", "07/06/2027"]


def forms_of_pages():
    packages = [*_modules(bookings.forms), *_modules(training.forms)]
    for module in (*packages, billing_forms, views_forms, account_forms):
        for form in vars(module).values():
            if inspect.isclass(form) and issubclass(form, forms.BaseForm):
                yield form


def _modules(package):
    return [import_module(f"{package.__name__}.{each.name}") for each in
            pkgutil.iter_modules(package.__path__)]  # fmt: skip


def dates_of_pages():
    for form in forms_of_pages():
        for name, field in getattr(form, "base_fields", {}).items():
            if isinstance(field, forms.DateField | forms.DateTimeField):
                yield f"{form.__name__}.{name}", field


def dates_of_the_admin():
    """Each date of each model that a form of the admin could show."""
    for model_admin in admin.site._registry.values():
        inlines = [inline(model_admin.model, admin.site) for inline in model_admin.inlines]
        for shown in (model_admin, *inlines):
            for field in shown.model._meta.fields:
                if isinstance(field, models.DateField):
                    form_field = shown.formfield_for_dbfield(field, request=None)
                    if form_field is not None:
                        yield f"{shown.model.__name__}.{field.name}", form_field


ON_PAGES = dict(dates_of_pages())


def test_every_date_of_a_page_is_the_one_date_field():
    assert {"TimeOffForm.starts_on", "DateHoursForm.date", "PaymentForm.received_on"} <= {*ON_PAGES}
    assert [name for name, field in ON_PAGES.items() if not isinstance(field, DayField)] == []


def test_every_date_of_the_admin_is_the_one_date_field():
    found = dict(dates_of_the_admin())

    assert {"Leader.approved_on", "TeachingSession.starts_at"} <= {*found}
    wrong = {k for k, field in found.items() if not isinstance(field, DayField | MomentField)}
    assert wrong == set()


@pytest.mark.parametrize("name", ON_PAGES)
def test_dates_out_of_reach_are_refused(name):
    for text in REFUSED:
        with pytest.raises(forms.ValidationError):
            ON_PAGES[name].clean(text)
    for text in TAKEN:
        assert ON_PAGES[name].clean(text)


@pytest.mark.parametrize("text", REFUSED)
def test_so_are_moments(text):
    with pytest.raises(forms.ValidationError):
        MomentField().clean([text, "09:00"])


@pytest.mark.parametrize("text", TAKEN)
def test_moments_within_reach_are_taken(text):
    assert MomentField().clean([text, "09:00"]).hour == 9


class Form(forms.Form):
    day = DayField(initial=date(2027, 6, 7))
    moment = MomentField(initial=NINE, required=False)


def test_what_is_filled_in_can_be_read_by_a_browser():
    page = Form().as_p()

    assert 'type="date" name="day" value="2027-06-07"' in page
    assert 'type="date" name="moment_0" value="2027-06-07"' in page
    assert 'type="time" name="moment_1" value="09:00"' in page


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("07/06/2027", "2027-06-07"), ("9999-12-31", "9999-12-31"), ("2026-02-30", "2026-02-30")],
)
def test_what_was_typed_stays_and_can_be_read(typed, shown):
    assert f'value="{shown}"' in Form({"day": typed}).as_p()


def test_a_form_of_the_admin_shows_iso_dates_without_a_calendar_of_its_own(admin_user):
    page = browser_of(admin_user).get("/admin/profiles/leader/add/").text

    assert 'type="date" name="approved_on"' in page
    assert "vDateField" not in page


def test_time_off_in_9999_is_refused_beside_its_field(coach):
    fields = {"starts_on": "2027-06-07", "ends_on": "9999-12-31"}

    form = TimeOffForm(fields, coach=coach, at=NINE)

    assert form.errors == {"ends_on": [date_fields.WORDS]}


def test_time_off_may_end_with_the_last_day(coach):
    form = TimeOffForm({"starts_on": "2100-12-31", "ends_on": "2100-12-31"}, coach=coach, at=NINE)

    assert form.is_valid()
    TimeOff.objects.create(
        coach=coach, starts_at=form.cleaned_data["starts_at"], ends_at=form.cleaned_data["ends_at"]
    )


# The database keeps it.


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1999, 12, 31), date(2101, 1, 1)])
def test_the_database_refuses_hours_and_payments_out_of_reach(coach, day):
    payment = {"user": coach.user, "amount": 1, "recorded_at": NINE, "recorded_by": coach.user}

    for create in (
        lambda: DateOverride.objects.create(coach=coach, date=day),
        lambda: Payment.objects.create(received_on=day, **payment),
    ):
        with pytest.raises(IntegrityError, match="within_reach"), transaction.atomic():
            create()


@pytest.mark.parametrize(
    "end", [datetime(2101, 1, 3, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
)
def test_the_database_refuses_time_off_out_of_reach(coach, end):
    with pytest.raises(IntegrityError, match="within_reach"), transaction.atomic():
        TimeOff.objects.create(coach=coach, starts_at=NINE, ends_at=end)


def test_the_hours_of_a_coach_open_with_the_last_day_closed(coach):
    DateOverride.objects.create(coach=coach, date=date_fields.LAST)

    assert browser_of(coach.user).get("/calendar/hours/").status_code == 200
