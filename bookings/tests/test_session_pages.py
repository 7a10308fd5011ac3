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
    book(in_=-3 * DAY)

    page = signed_in(client_user).get("/sessions/")

    assert page.context["next_session"].session == first
    assert shown(page) == [last]
    text = page.content.decode()
    assert "1 more upcoming session<" in text
    assert f'href="/sessions/{first.uuid}/move/"' in text
    assert f'href="/sessions/{first.uuid}/cancel/"' in text


def shown(page):
    return [view.session for view in page.context["rows"]]


def test_past_and_cancelled_sessions_have_lists_of_their_own(signed_in, book, client_user):
    past, ahead, cancelled, late = book(in_=-3 * DAY), book(), book(in_=6 * DAY), book(in_=8 * DAY)
    actions.cancel(session=cancelled, by=client_user, at=timezone.now())
    CoachingSession.objects.filter(pk=late.pk).update(status="CANCELLED_LATE")
    browser = signed_in(client_user)

    upcoming, over, off = (
        browser.get("/sessions/", {"show": show}) for show in ("anything", "past", "cancelled")
    )

    assert upcoming.context["next_session"].session == ahead
    assert shown(upcoming) == []
    assert shown(over) == [past]
    assert "To be confirmed" in over.content.decode()
    assert "1 past session<" in over.content.decode()
    assert shown(off) == [late, cancelled]
    assert "2 cancelled sessions<" in off.content.decode()
    for page in (upcoming, over, off):
        assert [each.count for each in page.context["lists"]] == [1, 1, 2]
        assert page.content.decode().count('aria-current="page"') >= 1
    assert over.context["next_session"] is off.context["next_session"] is None


def test_a_session_is_past_from_its_end_and_not_before(book, client_user):
    session = book()
    mine = CoachingSession.objects.filter(client=client_user)
    second = timedelta(seconds=1)

    assert not mine.over(session.ends_at - second)
    assert mine.upcoming(session.ends_at - second).get() == session
    assert mine.over(session.ends_at).get() == session
    assert not mine.upcoming(session.ends_at)


@pytest.mark.parametrize(
    ("show", "changes"),
    [
        ("upcoming", {}),
        ("past", {"status": "COMPLETED"}),
        ("cancelled", {"status": "CANCELLED"}),
    ],
)
def test_each_list_has_pages_that_keep_to_it(signed_in, make_session, client_user, show, changes):
    start = timezone.now().replace(microsecond=0) + DAY
    for number in range(23):
        make_session(starts_at=start + number * 2 * HOUR, status="BOOKED")
    CoachingSession.objects.update(**changes)
    browser = signed_in(client_user)

    first, second = (browser.get("/sessions/", {"show": show, "page": n}) for n in (1, 2))

    is_upcoming = show == "upcoming"
    assert [len(shown(page)) for page in (first, second)] == ([20, 2] if is_upcoming else [20, 3])
    assert not set(shown(first)) & set(shown(second))
    link = '"?page=2"' if is_upcoming else f'"?show={show}&amp;page=2"'
    assert link in first.content.decode()
    assert "Page 2 of 2" in second.content.decode()


@pytest.mark.parametrize(
    ("show", "words", "action"),
    [
        ("", "Your sessions will appear here", "Find a time"),
        ("past", "Sessions that are over will appear here", "See your upcoming sessions"),
        ("cancelled", "Sessions that you or your coach cancelled", "See your upcoming sessions"),
    ],
)
def test_without_sessions_the_page_says_what_will_be_there(
    signed_in, stranger, show, words, action
):
    page = signed_in(stranger).get("/sessions/", {"show": show}).content.decode()

    assert words in page
    assert action in page


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

    for show, count in {"upcoming": number // 2 - 1, "past": number // 2, "cancelled": 0}.items():
        with django_assert_max_num_queries(12):
            page = browser.get("/sessions/", {"show": show})

        assert page.context["page"].paginator.count == count


def copy_at(session, starts_at):
    """The same session at another time."""
    copy = copy_of(session)
    copy.pk, copy.uuid = None, uuid.uuid4()
    copy.starts_at, copy.ends_at = starts_at, starts_at + HOUR
    copy.free_again_at = copy.ends_at
    return copy
