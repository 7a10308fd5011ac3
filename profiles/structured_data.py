"""Leaders and interviews as search engines read them: only what their pages show."""

from typing import Any

from django.urls import reverse

from coaching_portal.common.structured_data import thing, whole_url
from profiles.models import Coach, Interview, Leader


def coach_person(coach: Coach, employer: dict[str, Any]) -> dict[str, Any]:
    return thing(
        "Person",
        name=str(coach),
        jobTitle=coach.headline,
        description=coach.introduction,
        url=whole_url(coach.get_absolute_url()),
        worksFor=employer,
    )


def leader_person(leader: Leader) -> dict[str, Any]:
    employer = thing("Organization", name=leader.organisation) if leader.organisation else None
    return thing(
        "Person",
        name=leader.name,
        jobTitle=leader.role,
        description=leader.introduction,
        url=whole_url(leader.get_absolute_url()),
        worksFor=employer,
    )


def episode(interview: Interview) -> dict[str, Any]:
    """A podcast's episode; its recording only where it is ours."""
    series = thing(
        "PodcastSeries",
        name=interview.podcast or "Interviews with leaders in healthcare",
        url=whole_url(reverse("profiles:leaders")),
    )
    return thing(
        "PodcastEpisode",
        name=interview.title,
        description=interview.summary,
        url=whole_url(interview.get_absolute_url()),
        datePublished=interview.published_on and interview.published_on.isoformat(),
        duration=interview.audio_minutes and f"PT{interview.audio_minutes}M",
        partOfSeries=series,
        about=leader_person(interview.leader),
        associatedMedia=_recording(interview),
    )


def _recording(interview: Interview) -> dict[str, Any] | None:
    if not interview.has_sound:
        return None
    address = reverse("profiles:interview_audio", args=[interview.leader.slug, interview.slug])
    return thing("AudioObject", contentUrl=whole_url(address))
