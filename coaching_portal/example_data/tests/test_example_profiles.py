"""The example's public pages say what is known of the coach and the leader, and no more."""

import pytest

from coaching_portal.example_data import people, profiles
from coaching_portal.testing.plugin import NINE
from profiles.models import CareerEntry, Coach, Interview, Leader

pytestmark = pytest.mark.django_db


@pytest.fixture
def example():
    people.load(NINE)
    profiles.load(NINE)


def page(client, address):
    return " ".join(client.get(address).content.decode().split())


def test_the_coachs_page_tells_her_career(client, example):
    text = page(client, "/coaches/tracy-ruthven/")

    for fact in (
        "North Staffordshire Hospitals NHS Trust",
        "Leicestershire Fosse NHS Trust",
        "Leicestershire Primary Care Audit Group",
        "Clinical Audit Support Centre Limited",
        "Stephen Ashmore",
        "Royal Pharmaceutical Society of Great Britain",
        "MSc in Managing Quality in Healthcare, University of Birmingham, 2006",
        "Certificate in Clinical Audit Support, Leicester University, 1997 (distinction)",
        "Diploma in Health and Social Welfare, Open University, 1997",
        "Keele University",
        "Teaching qualification",
        "Teaching Clinical Audit the PCAG Way",
        "More than 100 NHS Trusts",
        "Principles of Best Practice in Clinical Audit",
        "Vancouver",
        "The Pharmaceutical Journal",
        "British Journal of Community Nursing",
        "Quality in Primary Care",
        "Clinical Governance Bulletin",
        "Moderator for a national academic body",
    ):
        assert fact in text


def test_the_leaders_page_tells_her_work(client, example):
    text = page(client, "/leaders/tracy-allen/")

    for fact in (
        "Chief Executive",
        "Derbyshire Community Health Services NHS Foundation Trust",
        "4,000",
        "2011",
        "NHS Management Scheme",
        "academia",
        "outstanding",
        "leg ulcers",
        "Professor Donna Hall",
        "The Wigan Deal",
        "Bolton NHS Foundation Trust",
        "The Local Government Network",
        "What is your leadership for?",
    ):
        assert fact in text


def test_the_interview_names_its_podcast_and_the_next_guest(client, example):
    text = page(client, "/leaders/tracy-allen/what-is-your-leadership-for/")

    for fact in (
        "The Compassionate Leadership Interview",
        "Chris Whitehead",
        "Professor Michael West",
        "Caring to Change",
    ):
        assert fact in text


def test_nothing_is_invented_about_real_people(example):
    coach = Coach.objects.get(slug="tracy-ruthven")
    leader = Leader.objects.get(slug="tracy-allen")
    interview = leader.interviews.get()

    assert (coach.accreditation, coach.coaching_hours, coach.accredited_until) == ("", None, None)
    for text in (leader, interview):
        assert (text.approved_on, text.approved_version) == (None, "")
        assert "The Compassionate Leadership Interview" in text.public_sources
    assert (interview.transcript, interview.audio.name, interview.published_on) == ("", "", None)


def test_invented_people_show_the_rest(example):
    assert Coach.objects.get(slug="owen-example").coaching_hours
    interview = Interview.objects.get(leader__slug="priya-example")
    assert interview.transcript
    assert interview.is_approved
    assert interview.leader.is_approved


def test_loading_twice_adds_nothing(example):
    before = (CareerEntry.objects.count(), Leader.objects.count(), Interview.objects.count())

    profiles.load(NINE)

    assert before == (
        CareerEntry.objects.count(),
        Leader.objects.count(),
        Interview.objects.count(),
    )
