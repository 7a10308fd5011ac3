"""Whoever has a programme with sessions left is offered it first, however they come to book."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from urllib.parse import urlencode

import pytest
from django.db import IntegrityError
from django.utils import timezone

from bookings import actions
from bookings.models import CoachingSession, Programme
from coaching_portal.testing.factories.sessions import (
    agreed_programme,
    answers,
    book_session,
    details_url,
    open_hours,
    proposed_programme,
)
from profiles.models import Client, Coach, DiaryDelegate, Organisation

BOOK = "/book/una-umber/"
DAY = timedelta(days=1)
SINGLE = "none"


@pytest.fixture
def trust(db):
    return Organisation.objects.create(name="Example Trust")


@pytest.fixture
def programme(coach, client_user, trust, free):
    """Six sessions of 90 minutes that Example Trust pays for, four of them used."""
    free()
    now = timezone.now()
    programme = agreed_programme(
        coach, client_user, at=now - 30 * DAY, minutes=90, organisation=trust, title="Leading well"
    )
    used(programme, 4)
    return programme


def used(programme, number):
    """So many sessions of the programme that have taken place."""
    now = timezone.now()
    for days in range(1, number + 1):
        start = now - days * DAY
        CoachingSession.objects.create(
            coach=programme.coach,
            client=programme.client,
            programme=programme,
            organisation=programme.organisation,
            status="COMPLETED",
            starts_at=start,
            ends_at=start + timedelta(minutes=90),
            free_again_at=start + timedelta(minutes=90),
            rate=Decimal(75),
            price=Decimal("112.50"),
        )


def read(answer):
    """The words of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def radios(answer, name="session"):
    """[(value, is checked)] of a group of radio buttons."""
    found = re.findall(rf'<input[^>]*type="radio"[^>]*name="{name}"[^>]*>', answer.content.decode())
    return [(re.search(r'value="([^"]*)"', each)[1], " checked" in each) for each in found]


def options(answer, name):
    """[(value, is selected)] of a list beside the times."""
    page = answer.content.decode()
    found = re.search(rf'<select[^>]* name="{name}">(.*?)</select>', page, re.DOTALL)[1]
    each = re.findall(r"<option[^>]*>", found)
    return [(re.search(r'value="([^"]*)"', one)[1], " selected" in one) for one in each]


def test_the_programme_is_proposed_first_and_a_single_session_is_the_other_choice(
    signed_in, client_user, programme
):
    page = signed_in(client_user).get(BOOK)

    choices = radios(page)
    assert choices[0] == (str(programme.uuid), True)
    assert ("60", False) in choices
    assert [value for value, is_checked in choices if is_checked] == [str(programme.uuid)]
    assert "From your programme: 2 of 6 left" in read(page)
    assert "Example Trust pays" in read(page)


def test_the_first_step_leads_to_a_session_of_the_programme(
    signed_in, coach, client_user, trust, programme
):
    browser = signed_in(client_user)
    value = radios(browser.get(BOOK))[0][0]
    week = browser.get(BOOK, {"session": value, "location": "VIDEO"})
    start = week.context["picker"].slots[0].value
    action = unescape(
        re.search(r'method="post" action="([^"]*book[^"]*)"', week.content.decode())[1]
    )

    there = browser.post(action, {"start": start})["Location"]
    browser.post(there, {"start_early": "on"})

    session = CoachingSession.objects.get(status="BOOKED")
    assert (session.programme, session.organisation, session.price) == (
        programme,
        trust,
        Decimal("112.50"),
    )
    assert programme.sessions_left == 1


def test_where_an_organisation_pays_the_page_says_so_and_asks_no_money(
    signed_in, coach, client_user, free, programme
):
    asked = {"programme": programme.uuid, "minutes": 90}
    browser = signed_in(client_user)

    details = browser.get(details_url(coach, free(), **asked))
    assert re.search(r">\s*Book this session\s*</button>", details.content.decode())
    assert "Who pays Example Trust" in read(details)
    assert "£" not in read(details)
    assert "Example Trust pays" in read(browser.get(BOOK, asked))
    done = browser.post(details_url(coach, free(), **asked), {}, follow=True)
    assert "Example Trust pays for this session." in read(done)


