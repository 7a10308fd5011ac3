"""The public profiles of the example.

Tracy Ruthven and Tracy Allen are real: what stands here is public and retold in our own words, and
what is not known stays empty. Owen Example and Priya Example are invented, and show the rest.
"""

from datetime import date, timedelta

from coaching_portal.example_data import profiles_ruthven
from coaching_portal.example_data.people import coach
from coaching_portal.example_data.profiles_allen import TRACY_ALLEN
from coaching_portal.example_data.profiles_invented import OWEN, OWEN_HAS, PRIYA
from profiles.models import CareerEntry, Interview, Leader, Publication, Qualification, Theme


def load(at):
    today = at.date()
    _coach(coach("coach"), profiles_ruthven.TRACY, profiles_ruthven.TRACY_HAS, position=1)
    _coach(coach("coach2"), OWEN | {"accredited_until": _next_year(today)}, OWEN_HAS, position=2)
    _leader(TRACY_ALLEN, position=1)
    _leader(PRIYA, position=2, published_on=today - timedelta(days=40))


def _next_year(day):
    return date(day.year + 1, 12, 31)


def _coach(person, texts, has, *, position):
    """Fill in a coach's page once; what the practice has edited since stays."""
    if person.introduction:
        return
    for name, value in {**texts, "position": position}.items():
        setattr(person, name, value)
    person.save()
    for model, rows in zip((CareerEntry, Qualification, Publication), has, strict=True):
        _add(model, rows, coach=person)


def _leader(facts, *, position, published_on=None):
    if Leader.objects.filter(slug=facts["slug"]).exists():
        return
    facts = dict(facts)
    interviews, themes, posts = facts.pop("interviews"), facts.pop("themes"), facts.pop("posts")
    leader = Leader.objects.create(position=position, **facts)
    _add(Theme, themes, leader=leader)
    _add(CareerEntry, posts, leader=leader)
    _publish(leader, on=published_on, state=Leader.State.PUBLISHED)
    for facts in interviews:
        interview = Interview(leader=leader, published_on=published_on, **facts)
        _publish(interview, on=published_on, is_published=True)


def _publish(text, *, on, **how):
    """Invented people have approved what is said of them; of others the sources are named."""
    if not text.public_sources:
        text.approved_on, text.approved_version = on, text.version()
    for name, value in how.items():
        setattr(text, name, value)
    text.save()


def _add(model, rows, **owner):
    model.objects.bulk_create(
        [model(**owner, **row, position=number) for number, row in enumerate(rows)]
    )
