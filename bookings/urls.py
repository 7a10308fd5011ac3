from django.urls import path, register_converter

from bookings.views import (
    book,
    calendar_data,
    changes,
    coach_calendar,
    coach_clients,
    coach_hours,
    coach_income,
    coach_programmes,
    coach_sessions,
    coach_time_off,
    connections,
    details,
    extensions,
    feeds,
    programmes,
    proving,
    series,
    sessions,
    times,
)
from coaching_portal.common import converters

register_converter(converters.DateConverter, "date")
register_converter(converters.MomentConverter, "moment")

app_name = "bookings"

urlpatterns: list = [
    # Booking, and the client's sessions.
    path("book/<slug:slug>/", book.book, name="book"),
    path("book/<slug:slug>/details/", details.details, name="details"),
    path("book/<slug:slug>/done/<uuid:uuid>/", details.booked, name="booked"),
    path("book/code/<uuid:uuid>/", proving.prove, name="prove"),
    path("book/code/<uuid:uuid>/new/", proving.send_new_code, name="send_new_code"),
    path("book/link/<str:token>/", proving.prove_by_link, name="prove_by_link"),
    path("sessions/", sessions.sessions, name="sessions"),
    path("sessions/<uuid:uuid>/", sessions.session, name="session"),
    path("sessions/<uuid:uuid>/move/", changes.move, name="move"),
    path("sessions/<uuid:uuid>/cancel/", changes.cancel, name="cancel"),
    path("sessions/<uuid:uuid>/session.ics", sessions.session_ics, name="session_ics"),
    path("sessions/<uuid:uuid>/confirm/", coach_sessions.confirm, name="confirm"),
    path("sessions/<uuid:uuid>/no-show/", coach_sessions.no_show, name="no_show"),
    path("sessions/<uuid:uuid>/waive/", coach_sessions.waive, name="waive"),
    path("sessions/<uuid:uuid>/agenda/", sessions.add_agenda, name="add_agenda"),
    path(
        "sessions/<uuid:uuid>/agenda/<uuid:item>/remove/",
        sessions.remove_agenda,
        name="remove_agenda",
    ),
    # Free times, and the coach's own pages.
    path("book/<slug:slug>/times.json", times.times_json, name="times_json"),
    path("calendar/", coach_calendar.calendar, name="calendar"),
    path("calendar/events.json", calendar_data.events, name="calendar_events"),
    path("calendar/sessions/<uuid:uuid>/time/", calendar_data.change_time, name="change_time"),
    path("calendar/feed/<str:token>.ics", feeds.calendar_feed, name="calendar_feed"),
    path("account/calendar-feeds/", feeds.calendar_feeds, name="calendar_feeds"),
    path("account/calendar-feeds/<uuid:uuid>/revoke/", feeds.revoke_feed, name="revoke_feed"),
    path("calendar/confirm/<date:date>/", coach_calendar.confirm, name="confirm_day"),
    path("calendar/income/", coach_income.income, name="income"),
    path("calendar/income/months.csv", coach_income.income_by_month, name="income_by_month"),
    path("calendar/income/sessions.csv", coach_income.income_by_session, name="income_by_session"),
    path("calendar/hours/", coach_hours.hours, name="hours"),
    path("calendar/hours/weekly/", coach_hours.weekly, name="weekly_hours"),
    path("calendar/hours/dates/new/", coach_hours.date_hours, name="new_date"),
    path("calendar/hours/dates/<date:date>/", coach_hours.date_hours, name="date_hours"),
    path("calendar/hours/dates/<date:date>/clear/", coach_hours.clear_date, name="clear_date"),
    path("calendar/hours/weeks/copy/", coach_hours.copy_week, name="copy_week"),
    path(
        "calendar/hours/dates/<date:date>/open/",
        coach_hours.open_bank_holiday,
        name="open_bank_holiday",
    ),
    path("calendar/hours/time-off/new/", coach_time_off.time_off, name="new_time_off"),
    path("calendar/hours/time-off/<moment:starts_at>/", coach_time_off.time_off, name="time_off"),
    path(
        "calendar/hours/time-off/<moment:starts_at>/end/",
        coach_time_off.end_time_off,
        name="end_time_off",
    ),
    path("calendar/hours/rules/", coach_hours.rules, name="rules"),
    path("calendar/connections/", connections.connections, name="connections"),
    path("calendar/connections/<uuid:uuid>/", connections.connection, name="connection"),
    path(
        "calendar/connections/<uuid:uuid>/password/",
        connections.connection_password,
        name="connection_password",
    ),
    path("calendar/connections/<uuid:uuid>/disconnect/", connections.disconnect, name="disconnect"),
    path(
        "calendar/connections/changes/<uuid:uuid>/",
        connections.answer_calendar,
        name="answer_calendar",
    ),
    path("clients/", coach_clients.clients, name="clients"),
    path("clients/<uuid:uuid>/", coach_clients.client, name="client"),
    # Programmes.
    path("programmes/", programmes.programme_list, name="programmes"),
    path("programmes/<uuid:uuid>/", programmes.programme, name="programme"),
    path("programmes/<uuid:uuid>/series/", series.series, name="series"),
    path("programmes/series/<uuid:uuid>/", series.series_booked, name="series_booked"),
    path("programmes/series/<uuid:uuid>/sessions.ics", series.series_ics, name="series_ics"),
    path("programmes/<uuid:uuid>/accept/", programmes.accept, name="programme_accept"),
    path("programmes/<uuid:uuid>/decline/", programmes.decline, name="programme_decline"),
    path("programmes/<uuid:uuid>/terms/", coach_programmes.change_terms, name="programme_terms"),
    path("programmes/<uuid:uuid>/review/", coach_programmes.review, name="programme_review"),
    path(
        "programmes/<uuid:uuid>/review-date/",
        coach_programmes.review_date,
        name="programme_review_date",
    ),
    path("programmes/extensions/<uuid:uuid>/", extensions.extension, name="extension"),
    path("programmes/extensions/<uuid:uuid>/accept/", extensions.accept, name="extension_accept"),
    path(
        "programmes/extensions/<uuid:uuid>/decline/", extensions.decline, name="extension_decline"
    ),
    path("programmes/<uuid:uuid>/end/", coach_programmes.end, name="programme_end"),
    path("clients/<uuid:uuid>/propose/", coach_programmes.propose, name="programme_propose"),
]
