"""Mail to an address that somebody typed: fixed words, at a limited rate, for a known sender."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from profiles.models import Organisation
from training import actions
from training.models import Enrolment
from training.tests.conftest import EARLY

pytestmark = pytest.mark.django_db
LINK = "Prize at https://evil.example/now\r\nBcc: all@evil.example"
BEN = {"name": "Ben", "email": "ben@elsewhere.example.org"}


def mails_to(address, *, at=EARLY):
    mail.outbox.clear()
    outbox.deliver_due(at)
    return [message for message in mail.outbox if message.to == [address]]


def test_no_mail_to_a_stranger_carries_the_senders_words(client_user, enrol_self, make_cohort):
    client_user.name = LINK
    client_user.save()
    place = enrol_self(client_user, cohort=make_cohort(halves=1)).places[0]
    new = actions.substitute(place=place, name=LINK, email=BEN["email"], by=client_user, at=EARLY)
    third = "cat@elsewhere.example.org"
    (joining,) = mails_to(BEN["email"])
    actions.substitute(place=new, name="Cat", email=third, by=client_user, at=EARLY)
    (ended,) = mails_to(BEN["email"])

    for message in (joining, ended):
        parts = [message.body, *(part.content for part in message.alternatives)]
        text = "\n".join(parts).replace("\r\n ", "")
        assert "Prize" in text  # the name is there: as a name
        assert "evil.example" not in text
        assert "Bcc:" not in text


def test_whoever_gets_a_place_from_someone_is_not_told_that_they_booked_it(client_user, enrol_self):
    place = enrol_self(client_user).places[0]
    actions.substitute(place=place, by=client_user, at=EARLY, **BEN)

    (joining,) = mails_to(BEN["email"])
    assert "because Cleo Client booked a place on a course for you." in joining.body


@pytest.mark.parametrize("name", ["https://evil.example", "Ben www.evil.example"])
def test_a_link_for_a_name_is_refused_and_stays_in_the_form(
    signed_in, client_user, enrol_self, make_cohort, name
):
    place = soon(enrol_self, make_cohort, client_user)

    page = signed_in(client_user).post(pass_on(place), {**BEN, "name": name}).content.decode()

    assert "Enter the name only, without links" in page
    assert name in page


def soon(enrol_self, make_cohort, user):
    now = timezone.now()
    cohort = make_cohort(begins_at=now + timedelta(days=60))
    return enrol_self(user, cohort=cohort, at=now).places[0]


def pass_on(place):
    return reverse("training:pass_on", args=[place.uuid])


def test_a_place_is_passed_on_ten_times_a_day_and_not_more(
    signed_in, client_user, enrol_self, make_cohort
):
    place, browser = soon(enrol_self, make_cohort, client_user), signed_in(client_user)

    for number in range(10):
        learner = {"name": "Ben", "email": f"ben{number}@elsewhere.example.org"}
        assert browser.post(pass_on(place), learner).status_code == 302
        place = Enrolment.objects.live().get()
    answer = browser.post(pass_on(place), BEN)

    assert answer.status_code == 429
    assert not OutgoingMessage.objects.filter(address=BEN["email"]).exists()


def test_a_network_address_passes_places_on_thirty_times_a_day(
    settings, signed_in, make_user, enrol_self, make_cohort
):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "pass_on": "10/d/user,2/d/ip"}

    answers = []
    for number in range(3):
        user = make_user(f"user{number}@example.org", name="U")
        place = soon(enrol_self, make_cohort, user)
        learner = {"name": "Ben", "email": f"ben{number}@elsewhere.example.org"}
        answers.append(signed_in(user).post(pass_on(place), learner).status_code)

    assert answers == [302, 302, 429]


@pytest.mark.parametrize("is_checked", [False, True])
@pytest.mark.parametrize("is_verified", [False, True])
def test_nothing_is_sent_before_the_organisation_or_the_sender_is_confirmed(
    contact, enrol_staff, is_checked, is_verified
):
    booking = enrol_staff(contact, None)
    Organisation.objects.update(is_checked=is_checked)
    EmailAddress.objects.filter(user=contact).update(verified=is_verified)

    def name():
        actions.name_learner(place=booking.places[0], by=contact, at=EARLY, **BEN)

    if is_checked or is_verified:
        name()
        assert len(mails_to(BEN["email"])) == 1
    else:
        with pytest.raises(actions.AddressNotConfirmed):
            name()
        assert mails_to(BEN["email"]) == []


def test_nobody_unconfirmed_passes_a_place_on_or_enrols_staff(
    client_user, contact, enrol_self, enrol_staff
):
    place = enrol_self(client_user).places[0]
    Organisation.objects.update(is_checked=False)
    EmailAddress.objects.update(verified=False)

    with pytest.raises(actions.AddressNotConfirmed):
        actions.substitute(place=place, by=client_user, at=EARLY, **BEN)
    with pytest.raises(actions.AddressNotConfirmed):
        enrol_staff(contact, "Ann")
    enrol_staff(contact, None)  # nobody is written to
