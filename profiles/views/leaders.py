"""Leaders and their interviews, as anyone may read them."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from coaching_portal.common.structured_data import script
from profiles.audio import audio_response
from profiles.models import Interview, Leader
from profiles.structured_data import episode, leader_person
from profiles.views.feed import podcast_feed


@login_not_required
@require_safe
def leaders(request):
    found = Leader.objects.public().in_order()
    return render(request, "profiles/leaders.html", {"leaders": found})


@login_not_required
@require_safe
def leader(request, slug):
    found = get_object_or_404(
        Leader.objects.public().prefetch_related("themes", "posts"), slug=slug
    )
    return render(
        request,
        "profiles/leader.html",
        {
            "leader": found,
            "structured_data": script(leader_person(found)),
            "interviews": found.interviews.public().select_related("leader").newest_first(),
            "next_leader": _leader_after(found),
        },
    )


@login_not_required
@require_safe
def interview(request, slug, interview):
    found = _interview(slug, interview)
    return render(
        request,
        "profiles/interview.html",
        {
            "interview": found,
            "leader": found.leader,
            "structured_data": script(episode(found)),
            "next_leader": _leader_after(found.leader),
        },
    )


@login_not_required
@require_safe
def interview_audio(request, slug, interview):
    found = _interview(slug, interview)
    if not found.has_sound:
        raise Http404
    return audio_response(request, found.audio)


@login_not_required
@require_safe
def podcast(request):
    return podcast_feed(Interview.objects.public().select_related("leader").newest_first(), request)


def _interview(slug, interview):
    interviews = Interview.objects.public().select_related("leader")
    return get_object_or_404(interviews, leader__slug=slug, slug=interview)


def _leader_after(leader):
    """The next in the list, or the first again; none where there is only one."""
    slugs = list(Leader.objects.public().in_order().values_list("pk", flat=True))
    if len(slugs) < 2:
        return None
    following = slugs[(slugs.index(leader.pk) + 1) % len(slugs)]
    return Leader.objects.get(pk=following)
