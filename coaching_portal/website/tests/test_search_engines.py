"""What search engines find: addresses, titles and data of public pages, and nothing private."""

import json
from urllib.parse import urlsplit
from xml.etree import ElementTree

import html5lib
import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from profiles.models import Interview, Leader

pytestmark = pytest.mark.django_db

HTML = "{http://www.w3.org/1999/xhtml}"
# What schema.org and those who read it ask of each kind that our pages speak of.
ASKED = {
    "ProfessionalService": {"name", "url", "image"},
    "Service": {"name", "url", "provider", "offers"},
    "Offer": {"price", "priceCurrency", "url"},
    "Person": {"name", "url"},
    "Organization": {"name"},
    "Course": {"name", "description", "url", "provider", "offers", "hasCourseInstance"},
    "CourseInstance": {"name", "courseMode", "startDate", "endDate", "location"},
    "Place": {"name", "address"},
    "VirtualLocation": {"url"},
    "PodcastEpisode": {"name", "url", "partOfSeries"},
    "PodcastSeries": {"name", "url"},
    "AudioObject": {"contentUrl"},
}


@pytest.fixture
def head(client):
    """head("/"): the elements of the head of a page, as a browser builds them."""

    def read(path):
        answer = client.get(path)
        assert answer.status_code == 200
        return html5lib.parse(answer.content, transport_encoding="utf-8").find(f"{HTML}head")

    return read


def data_in(head):
    """The graph of the one script of structured data, or an empty list."""
    scripts = [
        each for each in head.iter(f"{HTML}script") if each.get("type") == "application/ld+json"
    ]
    assert len(scripts) <= 1
    if not scripts:
        return []
    data = json.loads(scripts[0].text)
    assert data["@context"] == "https://schema.org"
    return data["@graph"]


def things_in(value):
    """Every thing in structured data, however deep."""
    if isinstance(value, dict):
        yield value
    values = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    for each in values:
        yield from things_in(each)


def properties(head):
    return {
        each.get("property"): each.get("content")
        for each in head.iter(f"{HTML}meta")
        if each.get("property")
    }


def links(head, relation):
    return [each.get("href") for each in head.iter(f"{HTML}link") if each.get("rel") == relation]


def is_listed(head):
    robots = [
        each.get("content") for each in head.iter(f"{HTML}meta") if each.get("name") == "robots"
    ]
    return "noindex" not in robots


@pytest.fixture
def interview():
    leader = Leader.objects.create(
        slug="lea",
        name="Lea </script><script>alert(1)</script> Leader",
        role="Chair",
        organisation="Example Trust",
        state="PUBLISHED",
        public_sources="An example podcast",
    )
    return Interview.objects.create(
        leader=leader,
        slug="first",
        title="First things & last",
        is_published=True,
        public_sources="An example podcast",
    )


def test_every_kind_has_what_its_readers_ask_for(coach, interview, make_cohort, head):
    cohort = make_cohort()
    pages = [reverse("home"), coach.get_absolute_url(), interview.get_absolute_url()]
    pages += [interview.leader.get_absolute_url(), cohort.course.get_absolute_url()]
    pages += [cohort.get_absolute_url()]

    graphs = [data_in(head(page)) for page in pages]

    assert all(graphs)
    found = list(things_in(graphs))
    lacking = [(thing["@type"], ASKED[thing["@type"]] - set(thing)) for thing in found]
    assert [each for each in lacking if each[1]] == []
    kinds = {thing["@type"] for thing in found}
    assert kinds >= {"ProfessionalService", "Service", "Person", "Course", "PodcastEpisode"}


def test_a_coachs_prices_are_those_of_her_page(coach, head):
    coach.hourly_rate = 80
    coach.save()

    [service] = [
        each for each in data_in(head(coach.get_absolute_url())) if each["@type"] == "Service"
    ]

    prices = {offer["url"].rpartition("=")[2]: offer["price"] for offer in service["offers"]}
    assert prices["60"] == "80.00"
    assert prices["120"] == "160.00"


