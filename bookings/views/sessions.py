"""My sessions, and one session."""

from functools import cached_property

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bookings import actions, cancellation
from bookings.actions.undo import change_to_undo
from bookings.emails import invitations
from bookings.forms.booking import AgendaForm
from bookings.models import AgendaItem, CalendarEntry, CoachingSession
from bookings.presenters.session_lists import list_shown, lists_of
from bookings.views.query_params import zone_of
from coaching_portal.common.idempotency import idempotent
from coaching_portal.common.views import perform
from profiles.models import Client

ON_A_PAGE = 20


@require_safe
@never_cache
def sessions(request):
    """The user's sessions and those in the calendars they keep: upcoming, past or cancelled."""
    at = timezone.now()
    lists = lists_of(CoachingSession.objects.in_calendar_of(request.user).for_pages(), at)
    shown = list_shown(lists, request.GET.get("show", ""))
    following = shown.sessions.first() if shown.has_next_session else None
    rest = shown.sessions.exclude(pk=following.pk) if following else shown.sessions
    page = Paginator(rest, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "to_accept": CoachingSession.objects.to_accept(request.user, at).for_pages(),
        "lists": lists,
        "shown": shown,
        "next_session": SessionPresenter(request.user, following, at) if following else None,
        "heading": shown.heading(page.paginator.count, more=following is not None),
        "page": page,
        "rows": [SessionPresenter(request.user, found, at) for found in page],
        "zone": request.user.time_zone,
    }
    return render(request, "bookings/sessions.html", context)


class SessionPresenter:
    """A session as this user may see it at this moment: templates ask it, not the clock."""

    def __init__(self, user, session, at, zone=""):
        self.user, self.session, self.at = user, session, at
        self.zone = zone or user.time_zone

    @property
    def state(self):
        """The session's state in a word or two."""
        if self.waits_to_be_confirmed:
            return "To be confirmed"
        return self.session.get_status_display()

    @property
    def content_visible_to_user(self):
        return self.session.content_visible_to(self.user)

    @property
    def is_price_known(self):
        """An assistant knows what a single session costs, and of a programme nothing."""
        return self.content_visible_to_user or self.session.programme_id is None

    @property
    def is_for_somebody_else(self):
        return self.session.client_id != self.user.pk

    @property
    def is_own_coaching(self):
        return self.session.is_coached_by(self.user)

    @property
    def can_be_joined(self):
        return self.content_visible_to_user and self.session.can_be_joined(self.at)

    @property
    def can_be_moved(self):
        return self.session.can_be_moved(by=self.user, at=self.at)

    @property
    def can_ask_to_move(self):
        return self.session.can_ask_to_move(by=self.user, at=self.at)

    @cached_property
    def move_request(self):
        """The newest, while the session is ahead: it waits for an answer, or was declined."""
        if not self.can_be_cancelled:
            return None
        return self.session.move_requests.select_related("requested_by").order_by("pk").last()

    @property
    def length_can_change(self):
        return self.session.length_can_change(by=self.user, at=self.at)

    @property
    def can_be_cancelled(self):
        return self.session.can_be_cancelled(self.at)

    @property
    def is_late_if_cancelled(self):
        return self.session.is_late_if_cancelled(by=self.user, at=self.at)

    @property
    def cancelling_now(self):
        return cancellation.now(self.session, **self._reading)

    @property
    def cancelling(self):
        """What cancelling costs now and later; a coach does not need it for her own."""
        if not self.can_be_cancelled or self.is_own_coaching:
            return ""
        return cancellation.now_and_later(self.session, **self._reading)

    @property
    def charge(self):
        """What a session that was cancelled or missed costs, and whom."""
        if not (self.session.is_late or self.session.is_cancelled):
            return ""
        return cancellation.afterwards(self.session, reader=self.user)

    @property
    def _reading(self):
        return {"reader": self.user, "at": self.at, "zone": self.zone}

    @property
    def another_time(self):
        """Where the same session is booked at another time: by its client, coach or assistant."""
        return self._booking_again() if self.session.was_cancelled else ""

    def _booking_again(self):
        session = self.session
        if self.is_own_coaching:
            client = Client.objects.filter(user=session.client_id, coach=session.coach).first()
            return invitations.booking_again(session, client=client.uuid) if client else ""
        chosen = {"client": session.client.uuid} if self.is_for_somebody_else else {}
        return invitations.booking_again(session, **chosen)

    @property
    def agenda_can_change(self):
        is_client = self.session.client_id == self.user.pk
        return is_client and self.session.agenda_can_change(self.at)

    @property
    def awaits_acceptance(self):
        """Whether to say that its agreement is not accepted yet."""
        return self.content_visible_to_user and self.session.can_be_accepted(self.at)

    @property
    def has_ended(self):
        return self.session.has_ended(self.at)

    @property
    def waits_to_be_confirmed(self):
        return self.session.is_to_confirm(self.at)

    @property
    def reply(self):
        """What the client has answered in the calendar that the session is written to."""
        if not (self.is_own_coaching and self.session.is_booked and not self.has_ended):
            return ""
        return CalendarEntry.objects.reply_about(self.session)

    @property
    def charge_can_be_waived(self):
        return self.session.can_be_waived


