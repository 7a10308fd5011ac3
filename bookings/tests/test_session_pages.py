import uuid
from copy import copy as copy_of
from datetime import timedelta

import pytest
from django.utils import timezone

from bookings import actions
from bookings.models import CoachingSession
from bookings.views.sessions import SessionPresenter
from profiles.models import Coach, DiaryDelegate, Membership, Organisation

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


PAGES = ["", "move/", "cancel/", "session.ics"]


@pytest.mark.parametrize("page", PAGES)
def test_a_session_is_for_its_client_their_delegate_and_the_coach(
    client, signed_in, make_user, book, coach, client_user, stranger, page
):
    session = book()
    there = f"/sessions/{session.uuid}/{page}"
    delegate = make_user("delegate@example.org")
    DiaryDelegate.objects.create(user=delegate, client=client_user)
    other_coach = Coach.objects.create(user=make_user("coach2@example.org"), slug="two").user
    sponsor = make_user("sponsor@example.org")
    trust = Organisation.objects.create(name="Example Trust")
    Membership.objects.create(user=sponsor, organisation=trust, role="SPONSOR")
    CoachingSession.objects.update(organisation=trust)

    assert client.get(there).status_code == 302
    for user in (client_user, delegate, coach.user):
        assert signed_in(user).get(there).status_code == 200
    for user in (stranger, other_coach, sponsor):
        assert signed_in(user).get(there).status_code == 404


def test_a_delegate_sees_time_and_place_only(signed_in, make_user, book, client_user):
    session = book(agenda="A private matter", needs="A hearing loop")
    delegate = make_user("delegate@example.org")
    DiaryDelegate.objects.create(user=delegate, client=client_user)

    page = signed_in(delegate).get(f"/sessions/{session.uuid}/").content.decode()

    assert session.reference in page
    for secret in ("A private matter", "A hearing loop", "£75.00", "History", "Agenda"):
        assert secret not in page
    answer = signed_in(delegate).post(f"/sessions/{session.uuid}/agenda/", {"text": "Mine"})
    assert answer.status_code == 404


def test_my_sessions_show_the_next_one_then_the_rest(signed_in, book, client_user):
    last, first = book(in_=9 * DAY), book(in_=3 * DAY)
    past = book(in_=-3 * DAY)

    page = signed_in(client_user).get("/sessions/")

    assert page.context["upcoming_first"].session == first
    assert [view.session for view in page.context["upcoming"]] == [last]
    assert [view.session for view in page.context["past"]] == [past]
    assert "To be confirmed" in page.content.decode()


def test_without_sessions_the_page_says_what_will_be_there(signed_in, stranger):
    page = signed_in(stranger).get("/sessions/").content.decode()

    assert "Your sessions will appear here" in page
    assert "Find a time" in page


def test_the_diary_of_a_client_is_shown_with_their_name(signed_in, stranger, book, client_user):
    DiaryDelegate.objects.create(user=stranger, client=client_user)
    book()

    assert "for Cleo Client" in signed_in(stranger).get("/sessions/").content.decode()


def test_the_link_to_join_is_live_from_ten_minutes_before_until_the_end(book, client_user):
    session = book()
    minute = timedelta(minutes=1)

    def live(at):
        return SessionPresenter(client_user, session, at).can_be_joined

    assert not live(session.starts_at - 10 * minute - timedelta(seconds=1))
    assert live(session.starts_at - 10 * minute)
    assert live(session.ends_at - timedelta(seconds=1))
    assert not live(session.ends_at)


def test_the_link_to_join_stands_on_the_page(signed_in, book, client_user):
    book(in_=timedelta(minutes=9))

    page = signed_in(client_user).get("/sessions/").content.decode()

    assert 'href="https://video.example.org/una"' in page


def test_the_client_adds_to_the_agenda_and_takes_away(signed_in, book, client_user):
    session = book()
    browser = signed_in(client_user)

    page = browser.post(f"/sessions/{session.uuid}/agenda/", {"text": "The rota"}, follow=True)
    assert "The rota" in page.content.decode()
    item = session.agenda.get()
    browser.post(f"/sessions/{session.uuid}/agenda/{item.uuid}/remove/")

    assert not session.agenda.exists()


