"""What anyone may read: each page opens signed out, and says what it is there to say."""

from datetime import time
from decimal import Decimal
from urllib.parse import quote

import pytest
import time_machine
from django.urls import reverse

from bookings.models import BookingRules, WeeklyHours
from coaching_portal.testing.factories.many_of_each import NOW, Plenty
from coaching_portal.tests.every_page import addresses
from profiles.models import Coach, Interview, Leader

pytestmark = pytest.mark.django_db

TEXTS = ["coaching", "contact", "privacy", "accessibility", "terms", "coaches", "team_enquiry"]


def words(response):
    """The page as it is read: without line breaks in the middle of a sentence."""
    return " ".join(response.content.decode().split())


@pytest.fixture
def weekdays(coach):
    """The coach works from nine to five, Monday to Friday."""
    for day in range(5):
        WeeklyHours.objects.create(coach=coach, weekday=day, starts=time(9), ends=time(17))


@pytest.fixture
def thoughtful_leader():
    leader = Leader.objects.create(
        slug="lea",
        name="Lea Leader",
        role="Chair",
        state="PUBLISHED",
        thought="Listen first.",
        public_sources="An example podcast",
    )
    Interview.objects.create(
        leader=leader,
        slug="first",
        title="First things",
        is_published=True,
        public_sources="An example podcast",
    )
    return leader


@pytest.mark.parametrize("name", ["home", "profiles:leaders", "profiles:podcast", *TEXTS])
def test_a_visitor_opens_every_public_page(client, coach, name):
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", ["home", *TEXTS])
def test_public_pages_open_on_an_empty_portal(client, name):
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", ["home", *TEXTS])
def test_pages_carry_no_inline_script_or_style(client, coach, name):
    page = client.get(reverse(name)).content.decode()

    assert "<script>" not in page
    assert "<style" not in page
    assert " style=" not in page


@pytest.mark.parametrize("name", ["home", "coaching", "coaches", "privacy", "profiles:leaders"])
def test_pages_of_words_answer_405_to_a_post(client, name):
    assert client.post(reverse(name)).status_code == 405


def test_the_coaching_page_says_what_coaching_is_and_costs(client):
    page = words(client.get("/coaching/"))

    for phrase in (
        "confidential, professional relationship",
        "no conditions and passes no judgement",
        "a short temper",
        "hard times in the family",
        "an hour of someone’s whole attention",
        "A team that takes time to think does better work",
        "neuro-linguistic programming",
        "cognitive behavioural therapy",
        "agenda is yours",
        "not compulsory",
        "a risk of serious harm",
        "what the law obliges us to disclose",
        "48 hours",
    ):
        assert phrase in page
    for price in ("£75.00", "£93.75", "£112.50", "£131.25", "£150.00"):
        assert price in page


def test_home_offers_the_next_three_free_times(client, coach, weekdays):
    page = words(client.get("/"))

    assert page.count(f'href="/book/{coach.slug}/details/?minutes=30&amp;start=') == 3
    assert "UK time" in page


def test_home_without_free_times_says_whom_to_ask(client, coach):
    page = words(client.get("/"))

    assert "The next free times will appear here" in page
    assert 'href="mailto:practice@example.org"' in page


def test_home_shows_a_leaders_thought_with_the_interview(client, thoughtful_leader):
    page = words(client.get("/"))

    assert "Listen first." in page
    assert 'href="/leaders/lea/first/"' in page


def test_home_keeps_a_draft_leaders_thought_to_itself(client, thoughtful_leader):
    Leader.objects.update(state=Leader.State.APPROVAL)

    assert "Listen first." not in words(client.get("/"))


def test_a_coachs_page_shows_credentials_and_what_each_session_costs(client, coach):
    coach.qualifications.create(title="Diploma in Listening", awarded_by="Example University")
    coach.career.create(title="Ward manager", organisation="Example Trust")
    coach.publications.create(published_in="Example Journal")
    Coach.objects.filter(pk=coach.pk).update(hourly_rate=Decimal("80.00"))

    page = words(client.get(coach.get_absolute_url()))

    for text in ("Diploma in Listening, Example University", "Ward manager", "Example Journal"):
        assert text in page
    for minutes, price in ((60, "£80.00"), (75, "£100.00"), (105, "£140.00"), (120, "£160.00")):
        assert price in page
        assert f"/book/{coach.slug}/?minutes={minutes}" in page
    assert f"/book/{coach.slug}/?minutes=30" in page


def test_a_coachs_page_offers_her_next_free_times_each_leading_to_itself(client, coach, weekdays):
    with time_machine.travel(NOW):
        page = client.get("/coaches/una-umber/")
        times = page.context["times"]
        chosen = client.get("/book/una-umber/details/", {"minutes": 30, "start": times[0]})

    assert len({start.date() for start in times}) == 3
    text = words(page)
    assert "For a free introductory conversation of 30 minutes with Una Umber." in text
    for start in times:
        assert f"/book/una-umber/details/?minutes=30&amp;start={quote(start.isoformat())}" in text
    assert chosen.status_code == 200


def test_a_coach_without_free_times_shows_no_empty_heading(client, coach):
    assert "The next free times" not in words(client.get("/coaches/una-umber/"))


