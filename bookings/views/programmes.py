"""Programmes as client and coach see them, and what a client does with one."""

from allauth.account.adapter import get_adapter
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from bookings import cancellation
from bookings.actions import programmes
from bookings.forms.programmes import AcceptForm
from bookings.models import Programme
from coaching_portal.common.dates import london_date
from coaching_portal.common.idempotency import idempotent
from coaching_portal.common.views import perform


@require_safe
def programme_list(request):
    mine = Programme.objects.visible_to(request.user).for_pages().with_sessions_used()
    found = mine.with_open_extension().newest_first()
    return render(
        request,
        "bookings/programmes.html",
        {
            "open_ones": [programme for programme in found if not programme.is_over],
            "over": [programme for programme in found if programme.is_over],
            "today": london_date(timezone.now()),
        },
    )


@require_safe
def programme(request, uuid):
    found = _visible(request, uuid)
    return show(request, found, accept_form=AcceptForm(programme=found))


def show(request, programme, *, accept_form, status=200):
    """The programme's page, also with a form that was not right."""
    is_coach = request.user.pk == programme.coach.user_id
    today = london_date(timezone.now())
    return render(
        request,
        "bookings/programme.html",
        {
            "programme": programme,
            "form": accept_form,
            "is_coach": is_coach,
            "is_client": request.user.pk == programme.client_id,
            "sessions": programme.sessions.without_holds().order_by("starts_at"),
            "reviews": programme.reviews.order_by("reviewed_at"),
            "extension": programme.extensions.open().first(),
            "cancelling": cancellation.rule_for_notice(programme.cancellation_notice_hours),
            "days_to_review": programme.days_to_review(today),
        },
        status=status,
    )


@require_POST
@idempotent
def accept(request, uuid):
    programme = _own(request, uuid)
    form = AcceptForm(request.POST, programme=programme)
    if form.is_valid():
        perform(
            request,
            programmes.accept,
            "Agreed. You can book your sessions now.",
            programme=programme,
            terms_version=form.cleaned_data["terms_version"],
            by=request.user,
            at=timezone.now(),
            accepted_from=get_adapter().get_client_ip(request),
            wishes_to_start_early=form.cleaned_data.get("wishes_to_start_early", False),
        )
        return redirect(programme)
    return show(request, programme, accept_form=form)


@require_POST
@idempotent
def decline(request, uuid):
    programme = _own(request, uuid)
    said = "Declined. We have emailed your coach."
    perform(request, programmes.decline, said, programme=programme, at=timezone.now())
    return redirect(programme)


def _visible(request, uuid):
    found = Programme.objects.visible_to(request.user).for_pages()
    return get_object_or_404(found.with_sessions_used(), uuid=uuid)


def _own(request, uuid):
    """Only the client accepts or declines."""
    return get_object_or_404(Programme.objects.filter(client=request.user).for_pages(), uuid=uuid)