def test_where_the_client_pays_the_button_says_what_at_the_agreed_rate(
    signed_in, coach, client_user, free
):
    start = free()
    programme = agreed_programme(coach, client_user, at=timezone.now())
    coach.hourly_rate = 85
    coach.save()

    there = details_url(coach, start, programme=programme.uuid)
    page = read(signed_in(client_user).get(there))

    assert "Book this session, £75.00" in page


@pytest.mark.parametrize("asked", [{}, {"minutes": 60}, {"minutes": 60, "date": "2027-06-07"}])
def test_every_address_that_says_nothing_of_it_asks_first(signed_in, client_user, programme, asked):
    page = signed_in(client_user).get(BOOK, asked)

    assert radios(page)[0] == (str(programme.uuid), True)
    if "date" in asked:
        assert b'name="date" value="2027-06-07"' in page.content


def test_a_time_is_not_held_before_it_is_said_what_the_session_is(
    signed_in, client_user, free, programme
):
    answer = signed_in(client_user).post(f"{BOOK}?minutes=60", {"start": free().isoformat()})

    assert answer.status_code == 400
    assert radios(answer)
    assert not CoachingSession.objects.filter(status="HELD").exists()


def test_a_form_that_does_not_say_so_books_nothing_outside_the_programme(
    signed_in, coach, client_user, free, programme
):
    answer = signed_in(client_user).post(details_url(coach, free()), answers(coach))

    assert answer.status_code == 400
    assert not CoachingSession.objects.filter(status="BOOKED").exists()


def test_a_single_session_is_booked_by_whoever_says_so(
    signed_in, coach, client_user, free, programme
):
    browser = signed_in(client_user)
    week = browser.get(BOOK, {"session": "60", "location": "VIDEO"})
    assert f"programme={SINGLE}" in week.content.decode()

    held = browser.post(f"{BOOK}?minutes=60&programme={SINGLE}", {"start": free().isoformat()})
    there = held["Location"]
    assert "Book this session, £75.00" in read(browser.get(there))
    browser.post(there, answers(coach))

    session = CoachingSession.objects.get(status="BOOKED")
    assert (session.programme, session.organisation) == (None, None)


def test_somebody_who_held_a_time_and_then_signs_in_is_asked_with_the_time_kept(
    client, coach, client_user, free, programme
):
    there = client.post(f"{BOOK}?minutes=60", {"start": free().isoformat()})["Location"]
    client.force_login(client_user, backend="allauth.account.auth_backends.AuthenticationBackend")

    page = client.get(there)
    assert radios(page)[0] == (str(programme.uuid), True)
    assert "We are holding this time for you" in read(page)
    form = re.search(r'<form method="get"[^>]*action="([^"]*)"', page.content.decode())[1]
    assert form == f"{BOOK}details/"
    assert f'name="start" value="{free().isoformat()}"' in page.content.decode()

    asked = {"session": str(programme.uuid), "location": "VIDEO", "start": free().isoformat()}
    details = client.get(f"{form}?{urlencode(asked)}")
    assert "Book this session" in read(details)
    post = unescape(
        re.search(r'method="post" action="([^"]*details[^"]*)"', details.content.decode())[1]
    )
    client.post(post, {})

    session = CoachingSession.objects.get(status="BOOKED")
    assert (session.programme, session.minutes, session.starts_at) == (programme, 90, free())
    assert not CoachingSession.objects.filter(status="HELD").exists()


def test_an_address_with_a_programme_survives_a_sign_in(client, coach, client_user, programme):
    asked = f"{BOOK}?{urlencode({'programme': programme.uuid, 'minutes': 90})}"

    for answer in (client.get(asked), client.post(asked, {"start": "2027-06-07T08:00:00+00:00"})):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/login/?next=/book/una-umber/%3Fprogramme%3D")
        assert str(programme.uuid) in answer["Location"]
    assert not CoachingSession.objects.filter(status="HELD").exists()


