"""What people want to be sent: their preferences, and the link in each mail to decline it."""

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from coaching_portal.notifications import unsubscribe
from coaching_portal.notifications.forms import PreferencesForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request):
    form = PreferencesForm(request.POST or None, user=request.user)
    if request.method == "POST":
        form = PreferencesForm(request.POST, user=request.user)
        if form.is_valid():
            form.save()
            messages.success(request, "Your choices are saved.")
            return redirect("notifications:preferences")
    return render(request, "notifications/preferences.html", {"form": form})


# A mail program that offers "unsubscribe" sends the POST by itself, without our cookie or token;
# the signature in the address is what allows it.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request, token):
    """GET shows what would be declined and a button; only POST declines."""
    uuid, kind = unsubscribe.read_token(token) or (None, None)
    if kind is None:
        raise Http404
    user = get_object_or_404(get_user_model(), uuid=uuid)
    is_done = request.method == "POST"
    if is_done:
        unsubscribe.choose(user=user, kind=kind.name, declined=True)
    return render(request, "notifications/decline.html", {"kind": kind, "is_done": is_done})
