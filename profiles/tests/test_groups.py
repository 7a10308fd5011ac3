"""What a group of colleagues may do, ticked in Django admin."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(admin_user, signed_in):
    return signed_in(admin_user)


def on_offer(browser):
    page = browser.get(reverse("admin:auth_group_add"))
    return set(page.context["adminform"].form.fields["permissions"].queryset)


def permission(label):
    app, codename = label.split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def test_what_is_on_offer_is_what_the_site_asks_about(admin):
    offered = on_offer(admin)

    asked = ("billing.issue_invoice", "profiles.change_user", "training.change_teachingsession")
    assert offered >= {permission(each) for each in asked}
    never = ("contenttypes.add_contenttype", "sessions.view_session", "bookings.add_timeoff")
    assert not offered & {permission(each) for each in never}


def test_what_a_group_has_already_stays(admin):
    finance = Group.objects.create(name="Finance")
    finance.permissions.set([rare := permission("sessions.view_session")])
    page = reverse("admin:auth_group_change", args=[finance.pk])
    offered = on_offer(admin)

    common = permission("billing.issue_invoice")
    admin.post(page, {"name": "Finances", "permissions": [rare.pk, common.pk]})

    finance.refresh_from_db()
    assert rare in offered
    assert finance.name == "Finances"
    assert set(finance.permissions.all()) == {rare, common}
