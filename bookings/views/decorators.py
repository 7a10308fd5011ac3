"""Pages that are a coach's own."""

import functools

from django.http import Http404

from profiles.models import Coach


def coach_required(view):
    """Hand the view the coach who is signed in; to others the page does not exist."""

    @functools.wraps(view)
    def wrapper(request, *args, **kwargs):
        coach = Coach.objects.select_related("user").filter(user_id=request.user.pk).first()
        if coach is None:
            raise Http404
        return view(request, coach, *args, **kwargs)

    return wrapper
