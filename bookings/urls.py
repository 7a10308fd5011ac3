from django.urls import path, register_converter

from bookings import converters
from bookings.views import coach_calendar, coach_clients, coach_hours, times

register_converter(converters.DateConverter, "date")
register_converter(converters.MomentConverter, "moment")

app_name = "bookings"

urlpatterns: list = [
    # Free times, and the coach's own pages.
    path("book/<slug:slug>/times.json", times.times_json, name="times_json"),
    path("calendar/", coach_calendar.calendar, name="calendar"),
    path("calendar/confirm/<date:date>/", coach_calendar.confirm, name="confirm"),
    path("calendar/hours/", coach_hours.hours, name="hours"),
    path("calendar/hours/weekly/", coach_hours.weekly, name="weekly_hours"),
    path("calendar/hours/dates/new/", coach_hours.date_hours, name="new_date"),
    path("calendar/hours/dates/<date:date>/", coach_hours.date_hours, name="date_hours"),
    path("calendar/hours/dates/<date:date>/clear/", coach_hours.clear_date, name="clear_date"),
    path("calendar/hours/time-off/new/", coach_hours.time_off, name="new_time_off"),
    path("calendar/hours/time-off/<moment:starts_at>/", coach_hours.time_off, name="time_off"),
    path(
        "calendar/hours/time-off/<moment:starts_at>/end/",
        coach_hours.end_time_off,
        name="end_time_off",
    ),
    path("calendar/hours/rules/", coach_hours.rules, name="rules"),
    path("clients/", coach_clients.clients, name="clients"),
    path("clients/<uuid:uuid>/", coach_clients.client, name="client"),
]