def test_a_coachs_page_offers_the_lengths_of_that_coach_only(client, coach):
    BookingRules.objects.create(coach=coach, lengths=[60], offers_introduction=False)

    page = words(client.get(coach.get_absolute_url()))

    assert "?minutes=60" in page
    assert "?minutes=90" not in page
    assert "?minutes=30" not in page


def test_a_coach_who_takes_no_bookings_says_so(client, coach):
    BookingRules.objects.create(coach=coach, accepts_bookings=False)

    page = words(client.get(coach.get_absolute_url()))

    assert "takes no new bookings now" in page
    assert "?minutes=60" not in page


def test_a_coach_without_a_public_page_is_not_found(client, coach):
    Coach.objects.update(is_public=False)

    assert client.get(coach.get_absolute_url()).status_code == 404
    assert str(coach) not in words(client.get("/coaches/"))


def test_a_script_in_a_name_is_shown_as_it_was_written(client, coach):
    coach.user.name = '<script>alert("x")</script>'
    coach.user.save()

    for address in ("/", "/coaches/", coach.get_absolute_url()):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_the_list_of_coaches_takes_the_same_queries_for_one_and_for_many(
    client, coach, make_user, django_assert_max_num_queries
):
    for number in range(10):
        user = make_user(f"coach{number}@example.org", name=f"Coach {number}")
        Coach.objects.create(user=user, slug=f"coach-{number}", is_public=True)

    client.get("/coaches/")  # makes the practice's record

    with django_assert_max_num_queries(4):
        page = words(client.get("/coaches/"))

    assert "Coach 9" in page


def test_a_coachs_page_takes_the_same_queries_for_a_long_career(
    client, coach, django_assert_max_num_queries
):
    for number in range(20):
        coach.career.create(title=f"Post {number}")
        coach.publications.create(title=f"Work {number}")
        coach.qualifications.create(title=f"Degree {number}")

    client.get("/coaches/")  # makes the practice's record

    with django_assert_max_num_queries(10):
        client.get(coach.get_absolute_url())


def test_home_takes_the_same_queries_whatever_there_is(
    client, coach, weekdays, thoughtful_leader, django_assert_max_num_queries
):
    client.get("/coaches/")  # makes the practice's record

    with django_assert_max_num_queries(16):
        client.get("/")


def test_the_navigation_marks_where_one_is(client, coach):
    assert '<a href="/coaches/" aria-current="page">' in words(client.get("/coaches/"))
    assert '<a href="/coaches/" aria-current="true">' in words(client.get(coach.get_absolute_url()))


def test_the_navigation_shows_each_what_is_theirs(client, signed_in, coach, client_user):
    visitor = words(client.get("/coaching/"))
    as_client = words(signed_in(client_user).get("/coaching/"))
    as_coach = words(signed_in(coach.user).get("/coaching/"))

    assert 'href="/sessions/"' not in visitor
    assert 'href="/sessions/"' in as_client
    assert 'href="/calendar/"' not in as_client
    assert 'href="/calendar/"' in as_coach
    assert 'href="/admin/"' not in as_coach


def test_booking_begins_with_the_practices_first_coach(client, coach, make_user):
    first = Coach.objects.create(
        user=make_user("zoe@example.org", name="Zoe"), slug="zoe", is_public=True, position=1
    )

    assert f'href="/book/{first.slug}/"' in words(client.get("/privacy/"))


def test_a_page_that_is_not_there_says_so_in_our_style(client):
    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert "We cannot find this page" in words(response)


@pytest.mark.parametrize("name", ["400.html", "403_csrf.html", "500.html"])
def test_pages_for_faults_need_nothing_from_the_database(name, django_assert_num_queries):
    from django.template.loader import render_to_string

    with django_assert_num_queries(0):
        assert "/static/css/portal.css" in render_to_string(name)


@pytest.mark.parametrize("name", ["403.html", "404.html", "409.html", "429.html"])
def test_pages_for_refusals_keep_the_navigation(rf, name):
    from django.contrib.auth.models import AnonymousUser
    from django.template.loader import render_to_string

    request = rf.get("/")
    request.user = AnonymousUser()

    assert 'aria-label="Main"' in render_to_string(name, request=request)


# Where nobody comes who searches: answers to what somebody has just done, or a link in an email.
FOUND_BY_NO_SEARCH = {
    "bookings:prove_by_link",
    "bookings:embed",  # for frames: says noindex
    "profiles:accept_by_link",
    "bookings:accept_by_link",
    "bookings:earlier_time_offer",
    "account_inactive",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "enquiry_received",
    "complaint_received",
    "notifications:decline",
    "erased",
}


def test_whoever_searches_is_told_what_each_page_is_about(client, people):
    with time_machine.travel(NOW):
        plenty = Plenty(people)
        plenty.grow(1)
        opened = {
            f"{name} {asked}": client.get(address)
            for name, asked, who, address in addresses(plenty)
            if who == "anonymous" and name not in FOUND_BY_NO_SEARCH
        }

    undescribed = [
        page
        for page, answer in opened.items()
        if answer["Content-Type"].startswith("text/html")
        and '<meta name="description"' not in answer.text
    ]
    assert len(opened) > 15
    assert undescribed == []
