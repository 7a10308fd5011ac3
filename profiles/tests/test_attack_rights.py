"""Somebody in the office who may change people's accounts, and would like to do more than that."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.personal_data.audit import changes_of
from coaching_portal.testing.plugin import secret_sent_to
from profiles.accounts import office_changes
from profiles.admin import UserAdmin
from profiles.models import Coach, User
from profiles.tests.signing import PASSWORD, give_second_factor, is_signed_in, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(make_user, signed_in):
    """The browser of somebody who has every permission that there is, and is no superuser."""
    clerk = make_user("clerk@example.org", name="Cat Clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.all())
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
    browser.post(page_of(user), form | no_rows(browser, user))
    user.refresh_from_db()
    return user.is_staff or user.is_superuser or user.groups.exists()


def test_a_clerk_raises_nobody(clerk, jo, superusers):
    assert not raised(clerk, jo, superusers)


def test_control_as_it_comes_a_clerk_raises_anybody(clerk, jo, superusers, monkeypatch):
    monkeypatch.setattr(UserAdmin, "get_readonly_fields", DjangoUserAdmin.get_readonly_fields)

    assert raised(clerk, jo, superusers)


def test_a_clerk_changes_an_ordinary_account(clerk, jo):
    form = {"name": "Jo Bowles", "phone": "01632 960001", "time_zone": jo.time_zone}

    clerk.post(page_of(jo), form | {"is_active": "on"} | no_rows(clerk, jo))

    jo.refresh_from_db()
    assert (jo.name, jo.phone) == ("Jo Bowles", "01632 960001")


# What lets people in.


def no_rows(browser, user):
    """The form's inlines, without any row."""
    context = browser.get(page_of(user)).context
    forms = [each.formset for each in (context or {}).get("inline_admin_formsets", [])]
    return {
        f"{form.prefix}-{name}": "0" for form in forms for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }


def lets_in(user):
    """Everything that decides who signs in as the user, and what they then may do."""
    row = User.objects.filter(pk=user.pk).values("email", "password", "is_staff", "is_superuser")
    return (
        row.get(),
        set(user.groups.all()),
        set(user.user_permissions.all()),
        set(user.emailaddress_set.values_list("email", "verified", "primary")),
        set(user.authenticator_set.values_list("pk", "type")),
        set(UserSession.objects.filter(user=user).values_list("pk")),
    )


@pytest.fixture
def everybody(admin_user, make_user, coach, client_user, superusers):
    colleague = make_user("colleague@example.org", name="Con Colleague", is_staff=True)
    colleague.groups.add(superusers)
    root = make_user("root@example.org", name="Ru Root", is_superuser=True)
    for user in (everyone := [admin_user, colleague, root, coach.user, client_user]):
        give_second_factor(user)
        UserSession.objects.create(user=user, ip="192.0.2.1", session_key=f"key{user.pk}")
    return everyone


def posts_at(user):
    """Every address of the admin where something of how the user signs in could be changed."""
    new = {"email": "mine@example.org", "verified": "on", "primary": "on", "user": user.pk}
    yield (
        page_of(user),
        new | {"name": "X", "time_zone": "UTC", "is_staff": "on", "is_superuser": "on"},
    )
    for name in ("password1", "password2"):
        new[name] = "nine loud magpies"
    yield (
        reverse("admin:auth_user_password_change", args=[user.pk]),
        new | {"usable_password": "true", "set-password": "1", "unset-password": "1"},
    )
    yield reverse("admin:account_emailaddress_add"), new
    yield reverse("admin:mfa_authenticator_add"), {"user": user.pk, "type": "totp", "data": "{}"}
    session = {"user": user.pk, "session_key": "mine", "ip": "192.0.2.9", "data": "{}"}
    yield reverse("admin:usersessions_usersession_add"), session
    rows = {
        "account_emailaddress": user.emailaddress_set.all(),
        "mfa_authenticator": user.authenticator_set.all(),
        "usersessions_usersession": UserSession.objects.filter(user=user),
        "auth_group": user.groups.all(),
    }
    for name, found in rows.items():
        for row in found:
            yield reverse(f"admin:{name}_change", args=[row.pk]), new | session
            if name != "usersessions_usersession":  # signing somebody out lets nobody in
                yield reverse(f"admin:{name}_delete", args=[row.pk]), {"post": "yes"}
                for action in ("delete_selected", "make_verified"):
                    chosen = {"action": action, "_selected_action": row.pk, "post": "yes"}
                    yield reverse(f"admin:{name}_changelist"), chosen