def test_an_empty_agenda_item_is_asked_for_again(signed_in, book, client_user):
    session = book()

    page = signed_in(client_user).post(f"/sessions/{session.uuid}/agenda/", {"text": " "})

    assert "Write what you would like to talk about." in page.content.decode()


def test_nobody_but_the_author_takes_an_item_away(signed_in, book, coach, client_user, stranger):
    session = book()
    item = actions.add_to_agenda(
        session=session, text="The rota", by=client_user, at=timezone.now()
    )

    for user in (stranger, coach.user):
        there = f"/sessions/{session.uuid}/agenda/{item.uuid}/remove/"
        assert signed_in(user).post(there).status_code == 404


def test_the_coach_says_what_became_of_a_session(signed_in, book, coach):
    session = book(in_=-2 * HOUR)
    browser = signed_in(coach.user)
    assert "Did it take place?" in browser.get(f"/sessions/{session.uuid}/").content.decode()

    browser.post(f"/sessions/{session.uuid}/no-show/")
    assert "Waive the charge" in browser.get(f"/sessions/{session.uuid}/").content.decode()
    browser.post(f"/sessions/{session.uuid}/waive/", {"reason": "Ill"})

    session.refresh_from_db()
    assert (session.status, session.waiver_reason) == ("NO_SHOW", "Ill")


@pytest.mark.parametrize("verb", ["confirm", "no-show", "waive", "agenda"])
def test_nothing_changes_by_get(signed_in, book, coach, verb):
    session = book()

    assert signed_in(coach.user).get(f"/sessions/{session.uuid}/{verb}/").status_code == 405


@pytest.mark.parametrize("verb", ["confirm", "no-show", "waive"])
def test_only_the_coach_says_what_became_of_a_session(signed_in, book, client_user, verb):
    session = book(in_=-2 * HOUR)

    answer = signed_in(client_user).post(f"/sessions/{session.uuid}/{verb}/", {"reason": "x"})

    assert answer.status_code == 404


def test_the_calendar_file_keeps_one_uid_and_counts_the_changes(signed_in, book, client_user):
    session = book()
    there = f"/sessions/{session.uuid}/session.ics"
    browser = signed_in(client_user)

    first = browser.get(there).content.decode()
    actions.cancel(session=session, by=client_user, at=timezone.now())
    second = browser.get(there).content.decode()

    def line(text, name):
        return next(line for line in text.splitlines() if line.startswith(name))

    assert line(first, "UID") == line(second, "UID")
    assert (line(first, "SEQUENCE"), line(second, "SEQUENCE")) == ("SEQUENCE:0", "SEQUENCE:1")
    assert (line(first, "METHOD"), line(second, "METHOD")) == ("METHOD:PUBLISH",) * 2
    assert (line(first, "STATUS"), line(second, "STATUS")) == (
        "STATUS:CONFIRMED",
        "STATUS:CANCELLED",
    )


@pytest.mark.parametrize("number", [10, 1000])
def test_my_sessions_take_as_many_queries_for_ten_as_for_a_thousand(
    signed_in, book, client_user, django_assert_max_num_queries, number
):
    session = book(in_=HOUR / 2)
    CoachingSession.objects.bulk_create(
        copy_at(session, session.starts_at + 2 * HOUR * (count - number // 2))
        for count in range(number)
        if count != number // 2
    )
    browser = signed_in(client_user)
    browser.get("/sessions/")  # the practice's record is made on the first page

    with django_assert_max_num_queries(8):
        page = browser.get("/sessions/")

    assert page.context["page"].paginator.count == number // 2


def copy_at(session, starts_at):
    """The same session at another time."""
    copy = copy_of(session)
    copy.pk, copy.uuid = None, uuid.uuid4()
    copy.starts_at, copy.ends_at = starts_at, starts_at + HOUR
    copy.free_again_at = copy.ends_at
    return copy