def find(request, uuid):
    found = CoachingSession.objects.visible_to(request.user).for_pages()
    return get_object_or_404(found, uuid=uuid)


@require_safe
@never_cache
def session(request, uuid):
    try:
        found = find(request, uuid)
    except Http404:
        # Booked for an email address of theirs: it joins their account when they accept.
        to_accept = CoachingSession.objects.to_accept(request.user, timezone.now())
        if to_accept.filter(uuid=uuid).exists():
            return redirect("bookings:accept", uuid)
        raise
    return show(request, found, AgendaForm())


def show(request, found, agenda_form):
    zone = zone_of(request, found.coach)
    view = SessionPresenter(request.user, found, timezone.now(), zone)
    context = {
        "session": found,
        "view": view,
        "zone": zone,
        "form": agenda_form,
    }
    if view.is_own_coaching:
        context |= _for_the_coach(found, view)
    if view.content_visible_to_user:
        context["agenda"] = found.agenda.order_by("pk")
        context["history"] = found.events.select_related("by").order_by("at", "pk")
    return render(request, "bookings/session.html", context)


def _for_the_coach(session, view):
    """Whom it is with, what they spoke about last time, and what she can still undo."""
    before = CoachingSession.objects.filter(coach=session.coach, client=session.client)
    past = before.filter(starts_at__lt=session.starts_at).without_holds()
    last = past.order_by("-starts_at", "-pk").first() if session.client_id else None
    return {
        "change": change_to_undo(session, by=view.user, at=view.at),
        "client_file": Client.objects.filter(user=session.client_id, coach=session.coach).first(),
        "last_time": last,
        "last_agenda": last.agenda.order_by("pk") if last else [],
    }


@require_safe
@never_cache
def session_ics(request, uuid):
    """The session as a calendar file; its UID is that of the mailed invitation."""
    found = find(request, uuid)
    for_coach = found.is_coached_by(request.user)
    text = invitations.calendar_file(found, at=timezone.now(), for_coach=for_coach)
    headers = {"Content-Disposition": f'attachment; filename="{found.reference}.ics"'}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)


@require_POST
@idempotent
def add_agenda(request, uuid):
    """The client adds to the agenda."""
    own = CoachingSession.objects.without_holds().filter(client=request.user).for_pages()
    found = get_object_or_404(own, uuid=uuid)
    form = AgendaForm(request.POST)
    if not form.is_valid():
        return show(request, found, form)
    perform(
        request,
        actions.add_to_agenda,
        "Added to the agenda.",
        session=found,
        text=form.cleaned_data["text"],
        by=request.user,
        at=timezone.now(),
    )
    return redirect(found)


@require_POST
@idempotent
def remove_agenda(request, uuid, item):
    """The client takes their own item off the agenda."""
    own = AgendaItem.objects.select_related("session__coach")
    found = get_object_or_404(own, uuid=item, session__uuid=uuid, author=request.user)
    said = "Removed from the agenda."
    perform(request, actions.remove_from_agenda, said, item=found, at=timezone.now())
    return redirect(found.session)
