"""Needs are kept with consent only: recorded with its words, taken back wherever they went."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from coaching_portal.testing.factories.sessions import book_session
from coaching_portal.testing.plugin import NINE
from profiles.actions import consents
from profiles.models import Consent

pytestmark = pytest.mark.django_db

DETAILS = reverse("profiles:account_details")
LIFT = "A lift, please"


def tell(client, needs):
    fields = {"name": "Jo Bloggs", "phone": "", "needs": needs, "time_zone": "Europe/London"}
    return client.post(DETAILS, fields)


def test_writing_needs_down_gives_consent_in_the_words_of_the_page(signed_in, jo):
    browser = signed_in(jo)
    assert consents.NEEDS_WORDS in browser.get(DETAILS).text

    tell(browser, LIFT)

    consent = jo.consents.get()
    assert (consent.words, consent.withdrawn_at) == (consents.NEEDS_WORDS, None)


def test_changing_them_asks_for_no_second_consent(signed_in, jo):
    browser = signed_in(jo)

    tell(browser, LIFT)
    tell(browser, "A lift and large print")

    assert jo.consents.count() == 1
    jo.refresh_from_db()
    assert jo.needs == "A lift and large print"


def test_saying_nothing_about_needs_is_no_consent(signed_in, jo):
    tell(signed_in(jo), "")

    assert not Consent.objects.exists()


def test_booking_with_needs_gives_consent(coach, jo):
    book_session(coach, jo, needs=LIFT)

    assert jo.consents.open().get().words == consents.NEEDS_WORDS


def test_emptying_the_field_takes_it_back_everywhere(signed_in, coach, jo):
    session = book_session(coach, jo, needs=LIFT)

    tell(signed_in(jo), "")

    session.refresh_from_db()
    jo.refresh_from_db()
    assert (session.needs, jo.needs) == ("", "")
    assert jo.consents.get().withdrawn_at is not None


def test_the_button_takes_it_back_everywhere_and_from_nobody_else(
    signed_in, coach, jo, client_user
):
    session = book_session(coach, jo, needs=LIFT)
    consents.record_needs(user=client_user, needs="Large print", at=NINE)
    browser = signed_in(jo)
    page = browser.get(reverse("my_privacy"))
    assert consents.NEEDS_WORDS in page.text
    consent = page.context["consents"].get()

    answer = browser.post(reverse("withdraw_consent", args=[consent.uuid]), follow=True)

    assert "Withdrawn" in answer.text
    session.refresh_from_db()
    jo.refresh_from_db()
    assert (session.needs, jo.needs) == ("", "")
    client_user.refresh_from_db()
    assert client_user.needs == "Large print"
    assert client_user.consents.open().exists()


def test_two_open_consents_to_one_thing_cannot_be(jo):
    consents.record_needs(user=jo, needs=LIFT, at=NINE)

    with pytest.raises(IntegrityError, match="given_once"), transaction.atomic():
        Consent.objects.create(user=jo, purpose="NEEDS", words="Again", given_at=NINE)
