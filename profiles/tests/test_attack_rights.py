"""Somebody in the office who may change people's accounts, and would like to do more than that."""

import pytest
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from profiles.admin import UserAdmin

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(make_user, signed_in):
    """The browser of somebody who may see, add and change accounts."""
    clerk = make_user("clerk@example.org", name="Cat Clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__endswith="_user"))
    return signed_in(clerk)


@pytest.fixture
def superusers():
    return Group.objects.create(name="Everything")


def page_of(user):
    return reverse("admin:profiles_user_change", args=[user.pk])


def raised(browser, user, group):
    """Whether saving the account with every box ticked gave it rights."""
    form = {"email": user.email, "name": user.name, "time_zone": user.time_zone}
    form |= {"is_active": "on", "is_staff": "on", "is_superuser": "on", "groups": [group.pk]}
    browser.post(page_of(user), form)
    user.refresh_from_db()
    return user.is_staff or user.is_superuser or user.groups.exists()


def test_a_clerk_raises_nobody(clerk, jo, superusers):
    assert not raised(clerk, jo, superusers)


def test_control_as_it_comes_a_clerk_raises_anybody(clerk, jo, superusers, monkeypatch):
    monkeypatch.setattr(UserAdmin, "get_readonly_fields", DjangoUserAdmin.get_readonly_fields)

    assert raised(clerk, jo, superusers)


def test_a_clerk_changes_an_ordinary_account(clerk, jo):
    form = {"email": jo.email, "name": "Jo Bowles", "time_zone": jo.time_zone, "is_active": "on"}

    clerk.post(page_of(jo), form)

    jo.refresh_from_db()
    assert jo.name == "Jo Bowles"


def test_a_clerk_does_not_get_at_a_colleagues_address_or_password(clerk, admin_user):
    password = reverse("admin:auth_user_password_change", args=[admin_user.pk])

    for page in (page_of(admin_user), password):
        assert clerk.post(page, {"email": "mine@example.org"}).status_code == 403


def test_a_superuser_says_who_may_do_what(signed_in, admin_user, jo, superusers):
    browser = signed_in(admin_user)
    page = browser.get(page_of(jo))
    forms = [each.formset for each in page.context["inline_admin_formsets"]]
    management = {
        f"{form.prefix}-{name}": "0" for form in forms for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    rights = {"is_active": "on", "is_staff": "on", "groups": [superusers.pk]}

    browser.post(
        page_of(jo),
        {"email": jo.email, "name": jo.name, "time_zone": jo.time_zone} | rights | management,
    )

    jo.refresh_from_db()
    assert jo.is_staff
    assert jo.groups.get() == superusers