def test_no_way_of_the_admin_lets_a_clerk_change_how_anybody_signs_in(clerk, everybody):
    for user in everybody:
        user.emailaddress_set.update(verified=False)
        before = lets_in(user)
        for address, form in posts_at(user):
            clerk.post(address, form | (no_rows(clerk, user) if address == page_of(user) else {}))
            assert lets_in(user) == before, (str(user), address)


def test_control_with_djangos_own_rights_a_clerk_changes_it(clerk, client_user, monkeypatch):
    monkeypatch.setattr(UserAdmin, "get_readonly_fields", DjangoUserAdmin.get_readonly_fields)
    before = lets_in(client_user)

    address, form = next(posts_at(client_user))
    clerk.post(address, form | no_rows(clerk, client_user))

    assert lets_in(client_user) != before


def test_a_clerk_changes_no_group(clerk, superusers):
    page = reverse("admin:auth_group_change", args=[superusers.pk])

    answers = [
        clerk.post(page, {"name": "Mine", "permissions": []}).status_code,
        clerk.post(reverse("admin:auth_group_add"), {"name": "Mine"}).status_code,
        clerk.post(reverse("admin:auth_group_delete", args=[superusers.pk])).status_code,
    ]

    assert answers == [403, 403, 403]
    assert Group.objects.get() == superusers


def test_a_clerk_makes_nobody_a_coach_and_gives_nobody_a_coachs_clients(clerk, jo, coach):
    page = reverse("admin:profiles_coach_change", args=[coach.pk])
    new = {"coach-TOTAL_FORMS": "1", "coach-0-slug": "jo", "coach-0-time_zone": "UTC"}
    form = {"name": jo.name, "time_zone": jo.time_zone, "is_active": "on", **no_rows(clerk, jo)}

    clerk.post(page_of(jo), form | new | {"coach-0-hourly_rate": "75.00"})
    clerk.post(page, {"user": jo.pk, "slug": "mine"})

    assert clerk.get(reverse("admin:profiles_coach_add")).status_code == 403
    assert "user" not in clerk.get(page).context["adminform"].form.fields
    assert Coach.objects.get().user == coach.user


def test_a_clerk_adds_a_person_without_a_password(clerk):
    fields = {"email": "new@example.org", "name": "Nell New"}
    password = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}

    clerk.post(reverse("admin:profiles_user_add"), fields | password)

    new = User.objects.get(email="new@example.org")
    assert new.name == "Nell New"
    assert not new.has_usable_password()


def test_a_clerk_sees_no_hash_of_a_password(clerk, jo, admin_user):
    for user in (jo, admin_user):
        page = clerk.get(page_of(user))
        assert page.status_code == 200
        assert "argon" not in page.text
        assert "pbkdf2" not in page.text


def test_no_list_changes_how_people_sign_in():
    for model in (User, Group, EmailAddress, Authenticator, UserSession):
        assert not admin.site._registry[model].list_editable


# Superusers may; and the person hears of it.


@pytest.fixture
def root(signed_in, admin_user):
    return signed_in(admin_user)


def told():
    return set(OutgoingMessage.objects.values_list("kind", "address"))


def newest_in_trail(user):
    newest = changes_of(user)[0]
    return newest.by, newest.where, [label for label, _, _ in newest.fields]


OFFICE = "sign-in details changed by the office"


def test_a_clerk_does_not_get_at_a_colleagues_address_or_password(clerk, admin_user):
    password = reverse("admin:auth_user_password_change", args=[admin_user.pk])

    for page in (page_of(admin_user), password):
        assert clerk.post(page, {"email": "mine@example.org"}).status_code == 403


