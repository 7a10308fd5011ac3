"""Free times in a frame on another site: who may show it, and what the page does without."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from bookings.actions import embedding
from bookings.models import EmbedOrigin
from coaching_portal.testing.factories.sessions import open_hours
from coaching_portal.testing.plugin import NINE

pytestmark = pytest.mark.django_db

PAGE = "/embed/una-umber/"
SETTINGS = "/calendar/embed/"
SITE = "https://www.example.org"


@pytest.fixture
def clock():
    with time_machine.travel(NINE - timedelta(days=3), tick=False) as traveller:
        yield traveller


@pytest.fixture
def una(coach, clock):
    open_hours(coach)
    return coach


def allow(coach, *origins):
    embedding.set_embed_origins(coach=coach, origins=origins)


def frame_ancestors(response):
    directives = response["Content-Security-Policy"].split("; ")
    return next(each for each in directives if each.startswith("frame-ancestors"))


def text_of(response):
    return " ".join(response.content.decode().split())


# --- The page in the frame ---


def test_the_next_times_are_spread_over_days_and_lead_to_booking(una):
    page = text_of(Client().get(PAGE))

    assert page.count("<dt>") == 5
    assert 1 < page.count("<dd>") <= 15
    assert "Free times with Una Umber" in page
    assert "a free introductory conversation of 30 minutes" in page
    assert page.count('target="_blank" rel="noopener"') == page.count("<a ")
    assert "<script" not in page
    first = page.split('<dd><a href="')[1].split('"')[0].replace("&amp;", "&")
    answer = Client().get(first)
    assert answer.status_code == 200
    assert first.startswith("/book/una-umber/details/?minutes=30&start=2027-06-0")


def test_a_coach_without_a_free_time_says_how_to_reach_her(una):
    una.weekly_hours.all().delete()

    page = text_of(Client().get(PAGE))

    assert "There is no free time in the next four weeks." in page
    assert 'href="/contact/"' in page


@pytest.mark.parametrize("why", ["not public", "no bookings", "inactive", "unknown"])
def test_there_is_no_page_of_a_coach_who_cannot_be_booked(una, why):
    if why == "not public":
        type(una).objects.update(is_public=False)
    elif why == "no bookings":
        type(una.booking_rules).objects.update(accepts_bookings=False)
    elif why == "inactive":
        type(una.user).objects.filter(pk=una.user.pk).update(is_active=False)
    response = Client().get("/embed/nobody/" if why == "unknown" else PAGE)

    assert response.status_code == 404
    assert response["X-Frame-Options"] == "DENY"
    assert frame_ancestors(response) == "frame-ancestors 'none'"


def test_no_site_may_show_it_until_one_is_named(una):
    response = Client().get(PAGE)

    assert frame_ancestors(response) == "frame-ancestors 'none'"
    assert response["X-Frame-Options"] == "DENY"


def test_exactly_the_named_sites_may_show_it_and_this_page_alone(una):
    allow(una, SITE, "https://example.com:8443")

    response, book = Client().get(PAGE), Client().get("/book/una-umber/")

    assert frame_ancestors(response) == (
        "frame-ancestors https://example.com:8443 https://www.example.org"
    )
    assert "X-Frame-Options" not in response
    for other in ("default-src 'self'", "form-action 'self'", "base-uri 'none'"):
        assert other in response["Content-Security-Policy"]
    assert frame_ancestors(book) == "frame-ancestors 'none'"
    assert book["X-Frame-Options"] == "DENY"


def test_a_copy_that_is_still_good_has_the_same_policy(una):
    """A browser takes the headers of a 304 over: with "none" the frame would be empty from then."""
    allow(una, SITE)
    first = Client().get(PAGE)

    again = Client().get(PAGE, headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert frame_ancestors(again) == f"frame-ancestors {SITE}"
    assert "X-Frame-Options" not in again


def test_a_control_that_other_pages_keep_theirs_in_a_304(una):
    first = Client().get("/coaches/una-umber/")
    again = Client().get("/coaches/una-umber/", headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert frame_ancestors(again) == "frame-ancestors 'none'"


def test_it_sets_no_cookie_and_says_how_long_it_is_good(una, client_user):
    for browser in (Client(), Client()):
        response = browser.get(PAGE)
        browser.force_login(client_user)
        assert not response.cookies
        assert not browser.get(PAGE).cookies

    assert response["Cache-Control"] == "public, max-age=60"
    assert response["X-Robots-Tag"] == "noindex"


def test_it_is_the_same_for_somebody_signed_in(una, client_user):
    browser = Client()
    browser.force_login(client_user)

    assert browser.get(PAGE).content == Client().get(PAGE).content


def test_nobody_reads_it_without_end(una, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "embed": "3/m/ip"}

    answers = [Client().get(PAGE).status_code for _ in range(4)]

    assert answers == [200] * 3 + [429]


# --- Which sites ---


def settings_of(coach):
    browser = Client()
    browser.force_login(coach.user)
    return browser


def test_a_coach_names_sites_and_gets_link_and_snippet(una):
    browser = settings_of(una)

    answer = browser.post(
        SETTINGS, {"origins": f"{SITE}/\n\n https://Bücher.example \n{SITE}"}, follow=True
    )

    page = text_of(answer)
    assert "The sites are saved." in page
    assert set(una.embed_origins.values_list("origin", flat=True)) == {
        SITE,
        "https://xn--bcher-kva.example",
    }
    assert 'value="http://testserver/embed/una-umber/"' in page
    assert "&lt;iframe src=&quot;http://testserver/embed/una-umber/&quot;" in page
    assert "Free times with Una Umber" in page


def test_what_is_no_site_is_refused_line_by_line_and_kept_to_be_mended(una):
    typed = f"{SITE}\nhttps://*\nhttps://a.example; script-src 'unsafe-inline'"

    page = text_of(settings_of(una).post(SETTINGS, {"origins": typed}))

    assert "Line 2: Enter the address of a site" in page
    assert "Line 3: Enter the address of a site" in page
    assert "script-src &#x27;unsafe-inline&#x27;</textarea>" in page
    assert not una.embed_origins.exists()


def test_twenty_sites_are_the_most(una):
    sites = [f"https://site{number}.example.org" for number in range(21)]
    browser = settings_of(una)

    assert "Enter at most 20 addresses." in text_of(
        browser.post(SETTINGS, {"origins": "\n".join(sites)})
    )
    assert browser.post(SETTINGS, {"origins": "\n".join(sites[:20])}).status_code == 302
    with pytest.raises(embedding.TooManySites):
        allow(una, *sites)

    assert una.embed_origins.count() == 20


def test_no_site_ends_it_and_what_stays_keeps_its_row(una):
    allow(una, SITE, "https://example.com")
    kept = una.embed_origins.get(origin=SITE)

    allow(una, SITE, "https://example.net")
    assert una.embed_origins.get(origin=SITE) == kept
    page = settings_of(una).post(SETTINGS, {"origins": ""}, follow=True)

    assert "Saved. No site may show your free times." in text_of(page)
    assert not una.embed_origins.exists()
    labels = EmbedOrigin.pgh_event_model.objects.values_list("pgh_label", flat=True)
    assert sorted(labels) == ["created"] * 3 + ["deleted"] * 3


def test_sites_of_one_coach_are_not_anothers(people, clock):
    open_hours(people.coach.coach)
    open_hours(people.other_coach.coach)
    allow(people.coach.coach, SITE)

    assert frame_ancestors(Client().get("/embed/olu-other/")) == "frame-ancestors 'none'"


def test_a_coach_whose_page_is_not_there_is_told_why(una):
    type(una).objects.update(is_public=False)

    assert "you have no public page" in text_of(settings_of(una).get(SETTINGS))


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "'self'",
        "http://www.example.org",
        "https://example.org; script-src *",
        "https://example.org\nhttps://evil.example",
        "https://example.org ",
        "https://example.org/",
        "https://jo@example.org",
        "https://localhost",
        "https://-a.example.org",
    ],
)
def test_the_database_keeps_what_is_no_origin_out(una, origin):
    with pytest.raises(IntegrityError, match="is_an_https_origin"), transaction.atomic():
        EmbedOrigin.objects.create(coach=una, origin=origin)


def test_a_row_that_is_no_origin_would_not_reach_the_header(una, monkeypatch):
    """Should the database's constraint ever be lost."""
    bad = "https://a.example; script-src *"
    rows = type("Rows", (), {"values_list": lambda *a, **k: [bad, SITE]})()
    monkeypatch.setattr("profiles.models.Coach.embed_origins", rows)

    assert frame_ancestors(Client().get(PAGE)) == f"frame-ancestors {SITE}"
