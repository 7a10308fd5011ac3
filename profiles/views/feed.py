"""The interviews as an RSS feed. Those whose sound is elsewhere are listed without it."""

import re
from datetime import UTC, datetime, time

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Enclosure, Rss201rev2Feed

from profiles.audio import kind_of

CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def podcast_feed(interviews, request):
    feed = Rss201rev2Feed(
        title="Interviews with leaders in healthcare",
        link=_whole(reverse("profiles:leaders")),
        description="What leaders tried in healthcare, what came of it, and who inspired them.",
        language="en-gb",
        feed_url=_whole(request.path),
    )
    for interview in interviews:
        feed.add_item(**_item(interview))
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _whole(address):
    return f"{settings.SITE_URL}{address}"


def _for_xml(text):
    """XML cannot hold control characters, which come along when text is pasted."""
    return CONTROL_CHARACTERS.sub("", text)


def _item(interview):
    day = interview.published_on
    return {
        "title": _for_xml(f"{interview.leader.name}: {interview.title}"),
        "link": _whole(interview.get_absolute_url()),
        "description": _for_xml(interview.summary),
        "unique_id": f"urn:uuid:{interview.uuid}",
        "unique_id_is_permalink": False,
        "pubdate": datetime.combine(day, time(), UTC) if day else None,
        "enclosures": [_enclosure(interview)] if interview.has_sound else [],
    }


def _enclosure(interview):
    kind = kind_of(interview.audio.name)
    address = reverse("profiles:interview_audio", args=[interview.leader.slug, interview.slug])
    return Enclosure(_whole(address), str(interview.audio.size), kind)
