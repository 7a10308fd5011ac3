"""Programmes in several states, one near its review, one with an extension to answer."""

from datetime import timedelta

from bookings.actions import extensions, programmes
from bookings.models import Programme, Review
from coaching_portal.common.dates import london_date
from coaching_portal.example_data.people import coach, organisation, person


def _terms(coach, review_on, **terms):
    terms = {"sessions_agreed": 6, "minutes": 60, "rate": coach.hourly_rate} | terms
    return programmes.ProgrammeTerms(review_on=review_on, **terms)


def _proposed(client, *, days_ago, review_in, at, **terms):
    """A proposal made so many days ago, with a review so many days from now."""
    return programmes.propose(
        coach=coach(),
        client=client,
        terms=_terms(coach(), london_date(at) + timedelta(days=review_in), **terms),
        at=at - timedelta(days=days_ago),
    )


def _agreed(client, *, days_ago, at, **terms):
    programme = _proposed(client, days_ago=days_ago, at=at, **terms)
    return programmes.accept(
        programme=programme,
        terms_version=programme.terms_version,
        by=client,
        at=at - timedelta(days=days_ago - 1),
    )


def load(at):
    if Programme.objects.exists():
        return
    trust = organisation()
    running = _agreed(
        person("client"),
        days_ago=80,
        review_in=12,
        at=at,
        sessions_agreed=8,
        minutes=90,
        title="Leading a busy team",
    )
    _agreed(
        person("learner"),
        days_ago=60,
        review_in=2,
        at=at,
        sessions_agreed=4,
        minutes=90,
        organisation=trust,
        purchase_order="PO-204417",
    )
    extensions.propose(
        programme=running,
        sessions_added=2,
        new_review_on=london_date(at) + timedelta(days=90),
        by=coach().user,
        at=at - timedelta(days=1),
    )
    finished = _agreed(person("nadia"), days_ago=200, review_in=-20, at=at)
    programmes.record_review(
        programme=finished,
        outcome=Review.Outcome.FINISH,
        by=coach().user,
        at=at - timedelta(days=20),
    )
    _proposed(person("client"), days_ago=2, review_in=90, at=at, title="After the reorganisation")
