"""An extension of a programme: what is proposed, and the client's answer."""

from allauth.account.adapter import get_adapter
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from bookings.actions import extensions
from bookings.forms.programmes import ExtensionForm
from bookings.models import Extension
from coaching_portal.common.idempotency import idempotent
from coaching_portal.common.views import perform


@require_safe
def extension(request, uuid):
    found = get_object_or_404(Extension.objects.visible_to(request.user).for_pages(), uuid=uuid)
    return show(request, found, form=ExtensionForm(programme=found.programme))


def show(request, extension, *, form):
    """The page of a proposal, also with a form that was not right."""
    programme = extension.programme
    newer = programme.extensions.order_by("pk").last() if extension.is_replaced else None
    context = {
        "extension": extension,
        "programme": programme,
        "newer": newer,
        "form": form,
        "is_coach": request.user.pk == programme.coach.user_id,
        "is_client": request.user.pk == programme.client_id,
    }
    return render(request, "bookings/extension.html", context)


@require_POST
@idempotent
def accept(request, uuid):
    found = _own(request, uuid)
    form = ExtensionForm(request.POST, programme=found.programme)
    if not form.is_valid():
        return show(request, found, form=form)
    accepted = perform(
        request,
        extensions.accept,
        "Agreed. You can book the sessions that were added.",
        extension=found,
        by=request.user,
        at=timezone.now(),
        accepted_from=get_adapter().get_client_ip(request),
        wishes_to_start_early=form.cleaned_data.get("wishes_to_start_early", False),
    )
    return redirect(found.programme if accepted else found)


@require_POST
@idempotent
def decline(request, uuid):
    found = _own(request, uuid)
    said = "Declined. Nothing has changed, and we have emailed your coach."
    declined = perform(request, extensions.decline, said, extension=found, at=timezone.now())
    return redirect(found.programme if declined else found)


def _own(request, uuid):
    """Only the client accepts or declines."""
    mine = Extension.objects.filter(programme__client=request.user).for_pages()
    return get_object_or_404(mine, uuid=uuid)