def test_the_choice_survives_the_picker(signed_in, client_user, programme):
    browser = signed_in(client_user)

    for asked, kept in (
        ({"session": str(programme.uuid), "location": "VIDEO"}, f"programme={programme.uuid}"),
        ({"session": "60", "location": "VIDEO"}, f"programme={SINGLE}"),
    ):
        page = browser.get(BOOK, asked)
        text = unescape(page.content.decode())
        name, value = kept.split("=")
        assert f'<input type="hidden" name="{name}" value="{value}">' in text  # the zone's form
        shown = page.context["picker"]
        days = [*shown.days, *(day for week in shown.month.weeks for day in week if day)]
        links = [day.url for day in days] + [shown.later, shown.earlier]
        assert len(links) > 20
        assert all(kept in link for link in links if link)
        assert kept in re.search(r'method="post" action="(/book/[^"]*)"', text)[1]


def test_the_choice_can_be_changed(signed_in, client_user, programme):
    browser = signed_in(client_user)
    page = browser.get(BOOK, {"programme": programme.uuid, "minutes": 90, "location": "TELEPHONE"})

    assert options(page, "session")[0] == (str(programme.uuid), True)
    assert ("TELEPHONE", True) in options(page, "location")
    changed = browser.get(BOOK, {"session": "60", "location": "VIDEO", "date": "2027-06-07"})
    assert ("60", True) in options(changed, "session")
    assert "date=2027-06-07" in changed.context["this_day"]


def test_from_the_programmes_page_nothing_is_asked(signed_in, client_user, programme):
    browser = signed_in(client_user)
    page = browser.get(programme.get_absolute_url()).content.decode()
    link = unescape(re.search(r'href="(/book/[^"]*)">Book a session', page)[1])

    answer = browser.get(link)
    assert answer.context["picker"].slots
    assert "From your programme" in read(answer)


def test_without_a_programme_nobody_sees_anything_of_it(signed_in, client, coach, stranger, free):
    free()
    for browser in (client, signed_in(stranger)):
        page = browser.get(BOOK)
        assert "programme" not in read(page)
        assert options(page, "minutes")
        assert browser.get(BOOK, {"minutes": 60}).context["picker"]


@pytest.mark.parametrize("status", ["PROPOSED", "PAUSED", "COMPLETED", "ENDED"])
def test_a_programme_that_cannot_be_booked_is_not_proposed(
    signed_in, client_user, programme, status
):
    Programme.objects.update(status=status)
    browser = signed_in(client_user)

    assert not radios(browser.get(BOOK))
    refused = browser.get(BOOK, {"programme": programme.uuid, "minutes": 90})
    assert "Sessions of this programme cannot be booked now." in read(refused)
    assert radios(refused, "minutes")


def test_a_used_up_programme_is_not_proposed_and_its_address_says_why(
    signed_in, client_user, free, programme
):
    book_session(
        programme.coach,
        client_user,
        programme=programme,
        minutes=90,
        starts_at=free(),
        at=timezone.now(),
    )
    assert f'value="{programme.uuid}"' in signed_in(client_user).get(BOOK).content.decode()
    book_session(
        programme.coach,
        client_user,
        programme=programme,
        minutes=90,
        starts_at=free(2),
        at=timezone.now(),
    )

    browser = signed_in(client_user)
    assert not radios(browser.get(BOOK))
    asked = {"programme": programme.uuid, "minutes": 90}
    assert "You have used all 6 agreed sessions. Ask Una Umber for a review: email" in read(
        browser.get(BOOK, asked)
    )
    held = browser.post(f"{BOOK}?{urlencode(asked)}", {"start": free(3).isoformat()})
    assert held.status_code == 400
    assert not CoachingSession.objects.filter(status="HELD").exists()


def test_of_two_programmes_the_client_chooses(signed_in, coach, client_user, programme):
    other = agreed_programme(coach, client_user, at=timezone.now(), title="Team of nine")
    browser = signed_in(client_user)

    page = browser.get(BOOK)
    programmes = {str(programme.uuid), str(other.uuid)}
    assert {value for value, _ in radios(page)[:2]} == programmes
    assert not any(is_checked for _, is_checked in radios(page))
    assert "Leading well" in read(page)
    assert "Team of nine" in read(page)

    unsaid = browser.get(BOOK, {"location": "VIDEO", "chosen": "yes"})
    assert "Choose which session you want." in read(unsaid)
    week = browser.get(BOOK, {"session": str(other.uuid), "location": "VIDEO"})
    assert f"programme={other.uuid}" in week.content.decode()


