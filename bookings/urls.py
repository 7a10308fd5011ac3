from django.urls import path

from bookings.views import book, changes, details, sessions, times

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
    path("sessions/<uuid:uuid>/agenda/", sessions.add_agenda, name="add_agenda"),
    path(
        "sessions/<uuid:uuid>/agenda/<uuid:item>/remove/",
        sessions.remove_agenda,
        name="remove_agenda",
    ),
    # Free times, and the coach's own pages.
    path("book/<slug:slug>/times.json", times.times_json, name="times_json"),
]
