"""The free first conversation is offered to those to whom it is still open, and to nobody else."""

import re

import pytest
from django.utils import timezone

from bookings import actions
from bookings.models import BookingRules, CoachingSession
from coaching_portal.testing.factories.sessions import book_session, details_url
from profiles.models import Client, DiaryDelegate

BOOK = "/book/una-umber/"
PAGES = ["/", "/coaching/", "/coaches/una-umber/", BOOK]
OFFER = re.compile(r"minutes=30|value=\"30\"")
USED = "You have already booked your free introductory conversation with Una Umber."


@pytest.fixture
def introduced(coach, client_user, free):
    """A client who has a first conversation booked."""
    return book_session(coach, client_user, minutes=30, starts_at=free(), at=timezone.now())


def lengths(answer):
    """[(minutes, is chosen)] of the first step, or of the form beside the times."""
    found = re.findall(r'<(?:input|option)[^>]* value="\d+"[^>]*>', answer.content.decode())
    is_chosen = re.compile(" checked| selected").search
    return [(re.search(r'value="(\d+)"', each)[1], bool(is_chosen(each))) for each in found]


def offers(browser, page):
    return bool(OFFER.search(browser.get(page).content.decode()))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("status", ["BOOKED", "COMPLETED", "NO_SHOW", "CANCELLED_LATE"])
def test_who_has_had_it_or_has_it_booked_sees_it_nowhere(
    signed_in, client_user, introduced, page, status
):
    CoachingSession.objects.update(status=status)

    assert not offers(signed_in(client_user), page)


@pytest.mark.parametrize("page", PAGES)
def test_who_has_not_had_it_is_offered_it(
    client, signed_in, client_user, stranger, introduced, page
):
    assert offers(client, page)
    assert offers(signed_in(stranger), page)


@pytest.mark.parametrize("page", PAGES)
def test_who_cancelled_it_is_offered_it_again(signed_in, client_user, introduced, page):
    actions.cancel(session=introduced, by=client_user, at=timezone.now())

    assert offers(signed_in(client_user), page)


@pytest.mark.parametrize("page", PAGES)
def test_where_the_coach_does_not_offer_it_nobody_sees_it(client, coach, free, page):
    free()
    BookingRules.objects.update(offers_introduction=False)

    assert not offers(client, page)


def test_the_start_page_shows_the_times_of_a_paid_session_instead(
    signed_in, client_user, introduced
):
    page = signed_in(client_user).get("/").content.decode()

    assert page.count('href="/book/una-umber/details/?minutes=60&amp;start=') == 3
    assert "For a session of 1\u00a0hour with Una Umber" in page


@pytest.mark.parametrize(
    ("is_client", "chosen"), [(False, "30"), (True, "60")], ids=["new", "existing"]
)
def test_for_an_existing_client_it_is_never_preselected(
    signed_in, coach, client_user, free, is_client, chosen
):
    free()
    if is_client:
        Client.objects.create(user=client_user, coach=coach)
    browser = signed_in(client_user)

    assert ("30", chosen == "30") in lengths(browser.get(BOOK))
    assert [minutes for minutes, is_chosen in lengths(browser.get(BOOK)) if is_chosen] == [chosen]


@pytest.mark.parametrize("address", [f"{BOOK}?minutes=30", "details"])
def test_an_address_of_one_that_was_had_says_so_and_offers_the_other_lengths(
    signed_in, coach, client_user, free, introduced, address
):
    there = details_url(coach, free(3), minutes=30) if address == "details" else address
    page = signed_in(client_user).get(there)

    assert USED in page.content.decode()
    assert "30" not in dict(lengths(page))
    assert ("60", True) in lengths(page)


def test_no_time_is_held_for_one_that_was_had(signed_in, coach, client_user, free, introduced):
    answer = signed_in(client_user).post(f"{BOOK}?minutes=30", {"start": free(3).isoformat()})

    assert answer.status_code == 400
    assert not CoachingSession.objects.filter(status="HELD").exists()
    assert signed_in(client_user).get(
        f"{BOOK}times.json?minutes=30&from=2027-06-07&to=2027-06-08"
    ).json() == {"error": "This coach offers sessions of 60, 75, 90, 105, 120 minutes."}


def test_a_visitor_who_had_it_and_signs_in_with_one_held_keeps_the_time(
    client, coach, client_user, free, introduced
):
    start = free(3).isoformat()
    there = client.post(f"{BOOK}?minutes=30", {"start": start})["Location"]
    client.force_login(client_user, backend="allauth.account.auth_backends.AuthenticationBackend")

    page = client.get(there)
    assert USED in page.content.decode()
    assert f'name="start" value="{start}"' in page.content.decode()


def test_whose_it_is_counts_not_who_books(signed_in, coach, client_user, stranger, introduced):
    DiaryDelegate.objects.create(client=client_user, user=stranger)
    key = Client.objects.get(user=client_user).uuid

    by_coach = signed_in(coach.user).get(BOOK, {"client": key})
    by_assistant = signed_in(stranger).get(BOOK, {"client": client_user.uuid})
    assert "30" not in dict(lengths(by_coach))
    assert "30" not in dict(lengths(by_assistant))
    assert "30" in dict(lengths(signed_in(stranger).get(BOOK)))