def test_a_programme_with_another_coach_is_not_proposed(
    signed_in, make_user, client_user, programme
):
    olu = Coach.objects.create(
        user=make_user("coach2@example.org", name="Olu Other"), slug="olu-other", is_public=True
    )
    open_hours(olu)
    browser = signed_in(client_user)

    assert not radios(browser.get("/book/olu-other/"))
    asked = {"programme": programme.uuid, "minutes": 90}
    assert browser.get("/book/olu-other/", asked).status_code == 404


def test_another_persons_programme_in_the_first_steps_form_is_nothing_chosen(
    signed_in, stranger, programme
):
    answer = signed_in(stranger).get(BOOK, {"session": str(programme.uuid), "location": "VIDEO"})

    assert answer.status_code == 200
    assert "Leading well" not in read(answer)
    assert radios(answer, "minutes")


def test_a_coach_who_books_for_a_client_is_offered_the_programme(
    signed_in, coach, client_user, stranger, free, programme
):
    key = Client.objects.get_or_create(user=client_user, coach=coach)[0].uuid
    other = Client.objects.create(user=stranger, coach=coach).uuid
    browser = signed_in(coach.user)

    for asked in ({"client": key}, {"client": key, "minutes": 60}):
        page = browser.get(BOOK, asked)
        assert radios(page)[0] == (str(programme.uuid), True)
        assert "From the programme: 2 of 6 left" in read(page)
    # The same form, with another client chosen in it, is no session of anybody's programme.
    mixed = browser.get(BOOK, {"client": other, "session": str(programme.uuid)})
    assert mixed.status_code == 200
    assert not mixed.context.get("picker")

    asked = {"client": key, "programme": programme.uuid, "minutes": 90}
    browser.post(details_url(coach, free(), **asked), {})
    assert CoachingSession.objects.get(status="BOOKED").programme == programme


def test_an_assistant_books_from_the_programme_and_learns_neither_title_nor_price(
    signed_in, client_user, stranger, coach, free, programme
):
    DiaryDelegate.objects.create(client=client_user, user=stranger)
    browser = signed_in(stranger)

    page = browser.get(BOOK, {"client": client_user.uuid})
    assert radios(page)[0] == (str(programme.uuid), True)
    asked = {"client": client_user.uuid, "programme": programme.uuid, "minutes": 90}
    pages = [page, browser.get(BOOK, asked), browser.get(details_url(coach, free(), **asked))]
    pages.append(browser.post(details_url(coach, free(), **asked), {}, follow=True))
    for each in pages:
        assert "Leading well" not in read(each)
        assert "Example Trust" not in read(each)
        assert "£112.50" not in read(each).replace("1 hour 30 minutes, £112.50", "")
    assert CoachingSession.objects.get(status="BOOKED").programme == programme


def test_a_cancelled_single_session_is_offered_again_with_the_programme_first(
    signed_in, coach, client_user, free, programme
):
    session = book_session(coach, client_user, starts_at=free(), at=timezone.now())
    actions.cancel(session=session, by=client_user, at=timezone.now())
    browser = signed_in(client_user)
    page = browser.get(session.get_absolute_url()).content.decode()
    again = unescape(re.search(r'href="([^"]*)">Book another time', page)[1])

    assert radios(browser.get(again))[0] == (str(programme.uuid), True)


@pytest.mark.parametrize("change", ["client", "coach", "programme"])
def test_the_database_counts_no_session_to_anothers_or_an_unagreed_programme(
    make_user, coach, client_user, stranger, free, programme, change
):
    session = book_session(coach, client_user, starts_at=free(), at=timezone.now())
    CoachingSession.objects.filter(pk=session.pk).update(programme=programme)
    other = Coach.objects.create(user=make_user("coach2@example.org"), slug="olu-other")
    proposed = proposed_programme(coach, client_user, at=timezone.now())
    wrong = {"client": stranger, "coach": other, "programme": proposed}[change]

    with pytest.raises(IntegrityError, match="another one, or it is not agreed"):
        CoachingSession.objects.filter(pk=session.pk).update(**{change: wrong})
