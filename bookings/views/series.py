"""Booking a series: first time and interval, dates that clash, check, booked: all or nothing.

What is chosen stands in the address, so that back works, and no script is needed. Only the button
of the last page changes something.
"""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from bookings import actions, cancellation, pricing
from bookings.actions.series import MOST_AT_ONCE, SeriesRequest
from bookings.availability.series_dates import INTERVALS
from bookings.availability.slot_queries import Requester
from bookings.emails import invitations
from bookings.forms.series import SeriesDetailsForm, SeriesForm
from bookings.models import CoachingSession, Programme
from bookings.presenters import picker
from bookings.presenters.series import LEFT_OUT, SeriesQuestion, series_for
from bookings.views import query_params
from bookings.views.book import zones
from bookings.views.details import MANY_BOOKINGS
from coaching_portal.common import rate_limits
from coaching_portal.common.dates import local_date
from coaching_portal.common.idempotency import idempotent
from coaching_portal.common.refusals import Refusal
from profiles.models import Client

ANSWER = "at"  # with the number of the date: at2=2027-06-15T08:00:00+00:00, at3=out


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def series(request, uuid):
    chosen = SeriesChoice(request, _bookable(request, uuid), timezone.now())
    if chosen.most < 2:
        return redirect(chosen.single_url)
    if not chosen.is_sent:
        return _choose(request, chosen, chosen.form())
    form = chosen.form(request.GET)
    if not form.is_valid():
        return _choose(request, chosen, form, status=_refused(request))
    found = chosen.series(form.cleaned_data)
    if not found.is_complete:
        problem = "Choose what to do about each date." if request.GET.get("answered") else ""
        return _dates(request, chosen, found, problem=problem, status=_refused(request))
    return _check(request, chosen, found)


def _refused(request):
    """A button was pressed, and something is no longer as it was."""
    return 409 if request.method == "POST" else 200


class SeriesChoice:
    """What the address says, for whom, and what can be had."""

    def __init__(self, request, programme, at):
        self.request, self.user = request, request.user
        self.programme, self.coach, self.at = programme, programme.coach, at
        self.rules = pricing.booking_rules_for(self.coach)
        self.zone = query_params.zone_of(request, self.coach)
        self.locations = pricing.offered_locations(self.rules)
        asked = request.GET.get("location", "")
        usual = pricing.usual_location(self.rules)
        self.location = CoachingSession.Location(asked if asked in self.locations else usual)
        self.starts_at = query_params.moment(request.GET.get("start", ""))
        self.left = programme.sessions_left if programme.can_be_booked else 0
        self.most = min(self.left, MOST_AT_ONCE)

    @property
    def is_sent(self):
        return "every" in self.request.GET and "date" not in self.request.GET

    @property
    def is_by_coach(self):
        return self.coach.user_id == self.user.pk

    @property
    def is_for_somebody_else(self):
        return self.programme.client_id != self.user.pk

    @property
    def content_visible_to_user(self):
        """An assistant sees time and location only."""
        return self.is_by_coach or not self.is_for_somebody_else

    @property
    def requester(self):
        key = self.request.session.get("visitor_key", "")
        return Requester(visitor_key=key, client=self.programme.client)

    @property
    def single_url(self):
        """Where one session of it is booked, and where it is said why none can be."""
        asked = {"minutes": self.programme.minutes, "programme": self.programme.uuid}
        if self.is_by_coach:
            theirs = Client.objects.get(user=self.programme.client, coach=self.coach)
            asked["client"] = theirs.uuid
        elif self.is_for_somebody_else:
            asked["client"] = self.programme.client.uuid
        return f"{reverse('bookings:book', args=[self.coach.slug])}?{urlencode(asked)}"

    @property
    def answers(self):
        """{number of the date: another start, or LEFT_OUT}, of dates that there may be."""
        found = {}
        for number in range(1, self.most + 1):
            text = self.request.GET.get(f"{ANSWER}{number}", "")
            answer = LEFT_OUT if text == LEFT_OUT else query_params.moment(text)
            if answer:
                found[number] = answer
        return found

    def form(self, data=None):
        """Filled in with what was sent, or for the first time; "Change" brings the values back."""
        given = {"starts_at": self.starts_at, "most": self.most}
        if data is not None:
            return SeriesForm(data, **given)
        names = [name for name in ("every", "number") if self.request.GET.get(name)]
        return SeriesForm(initial={name: self.request.GET[name] for name in names}, **given)

    def series(self, given):
        question = SeriesQuestion(
            self.starts_at, given["every"], given["number"], self.location, self.answers
        )
        return series_for(
            self.programme,
            question,
            zone=self.zone,
            at=self.at,
            requester=self.requester,
            rules=self.rules,
        )

    @property
    def interval(self):
        return dict(INTERVALS).get(self.request.GET.get("every", ""), "")

    @property
    def kept(self):
        """What every step hands on, but for the answers."""
        names = ("start", "every", "number")
        given = {name: self.request.GET[name] for name in names if name in self.request.GET}
        return given | {"location": self.location.value, "zone": self.zone}

    def address(self, **changes):
        asked = {**self.kept, **changes}
        return f"?{urlencode({name: value for name, value in asked.items() if value})}"

    def address_with_answers(self, found, *, without=0):
        """This step again, with all answers but one: that is asked for anew."""
        given = {
            f"{ANSWER}{each.number}": each.slot.value if each.slot else LEFT_OUT
            for each in found.dates
            if each.was_answered and each.number != without
        }
        return self.address(**given)


