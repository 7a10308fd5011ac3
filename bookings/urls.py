from django.urls import path

from bookings.views import (
    book,
    changes,
    details,
    programmes,
    programmes_coach,
    sessions,
    sessions_coach,
    times,
)

app_name = "bookings"

urlpatterns: list = [
    # Booking, and the client's sessions.
    path("book/<slug:slug>/", book.book, name="book"),
    path("book/<slug:slug>/details/", details.details, name="details"),
    path("book/<slug:slug>/done/<uuid:uuid>/", details.booked, name="booked"),
    path("sessions/", sessions.sessions, name="sessions"),
    path("sessions/<uuid:uuid>/", sessions.session, name="session"),
    path("sessions/<uuid:uuid>/move/", changes.move, name="move"),
    path("sessions/<uuid:uuid>/cancel/", changes.cancel, name="cancel"),
    path("sessions/<uuid:uuid>/session.ics", sessions.session_ics, name="session_ics"),
    path("sessions/<uuid:uuid>/confirm/", sessions_coach.confirm, name="confirm"),
    path("sessions/<uuid:uuid>/no-show/", sessions_coach.no_show, name="no_show"),
    path("sessions/<uuid:uuid>/waive/", sessions_coach.waive, name="waive"),
    path("sessions/<uuid:uuid>/agenda/", sessions.add_agenda, name="add_agenda"),
    path(
        "sessions/<uuid:uuid>/agenda/<uuid:item>/remove/",
        sessions.remove_agenda,
        name="remove_agenda",
    ),
    # Free times, and the coach's own pages.
    path("book/<slug:slug>/times.json", times.times_json, name="times_json"),
    # Programmes.
    path("programmes/", programmes.programme_list, name="programmes"),
    path("programmes/<uuid:uuid>/", programmes.programme, name="programme"),
    path("programmes/<uuid:uuid>/accept/", programmes.accept, name="programme_accept"),
    path("programmes/<uuid:uuid>/decline/", programmes.decline, name="programme_decline"),
    path("programmes/<uuid:uuid>/terms/", programmes_coach.change_terms, name="programme_terms"),
    path("programmes/<uuid:uuid>/review/", programmes_coach.review, name="programme_review"),
    path(
        "programmes/<uuid:uuid>/review-date/",
        programmes_coach.review_date,
        name="programme_review_date",
    ),
    path("programmes/<uuid:uuid>/end/", programmes_coach.end, name="programme_end"),
    path("clients/<uuid:uuid>/propose/", programmes_coach.propose, name="programme_propose"),
]
