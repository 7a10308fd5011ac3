"""Naming, passing on and claiming places."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed

from coaching_portal.common.refusals import Refusal
from coaching_portal.testing.plugin import NINE
from profiles.models import User
from training import actions
from training.models import Enrolment
from training.tests.conftest import EARLY

BEN = {"name": "Ben", "email": "ben@trust.example.org"}


def test_naming_later_changes_neither_the_count_nor_the_price(contact, enrol_staff, cohort):
    booking = enrol_staff(contact, "Ann", None)
    before = booking.total

    actions.name_learner(place=booking.unnamed_places[0], by=contact, at=EARLY, **BEN)

    booking = type(booking).objects.get()
    cohort.refresh_from_db()
    assert [place.name for place in booking.places] == ["Ann", "Ben"]
    assert booking.total == before
    assert cohort.taken == 2


def test_naming_and_passing_on_work_until_the_course_begins(contact, enrol_staff):
    booking = enrol_staff(contact, "Ann", None)
    named, unnamed = booking.places
    just_before = NINE - timedelta(microseconds=1)

    for place, act in ((unnamed, actions.name_learner), (named, actions.substitute)):
        with pytest.raises(actions.AlreadyBegun):
            act(place=place, by=contact, at=NINE, **BEN)
    actions.name_learner(place=unnamed, by=contact, at=just_before, **BEN)
    actions.substitute(place=named, name="Cat", email="c@x.example.org", by=contact, at=just_before)


def test_a_place_passed_on_the_day_before_is_recorded_on_both_sides(contact, enrol_staff, cohort):
    booking = enrol_staff(contact, "Ann")
    at = NINE - timedelta(days=1)

    new = actions.substitute(place=booking.places[0], by=contact, at=at, **BEN)

    old = Enrolment.objects.get(name="Ann")
    cohort.refresh_from_db()
    assert (old.status, old.ended_at, old.ended_by) == ("SUBSTITUTED", at, contact)
    assert (new.substitute_for, new.named_at, new.named_by) == (old, at, contact)
    assert cohort.taken == 1
    assert type(booking).objects.get().total == 295


def test_who_has_a_place_cannot_be_named_for_another(contact, enrol_staff):
    booking = enrol_staff(contact, "Ben", None, "Cat")
    _ben, unnamed, cat = booking.places

    with pytest.raises(actions.AlreadyEnrolled):
        actions.name_learner(place=unnamed, by=contact, at=EARLY, **BEN)
    with pytest.raises(actions.AlreadyEnrolled):
        actions.substitute(place=cat, by=contact, at=EARLY, **BEN)


def test_a_named_place_is_not_named_again(contact, enrol_staff):
    booking = enrol_staff(contact, "Ann")

    with pytest.raises(Refusal, match="pass it on"):
        actions.name_learner(place=booking.places[0], by=contact, at=EARLY, **BEN)


def test_a_learner_with_a_verified_address_is_linked_at_once(make_user, contact, enrol_staff):
    ann = make_user("ANN@trust.example.org", name="Ann")

    assert enrol_staff(contact, "Ann").places[0].learner == ann


def test_an_unverified_address_is_linked_when_it_is_verified(contact, enrol_staff):
    place = enrol_staff(contact, "Ann").places[0]
    user = User.objects.create_user(email="Ann@Trust.example.org")
    address = EmailAddress.objects.create(user=user, email=user.email, verified=False)

    actions.claim_places(user=user)
    place.refresh_from_db()
    assert place.learner is None

    address.verified = True
    address.save()
    email_confirmed.send(EmailAddress, request=None, email_address=address)
    place.refresh_from_db()
    assert place.learner == user


def test_signing_in_claims_what_was_booked_for_the_address(
    make_user, contact, enrol_staff, signed_in
):
    place = enrol_staff(contact, "Ann").places[0]

    client = signed_in(make_user("ann@trust.example.org", name="Ann"))

    place.refresh_from_db()
    assert place.learner.name == "Ann"
    assert "Clinical audit" in client.get("/learning/").content.decode()


def test_one_person_with_two_addresses_claims_one_place_of_a_cohort(
    make_user, contact, enrol_staff
):
    enrol_staff(contact, "Ann", "Anna")
    user = make_user("ann@trust.example.org")
    EmailAddress.objects.create(user=user, email="anna@trust.example.org", verified=True)

    actions.claim_places(user=user)

    assert Enrolment.objects.filter(learner=user).count() == 1


def test_the_naming_page_names_and_the_passing_on_page_passes_on(signed_in, contact, enrol_staff):
    import time_machine

    with time_machine.travel(EARLY):
        booking = enrol_staff(contact, "Ann", None)
        client = signed_in(contact)
        named, unnamed = booking.places

        page = client.post(f"/learning/places/{unnamed.uuid}/name/", {"name": "Ben"})
        assert "Error: " in page.content.decode()
        page = client.post(f"/learning/places/{unnamed.uuid}/name/", BEN, follow=True)
        assert "The place is Ben&#x27;s" in page.content.decode()
        page = client.post(f"/learning/places/{named.uuid}/pass-on/", BEN)
        assert "already has a place" in page.content.decode()
        cat = {"name": "Cat", "email": "cat@trust.example.org"}
        page = client.post(f"/learning/places/{named.uuid}/pass-on/", cat, follow=True)
        assert "Passed on" in page.content.decode()
