import pytest

from bookings import actions
from bookings.tests.scenes import WEEKS_AHEAD, book_session
from coaching_portal.tests.matrix import access_test, action, only, open_to_all, signed_in


@pytest.fixture
def a_coach(people):
    return {"slug": people.coach.coach.slug}


@pytest.fixture
def session(people):
    return book_session(people.coach.coach, people.client)


@pytest.fixture
def a_session(session):
    return {"uuid": session.uuid}


@pytest.fixture
def a_booked_session(session):
    return {"slug": session.coach.slug, "uuid": session.uuid}


@pytest.fixture
def an_agenda_item(session):
    item = actions.add_to_agenda(
        session=session, text="The rota", by=session.client, at=WEEKS_AHEAD
    )
    return {"uuid": session.uuid, "item": item.uuid}


THOSE_CONCERNED = {"client": 200, "delegate": 200, "coach": 200}

PAGES = {
    # Booking, and the client's sessions.
    "bookings:book": open_to_all("a_coach"),
    "bookings:details": open_to_all("a_coach", status=302),  # to the first step
    "bookings:booked": only("a_booked_session", **THOSE_CONCERNED),
    "bookings:sessions": signed_in(),
    "bookings:session": only("a_session", **THOSE_CONCERNED),
    "bookings:session_ics": only("a_session", **THOSE_CONCERNED),
    "bookings:move": only("a_session", **THOSE_CONCERNED),
    "bookings:cancel": only("a_session", **THOSE_CONCERNED),
    "bookings:add_agenda": action("a_session", "client"),
    "bookings:remove_agenda": action("an_agenda_item", "client"),
    "bookings:confirm": action("a_session", "coach"),
    "bookings:no_show": action("a_session", "coach"),
    "bookings:waive": action("a_session", "coach"),
    # Open to all, but it wants to be asked for a length and dates.
    "bookings:times_json": open_to_all("a_coach", status=400),
}

test_who_may_open = access_test(PAGES)
