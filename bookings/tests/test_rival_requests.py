"""Twenty browsers ask for one hour through HTTP: one books it, the others are told."""

import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client as Browser
from django.utils import timezone

from bookings import agreement_texts, diary
from bookings.models import CoachingSession
from bookings.tests.scenes import open_hours

RIVALS = 20
CSRF = "a" * 32
DAY = timedelta(days=1)


def post(server, path, form, cookies, start):
    """One POST on its own connection: its status and how long it took."""
    where = http.client.HTTPConnection(urlsplit(server).netloc, timeout=30)
    where.connect()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
    }
    start.wait(timeout=20)
    began = time.monotonic()
    where.request("POST", path, urlencode(form | {"csrfmiddlewaretoken": CSRF}), headers)
    answer = where.getresponse()
    answer.read()
    where.close()
    return answer.status, time.monotonic() - began


def cookies_of(user):
    browser = Browser()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return {"sessionid": browser.session.session_key, "csrftoken": CSRF}


@pytest.mark.django_db(transaction=True)
def test_of_twenty_posts_of_one_hour_one_books_and_the_others_get_409(
    live_server, coach, make_user
):
    open_hours(coach)
    at = timezone.now()
    since = at + 20 * DAY
    hour = diary.open_slots(coach, minutes=60, since=since, until=since + 7 * DAY, at=at)[0]
    asked = urlencode({"minutes": 60, "place": "VIDEO", "start": hour.isoformat()})
    form = {
        "payer": "self",
        "accept": "on",
        "agreement": agreement_texts.short_form(coach).sha256,
    }
    cookies = [cookies_of(make_user(f"client{number}@example.org")) for number in range(RIVALS)]
    start = threading.Barrier(RIVALS)

    def one(mine):
        path = f"/book/{coach.slug}/details/?{asked}"
        return post(live_server.url, path, form | {"name": "Rival"}, mine, start)

    with ThreadPoolExecutor(RIVALS) as pool:
        answers = list(pool.map(one, cookies))

    statuses = sorted(status for status, _ in answers)
    assert statuses == [302] + [409] * (RIVALS - 1)
    assert CoachingSession.objects.get().starts_at == hour
