"""A leader's page or interview is public when the leader approved it, or its sources are named."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from coaching_portal.testing.races import browser_of
from coaching_portal.tests.security.forms_on_pages import forms_of
from profiles.models import Interview, Leader, Theme

pytestmark = pytest.mark.django_db

PUBLISHED, APPROVAL = Leader.State.PUBLISHED, Leader.State.APPROVAL
DAY = date(2027, 6, 7)


def a_leader(**facts):
    return Leader(slug="lea", name="Lea Leader", role="Chair", introduction="First.", **facts)


def approved(text):
    text.approved_on, text.approved_version = DAY, text.version()
    return text


@pytest.fixture
def leader():
    """Approved and published."""
    draft = a_leader()
    draft.save()
    approved(draft).state = PUBLISHED
    draft.save()
    return draft


@pytest.fixture
def interview(leader):
    found = approved(Interview(leader=leader, slug="first", title="First", summary="About it."))
    found.is_published = True
    found.save()
    return found


# The rule.


def test_without_a_basis_nothing_is_public():
    leader = a_leader(state=PUBLISHED)
    leader.save()
    interview = Interview.objects.create(leader=leader, slug="a", title="A", is_published=True)

    assert (leader.state, interview.is_published) == (APPROVAL, False)


@pytest.mark.parametrize(
    "facts", [{"approved_on": DAY}, {"approved_version": "0" * 64}, {"public_sources": " \n"}]
)
def test_half_a_basis_is_none(facts):
    leader = a_leader(state=PUBLISHED, **facts)
    leader.save()

    assert leader.state == APPROVAL


def test_what_names_its_sources_is_public_without_an_approval(client):
    leader = a_leader(state=PUBLISHED, public_sources="A podcast\n\n <b>A report</b> ")
    leader.save()

    page = client.get("/leaders/lea/").text
    assert "<li>A podcast</li>" in page
    assert "<li>&lt;b&gt;A report&lt;/b&gt;</li>" in page
    assert "approved" not in page


def test_what_is_approved_says_when(client, interview):
    for address in ("/leaders/lea/", "/leaders/lea/first/"):
        assert "Lea Leader approved this page on 7 June 2027" in client.get(address).text


def test_a_changed_text_waits_for_a_new_approval(client, leader, interview):
    leader.introduction, interview.summary = "Second.", "About something else."
    leader.save()
    interview.save()

    assert (leader.state, interview.is_published) == (APPROVAL, False)
    assert client.get("/leaders/lea/").status_code == 404
    assert client.get("/leaders/lea/first/").status_code == 404


def test_a_changed_theme_is_a_changed_text(leader):
    Theme.objects.create(leader=leader, title="Added later")
    assert not leader.has_basis

    approved(leader).save()
    assert leader.has_basis


def test_what_is_not_read_may_change(leader, interview):
    leader.position, interview.audio_minutes = 7, 24
    leader.save()
    interview.save()

    assert (leader.state, interview.is_published) == (PUBLISHED, True)


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Leader, {"approved_on": None}),
        (Leader, {"approved_version": ""}),
        (Interview, {"approved_on": None}),
        (Interview, {"approved_version": ""}),
    ],
)
def test_the_database_keeps_the_rule(leader, interview, model, change):
    with pytest.raises(IntegrityError, match="public_on_a_basis"), transaction.atomic():
        model.objects.update(**change)

    model.objects.update(public_sources="A podcast", **change)


# In the admin.


@pytest.fixture
def office(admin_user):
    return browser_of(admin_user)


def form_of(office, leader):
    page = office.get(f"/admin/profiles/leader/{leader.pk}/change/")
    return next(form for form in forms_of(page) if "introduction" in form.names)


def send(office, leader, **changes):
    form = form_of(office, leader)
    data = {**form.data, **changes}
    answer = office.post(f"/admin/profiles/leader/{leader.pk}/change/", data, follow=True)
    leader.refresh_from_db()
    return answer


def test_the_office_cannot_publish_without_a_basis(office):
    leader = a_leader()
    leader.save()

    answer = send(office, leader, state="PUBLISHED")

    assert "record the leader&#x27;s approval" in answer.text
    assert leader.state == Leader.State.DRAFT


def test_an_approval_needs_its_date(office):
    leader = a_leader()
    leader.save()

    assert "Enter the date on which" in send(office, leader, is_approved_now="on").text


def test_the_office_records_an_approval_of_the_text_as_it_is(office):
    leader = a_leader()
    leader.save()
    facts = {"state": "PUBLISHED", "is_approved_now": "on", "approved_on": "2027-06-07"}

    send(office, leader, introduction="Second.", **facts)

    assert leader.state == PUBLISHED
    assert leader.is_approved


def test_the_office_is_told_that_a_changed_text_is_not_public(office, leader):
    answer = send(office, leader, introduction="Second.")

    assert "has changed since it was approved" in answer.text
    assert leader.state == APPROVAL


def test_a_theme_added_in_the_admin_takes_the_page_back(office, leader):
    theme = {"themes-TOTAL_FORMS": "1", "themes-0-title": "New", "themes-0-position": "0"}

    send(office, leader, **theme)

    assert leader.state == APPROVAL


def test_the_office_sees_interviews_that_wait(office, interview):
    interview.summary = "Other."
    interview.save()

    assert "Leaders with an interview to approve and publish" in office.get("/admin/").text
    assert "Lea Leader" in office.get("/admin/profiles/leader/?interviews=waiting").text


# What was public before.


def test_the_migration_keeps_what_was_approved_and_asks_for_the_rest(leader, interview):
    migration = import_module("profiles.migrations.0012_basis_of_public_profiles")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in ("leader", "interview"):
            constraint = f"profiles_{name}_is_public_on_a_basis"
            cursor.execute(f"ALTER TABLE profiles_{name} DROP CONSTRAINT {constraint}")
    other = Leader.objects.create(slug="o", name="Olu", role="Chair")
    Leader.objects.update(approved_version="", state=PUBLISHED)
    Interview.objects.update(approved_on=None, approved_version="")

    migration.record_what_is_known(apps, None)

    assert Leader.objects.get(pk=leader.pk).approved_version == leader.version()
    assert Leader.objects.get(pk=leader.pk).state == PUBLISHED
    assert Leader.objects.get(pk=other.pk).state == APPROVAL
    assert not Interview.objects.get().is_published
