"""A coach's connections to calendars elsewhere. No page here waits for another server."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from bookings.actions import connections as actions
from bookings.forms.connections import CalendarsForm, ConnectForm, PasswordForm
from bookings.models import CalendarConnection, CalendarEntry
from bookings.views.decorators import coach_required
from coaching_portal.common.forms import posted
from coaching_portal.common.idempotency import idempotent
from coaching_portal.common.views import perform
from profiles.models import Coach

form_page = require_http_methods(["GET", "HEAD", "POST"])


@sensitive_post_parameters("password")
@form_page
@never_cache
@coach_required
@idempotent
def connections(request: Any, coach: Coach) -> HttpResponse:
    """What is connected, what it asks, and a form for another."""
    at = timezone.now()
    form = ConnectForm(posted(request))
    if request.method == "POST" and form.is_valid():
        made = perform(
            request,
            actions.connect,
            "Connected. We are reading it now: reload this page in a minute.",
            form=form,
            coach=coach,
            kind=form.cleaned_data["kind"],
            label=form.cleaned_data["label"],
            credentials=form.credentials,
            at=at,
        )
        if made:
            return redirect("bookings:connections")
    own = CalendarConnection.objects.of(coach).prefetch_related("calendars")
    asked = CalendarEntry.objects.to_answer(coach, at)
    context = {
        "coach": coach,
        "form": form,
        "connections": [(each, each.is_worth_saying(at)) for each in own],
        "questions": asked.select_related("session__client", "session__coach", "calendar"),
    }
    return render(request, "bookings/connections.html", context)


@form_page
@never_cache
@coach_required
@idempotent
def connection(request: Any, coach: Coach, uuid: UUID) -> HttpResponse:
    """What the calendars of one connection do."""
    found = _own(coach, uuid)
    form = CalendarsForm(posted(request), connection=found)
    if request.method == "POST" and form.is_valid():
        perform(
            request,
            actions.choose_calendars,
            "Saved. It takes effect in a minute.",
            connection=found,
            at=timezone.now(),
            **form.cleaned_data,
        )
        return redirect("bookings:connections")
    return _show(request, coach, found, form=form)


@sensitive_post_parameters("password")
@require_POST
@never_cache
@coach_required
@idempotent
def connection_password(request: Any, coach: Coach, uuid: UUID) -> HttpResponse:
    found = _own(coach, uuid)
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return _show(request, coach, found, password_form=form)
    password = form.cleaned_data["password"]
    done = "Saved. We are trying the new password: reload this page in a minute."
    perform(
        request,
        actions.change_password,
        done,
        connection=found,
        password=password,
        at=timezone.now(),
    )
    return redirect("bookings:connections")


@require_POST
@coach_required
@idempotent
def disconnect(request: Any, coach: Coach, uuid: UUID) -> HttpResponse:
    found = _own(coach, uuid)
    done = f"“{found.label}” is disconnected. Sessions that we wrote there stay there."
    perform(request, actions.disconnect, done, connection=found)
    return redirect("bookings:connections")


@require_POST
@coach_required
@idempotent
def answer_calendar(request: Any, coach: Coach, uuid: UUID) -> HttpResponse:
    """Follow the calendar, or keep the session as it is booked."""
    rows = CalendarEntry.objects.filter(calendar__connection__coach=coach)
    entry = get_object_or_404(rows.select_related("session__coach"), uuid=uuid)
    if request.POST.get("answer") != "follow":
        done = "The session stays as it is booked. We will set your calendar right."
        perform(request, actions.keep_session, done, entry=entry)
    else:
        _follow(request, entry)
    return redirect("bookings:connections")


def _follow(request: HttpRequest, entry: CalendarEntry) -> None:
    action, done = actions.cancel_as_there, "Session cancelled. We have emailed the client."
    if entry.was_moved:
        action, done = actions.move_as_there, "Session moved. We have emailed the client."
    perform(request, action, done, entry=entry, by=request.user, at=timezone.now())


def _own(coach: Coach, uuid: UUID) -> CalendarConnection:
    own = CalendarConnection.objects.of(coach).select_related("coach__user")
    return get_object_or_404(own, uuid=uuid)


def _show(
    request: HttpRequest,
    coach: Coach,
    found: CalendarConnection,
    *,
    form: CalendarsForm | None = None,
    password_form: PasswordForm | None = None,
) -> HttpResponse:
    context = {
        "coach": coach,
        "connection": found,
        "form": form or CalendarsForm(connection=found),
        "password_form": password_form or PasswordForm(),
        "calendars": found.calendars.count(),
    }
    return render(request, "bookings/connection.html", context)