def _bookable(request, uuid):
    found = Programme.objects.bookable_by(request.user).for_pages()
    return get_object_or_404(found, uuid=uuid)


def _choose(request, chosen, form, *, status=200):
    shown = picker.picker_for(
        chosen.coach,
        day=query_params.date_of(request.GET.get("date", "")) or _day_of(chosen),
        address=lambda day: chosen.address(start="", date=day),
        minutes=chosen.programme.minutes,
        zone=chosen.zone,
        at=chosen.at,
        location=chosen.location,
        requester=chosen.requester,
        stored=chosen.rules,
    )
    kept = {name: value for name, value in chosen.kept.items() if name not in ("start", "zone")}
    context = {
        "chosen": chosen,
        "programme": chosen.programme,
        "form": form,
        "picker": shown,
        "zones": zones(chosen.zone),
        "kept": [*kept.items(), ("date", shown.day)],
    }
    return render(request, "bookings/series.html", context, status=status)


def _day_of(chosen):
    return local_date(chosen.starts_at, chosen.zone) if chosen.starts_at else None


def _dates(request, chosen, found, *, problem="", status=200):
    context = {
        "chosen": chosen,
        "programme": chosen.programme,
        "series": found,
        "kept": [*chosen.kept.items()],
        "problem": problem,
        "change_url": chosen.address(date=found.dates[0].day),
    }
    return render(request, "bookings/series_dates.html", context, status=status)


def _check(request, chosen, found):
    is_sent = request.method == "POST"
    form = SeriesDetailsForm(
        request.POST if is_sent else None,
        location=chosen.location,
        client=chosen.programme.client,
    )
    if is_sent and form.is_valid():
        return _book(request, chosen, found, form)
    return _check_page(request, chosen, found, form)


def _check_page(request, chosen, found, form, *, status=200):
    programme = chosen.programme
    rows = [
        (each, chosen.address_with_answers(found, without=each.number) if each.was_answered else "")
        for each in found.dates
    ]
    context = {
        "chosen": chosen,
        "programme": programme,
        "series": found,
        "rows": rows,
        "form": form,
        "here": chosen.address_with_answers(found),
        "change_url": chosen.address(date=found.dates[0].day),
        "price": programme.price_of_a_session,
        "price_of_all": programme.price_of_a_session * len(found.starts),
        "cancelling": cancellation.rule_for_notice(programme.cancellation_notice_hours),
    }
    return render(request, "bookings/series_check.html", context, status=status)


def _book(request, chosen, found, form):
    counted = rate_limits.UNCOUNTED
    if not chosen.is_by_coach:
        counted = rate_limits.count(request, "book", key=str(chosen.programme.client_id))
    if not counted:
        form.add_error(None, f"{MANY_BOOKINGS} Wait an hour, or ask {chosen.coach}.")
        return _check_page(request, chosen, found, form, status=429)
    try:
        booked = actions.book_series(
            series_request=SeriesRequest(
                chosen.programme,
                found.starts,
                chosen.location.value,
                form.cleaned_data.get("location_details", ""),
            ),
            by=request.user,
            at=chosen.at,
            visitor_key=chosen.requester.visitor_key,
        )
    except Refusal as refusal:
        counted.rollback()  # it sent no mail
        return _again(request, chosen, form, str(refusal))
    return redirect("bookings:series_booked", booked[0].uuid)


def _again(request, chosen, form, problem):
    """What was chosen, as it is now: with alternatives for what has just been taken."""
    given = chosen.form(request.GET)
    given.is_valid()
    found = chosen.series(given.cleaned_data)
    if not found.is_complete:
        return _dates(request, chosen, found, problem=problem, status=409)
    form.add_error(None, problem)
    return _check_page(request, chosen, found, form, status=409)


@require_safe
@never_cache
def series_booked(request, uuid):
    """All that was booked at once, and what happens next."""
    first, sessions = _booked(request, uuid)
    zone = query_params.zone_of(request, first.coach)
    return render(
        request, "bookings/series_booked.html", {"first": first, "sessions": sessions, "zone": zone}
    )


@require_safe
@never_cache
def series_ics(request, uuid):
    """The same as one file for a calendar."""
    first, sessions = _booked(request, uuid)
    for_coach = first.is_coached_by(request.user)
    text = invitations.file_of(sessions, at=timezone.now(), for_coach=for_coach)
    headers = {"Content-Disposition": 'attachment; filename="sessions.ics"'}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)


def _booked(request, uuid):
    visible = CoachingSession.objects.visible_to(request.user).for_pages()
    first = get_object_or_404(visible.filter(programme__isnull=False), uuid=uuid)
    return first, list(visible.of_series(first))
