"""The office runs the practice without reading what clients tell their coach.

Every list, object, history and file of the admin is opened; none may show it.
"""

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib import admin
from django.contrib.admin.models import DELETION, LogEntry
from django.db import connection
from django.urls import reverse

from bookings.actions import changes
from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.sessions import agreed_programme, book_session
from coaching_portal.testing.plugin import NINE
from profiles.admin import UserAdmin

NEEDS = "a lift to floor nineteen"
NEEDS_OF_THE_DAY = "a chair without arms"
AGENDA = "the matter of the herons"
CODE = "code-731946"
FACTOR = "HERONSNESTHERONSNESTHERONSNEST22"
CONFIDENCES = (NEEDS, NEEDS_OF_THE_DAY, AGENDA, CODE, FACTOR)

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(people, admin_user):
    """A client who has told all of it, and what the office deals with because of them."""
    coach, client = people.coach.coach, people.client
    session = book_session(coach, client, needs=NEEDS_OF_THE_DAY)
    client.needs = NEEDS
    client.save()
    TOTP.activate(client, FACTOR)
    changes.add_to_agenda(session=session, text=AGENDA, by=client, at=NINE - timedelta(days=5))
    agreed_programme(coach, client)
    ledger.set_up_practice()
    ledger.issue_to(client, by=admin_user)
    outbox.queue("account-code", about=client, due_at=NINE, recipient=client, secret={"code": CODE})
    LogEntry.objects.log_actions(admin_user.pk, [client], 2, "Changed")
    session.refresh_from_db()
    return session


def addresses():
    """Every page of the admin: of each model, of each of its rows, and those without a row."""
    yield from (reverse("admin:index"), reverse("invoicing"), reverse("invoicing_issue"))
    for model in admin.site._registry:
        names = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{names}_changelist")
        for row in model._default_manager.all():
            yield from (reverse(f"{names}_{page}", args=[row.pk]) for page in ("change", "history"))
    yield from ledgers_files()


def ledgers_files():
    period = {"since": "2020-01-01", "until": "2030-12-31"}
    yield (
        reverse("admin:billing_invoice_accountant")
        + "?"
        + "&".join(f"{name}={value}" for name, value in period.items())
    )


def shown(browser):
    """{address: what it answers}, of those that the admin may open."""
    answers = {address: browser.get(address) for address in addresses()}
    return {
        address: b"".join(answer).decode("utf-8", "replace")
        for address, answer in answers.items()
        if answer.status_code == 200
    }


def test_control_all_of_it_is_kept_here(told):
    """Or the admin would have nothing to show. Codes and second factors are kept encrypted."""
    message = OutgoingMessage.objects.get(kind="account-code")

    assert outbox.secret_of(message) == {"code": CODE}
    assert (told.needs, told.client.needs) == (NEEDS_OF_THE_DAY, NEEDS)
    assert told.agenda.get().text == AGENDA
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        assert FACTOR not in cursor.fetchone()[0]


def test_no_page_of_the_admin_shows_what_was_told_in_confidence(told, signed_in, admin_user):
    pages = shown(signed_in(admin_user))

    assert len(pages) > 2 * len(admin.site._registry)
    assert any(address.endswith("/history/") for address in pages)
    assert any("Cleo Client" in text for text in pages.values())
    wrong = {
        (address, word) for address, text in pages.items() for word in CONFIDENCES if word in text
    }
    assert wrong == set()


def test_control_one_field_too_many_is_seen(told, signed_in, admin_user, monkeypatch):
    monkeypatch.setattr(UserAdmin, "fieldsets", ((None, {"fields": ("email", "needs")}),))

    page = signed_in(admin_user).get(reverse("admin:profiles_user_change", args=[told.client.pk]))

    assert NEEDS in page.text


def test_no_search_finds_it(told, signed_in, admin_user):
    browser = signed_in(admin_user)

    found = set()
    for model, model_admin in admin.site._registry.items():
        if model_admin.search_fields:
            list_page = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
            for word in CONFIDENCES:
                answer = browser.get(reverse(list_page), {"q": word})
                found |= {(model, word)} if answer.context["cl"].result_count else set()
    assert found == set()


def test_nobody_is_given_a_second_factor(told, signed_in, admin_user):
    factor = told.client.authenticator_set.get()
    browser = signed_in(admin_user)

    added = browser.get(reverse("admin:mfa_authenticator_add"))
    changed = browser.post(
        reverse("admin:mfa_authenticator_change", args=[factor.pk]), {"data": "{}"}
    )

    assert (added.status_code, changed.status_code) == (403, 403)


@pytest.mark.parametrize("way", ["from its page", "from the list"])
def test_who_loses_a_second_factor_is_told_and_it_is_recorded(told, signed_in, admin_user, way):
    factor, browser = told.client.authenticator_set.get(), signed_in(admin_user)

    if way == "from its page":
        browser.post(reverse("admin:mfa_authenticator_delete", args=[factor.pk]), {"post": "yes"})
    else:
        chosen = {"action": "delete_selected", "_selected_action": factor.pk, "post": "yes"}
        browser.post(reverse("admin:mfa_authenticator_changelist"), chosen)

    assert not told.client.authenticator_set.exists()
    assert OutgoingMessage.objects.filter(
        kind="account-second-step-off", recipient=told.client
    ).exists()
    assert LogEntry.objects.filter(action_flag=DELETION, user=admin_user).exists()
