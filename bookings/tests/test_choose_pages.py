"""Choosing a length, a location and a time, and holding it."""

from datetime import timedelta
from urllib.parse import urlencode

from django.test import Client as Browser
from django.utils import timezone

from bookings.models import CoachingSession
from bookings.presenters import picker


def test_the_page_offers_lengths_with_prices_and_places_beside_the_times(client, coach, free):
    page = client.get("/book/una-umber/").content.decode()

    assert "a free introductory conversation" in page
    assert "1\u00a0hour 30\u00a0minutes, £112.50" in page
    assert "Video call" in page
    assert "At the practice" not in page
    assert 'name="start"' in page


def test_an_unknown_coach_is_not_found(client, coach):
    assert client.get("/book/nobody/").status_code == 404
    coach.is_public = False
    coach.save()
    assert client.get("/book/una-umber/").status_code == 404


def test_a_length_that_is_not_offered_leads_back_to_the_first_step(client, free):
    page = client.get("/book/una-umber/?minutes=61")

    assert b"does not offer sessions of that length" in page.content
    posted = client.post("/book/una-umber/?minutes=61", {"start": free().isoformat()})
    assert posted.status_code == 400
    assert not CoachingSession.objects.exists()


def test_the_time_page_shows_the_day_as_radios_in_the_viewers_zone(client, free):
    start = free()
    asked = {"minutes": 60, "date": start.date(), "zone": "America/New_York"}

    page = client.get(f"/book/una-umber/?{urlencode(asked)}").content.decode()

    assert f'value="{start.isoformat()}"' in page
    assert "New York time" in page
    slot = picker.Slot(start, "America/New_York")
    assert slot.words in page


def test_a_day_without_times_names_the_next_free_time_and_links_to_it(client, coach, free):
    coach.weekly_hours.exclude(weekday=4).delete()
    coach.booking_rules.minimum_notice_minutes = 20 * 24 * 60
    coach.booking_rules.save()

    page = client.get(f"/book/una-umber/?minutes=60&date={timezone.now().date()}").content.decode()

    assert "The next free time is <strong>Friday" in page
    assert ">Show Friday " in page


def test_choosing_a_time_holds_it_and_leads_to_the_details(client, free):
    answer = client.post("/book/una-umber/?minutes=60", {"start": free().isoformat()})

    held = CoachingSession.objects.get()
    assert (held.status, held.starts_at) == ("HELD", free())
    assert held.visitor_key == client.session["visitor_key"]
    assert answer.status_code == 302
    assert answer["Location"].startswith("/book/una-umber/details/?")


def test_a_time_held_by_somebody_else_answers_409_with_the_nearest_times(client, free):
    Browser().post("/book/una-umber/?minutes=60", {"start": free().isoformat()})

    answer = client.post("/book/una-umber/?minutes=60", {"start": free().isoformat()})

    assert answer.status_code == 409
    assert "That time has just been taken." in answer.content.decode()
    assert len(answer.context["nearest"]) == 3


def test_without_a_time_the_page_asks_for_one(client, free):
    answer = client.post("/book/una-umber/?minutes=60", {})

    assert "Choose a time." in answer.content.decode()


def test_a_visitor_is_told_until_when_the_time_is_kept_and_signs_in(client, coach, free):
    there = client.post("/book/una-umber/?minutes=60", {"start": free().isoformat()})["Location"]

    assert "We are holding this time for you until" in client.get(there).content.decode()
    held = CoachingSession.objects.get()
    answer = client.post(there, {"account": "login"})

    assert answer["Location"].startswith("/account/login/?next=%2Fbook%2Funa-umber%2Fdetails%2F")
    extended = CoachingSession.objects.get()
    assert extended.held_until - held.held_at == timedelta(minutes=30)
