from django.urls import path

from bookings.views import times

app_name = "bookings"

urlpatterns: list = [
    # Free times, and the coach's own pages.
    path("book/<slug:slug>/times.json", times.times_json, name="times_json"),
]