def test_a_superuser_says_who_may_do_what(root, jo, superusers):
    rights = {"is_active": "on", "is_staff": "on", "groups": [superusers.pk]}
    form = {"email": jo.email, "name": jo.name, "time_zone": jo.time_zone}

    root.post(page_of(jo), form | rights | no_rows(root, jo))

    jo.refresh_from_db()
    assert jo.is_staff
    assert jo.groups.get() == superusers
    assert told() == {("account-rights-changed-by-us", "jo@example.org")}
    assert newest_in_trail(jo) == ("admin@example.com", "admin:profiles_user_change", [OFFICE])


def test_a_group_alone_is_told_and_recorded_too(root, jo, superusers):
    form = {"email": jo.email, "name": jo.name, "time_zone": jo.time_zone, "is_active": "on"}

    root.post(page_of(jo), form | {"groups": [superusers.pk]} | no_rows(root, jo))

    assert told() == {("account-rights-changed-by-us", "jo@example.org")}
    assert newest_in_trail(jo) == ("admin@example.com", "admin:profiles_user_change", [OFFICE])


def test_of_a_new_address_both_are_told_and_only_the_new_one_signs_in(root, jo):
    form = {"email": "jo@new.example.org", "name": jo.name, "time_zone": jo.time_zone}

    root.post(page_of(jo), form | {"is_active": "on"} | no_rows(root, jo))

    kind = "account-address-changed-by-us"
    assert told() == {(kind, "jo@example.org"), (kind, "jo@new.example.org")}
    assert newest_in_trail(jo)[2] == [OFFICE]
    address = EmailAddress.objects.get(user=jo)
    assert (address.email, address.primary, address.verified) == ("jo@new.example.org", True, False)
    assert not is_signed_in(_tries(jo.email))
    signing = _tries("jo@new.example.org")
    assert not is_signed_in(signing)  # not before the code that is sent there
    assert secret_sent_to("jo@new.example.org")["code"]


def _tries(email):
    browser = Client()
    sign_in(browser, email)
    return browser


def test_a_name_alone_tells_nobody(root, jo):
    form = {"email": jo.email, "name": "Jo Bowles", "time_zone": jo.time_zone, "is_active": "on"}

    root.post(page_of(jo), form | no_rows(root, jo))

    jo.refresh_from_db()
    assert jo.name == "Jo Bowles"
    assert told() == set()


def test_a_new_password_is_told_and_recorded(root, jo):
    fields = {"password1": "nine loud magpies", "password2": "nine loud magpies"}
    password = reverse("admin:auth_user_password_change", args=[jo.pk])

    root.post(password, fields | {"usable_password": "true", "set-password": "1"})

    jo.refresh_from_db()
    assert jo.check_password("nine loud magpies")
    assert told() == {("account-password-changed-by-us", "jo@example.org")}
    assert newest_in_trail(jo)[2] == [OFFICE]


def test_the_members_of_a_group_hear_that_it_may_do_more(root, jo, superusers):
    jo.groups.add(superusers)
    page = reverse("admin:auth_group_change", args=[superusers.pk])
    issue = Permission.objects.get(codename="issue_invoice")

    root.post(page, {"name": superusers.name, "permissions": [issue.pk]})

    assert told() == {("account-rights-changed-by-us", "jo@example.org")}
    assert newest_in_trail(jo)[:2] == ("admin@example.com", "admin:auth_group_change")


@pytest.mark.parametrize("way", ["from its page", "from the list"])
def test_the_members_of_a_group_hear_that_it_is_gone(root, jo, superusers, way):
    jo.groups.add(superusers)

    if way == "from its page":
        page = reverse("admin:auth_group_delete", args=[superusers.pk])
        root.post(page, {"post": "yes"})
    else:
        chosen = {"action": "delete_selected", "_selected_action": superusers.pk, "post": "yes"}
        root.post(reverse("admin:auth_group_changelist"), chosen)

    assert not Group.objects.exists()
    assert told() == {("account-rights-changed-by-us", "jo@example.org")}


def test_the_message_says_what_to_do(jo, mailoutbox):
    office_changes.tell_of_rights(user=jo, at=timezone.now())

    outbox.deliver_due(timezone.now())

    (mail,) = mailoutbox
    assert "We changed what your account may do." in mail.body
    assert (
        "If you did not expect this, contact us at once: email practice@example.org." in mail.body
    )