def test_text_cannot_end_the_script(interview, head):
    [person] = data_in(head(interview.leader.get_absolute_url()))

    assert person["name"] == interview.leader.name


def test_a_cohorts_online_room_is_in_no_data(make_cohort, client):
    cohort = make_cohort(setting="ONLINE", room_url="https://rooms.example.org/secret")

    for page in (cohort.get_absolute_url(), cohort.course.get_absolute_url()):
        assert "rooms.example.org" not in client.get(page).text


def test_a_listed_page_names_its_one_address_whatever_is_asked_of_it(coach, head, settings):
    page = head(f"/book/{coach.slug}/?minutes=60&date=2027-06-07")

    assert links(page, "canonical") == [f"{settings.SITE_URL}/book/{coach.slug}/"]
    assert is_listed(page)


def test_who_shares_a_page_shares_its_title_and_a_picture(interview, head):
    page = head(interview.get_absolute_url())

    shared = properties(page)
    assert shared["og:title"] == page.find(f"{HTML}title").text.strip()
    assert "First things & last" in shared["og:title"]
    assert shared["og:url"] == links(page, "canonical")[0]
    assert finders.find(urlsplit(shared["og:image"]).path.removeprefix("/static/"))
    assert links(page, "apple-touch-icon")


@pytest.mark.parametrize("name", ["account_login", "account_signup"])
def test_other_public_pages_ask_not_to_be_listed(name, head):
    page = head(reverse(name))

    assert not is_listed(page)
    assert not links(page, "canonical")
    assert not properties(page)


def test_the_sitemap_lists_public_pages_and_all_of_them_open(
    coach, interview, make_cohort, client, settings
):
    cohort = make_cohort()
    hidden = Leader.objects.create(slug="hidden", name="H", role="R", public_sources="x")

    answer = client.get("/sitemap.xml", HTTP_HOST="testserver")

    found = [
        each.text
        for each in ElementTree.fromstring(answer.content).iter()
        if each.tag.endswith("loc")
    ]
    assert all(url.startswith(f"{settings.SITE_URL}/") for url in found)
    paths = [urlsplit(url).path for url in found]
    assert len(paths) == len(set(paths))
    wanted = {
        coach.get_absolute_url(),
        interview.get_absolute_url(),
        cohort.get_absolute_url(),
        "/",
    }
    assert wanted <= set(paths)
    assert hidden.get_absolute_url() not in paths
    assert {client.get(path).status_code for path in paths} == {200}


def test_every_page_of_the_sitemap_is_listed_by_its_own_word(
    coach, interview, make_cohort, client, head
):
    make_cohort()
    answer = client.get("/sitemap.xml")
    found = [
        each.text
        for each in ElementTree.fromstring(answer.content).iter()
        if each.tag.endswith("loc")
    ]

    assert [url for url in found if links(head(urlsplit(url).path), "canonical") != [url]] == []


def test_robots_names_the_sitemap_and_what_is_private(client, settings):
    text = client.get("/robots.txt").text

    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in text
    for private in ("/home/", "/sessions/", "/account/", "/invoices/", "/admin/"):
        assert f"Disallow: {private}" in text


def test_a_public_page_that_has_not_changed_is_not_sent_again(coach, client):
    first = client.get(coach.get_absolute_url())

    again = client.get(coach.get_absolute_url(), headers={"If-None-Match": first["ETag"]})
    coach.headline = "Another line"
    coach.save()
    changed = client.get(coach.get_absolute_url(), headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200


def test_a_page_of_somebody_signed_in_has_no_etag(coach, client_user, client):
    client.force_login(client_user)

    answer = client.get(coach.get_absolute_url())

    assert "ETag" not in answer
    assert "no-store" in answer["Cache-Control"]


def test_a_page_with_a_form_has_no_etag(client):
    """Its token is another each time, so that no copy would ever be the same."""
    answer = client.get(reverse("contact"))

    assert "csrfmiddlewaretoken" in answer.text
    assert "ETag" not in answer
