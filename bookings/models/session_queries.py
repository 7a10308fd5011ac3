"""What is asked of sessions: whose they are, which occupy time, which are to come."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Sum
from django.db.models.functions import Coalesce, Lower

from coaching_portal.billing.amounts import NOTHING
from profiles.models import Coach, DiaryDelegate, User
from profiles.models.users import NO_ADDRESS

if TYPE_CHECKING:
    from bookings.models.sessions import CoachingSession


class CoachingSessionQuerySet(models.QuerySet["CoachingSession"]):
    def live(self) -> Self:
        """Those that occupy their time."""
        return self.filter(status__in=self.model.LIVE)

    def overlapping(self, starts_at: datetime, ends_at: datetime) -> Self:
        """Those whose occupied time (buffer included) overlaps [starts_at, ends_at)."""
        return self.filter(starts_at__lt=ends_at, free_again_at__gt=starts_at)

    def to_accept(self, user: User, at: datetime) -> Self:
        """Those that a coach has booked for the user, and whose agreement waits for them.

        Also those for a contact with an email address that the user has proved: nothing joins the
        two before the user accepts.
        """
        proved = EmailAddress.objects.filter(user=user, verified=True).annotate(
            in_small_letters=Lower("email")
        )
        theirs = Q(client=user) | Q(
            client__email__endswith=NO_ADDRESS,
            client__unproved_email__in=proved.values("in_small_letters"),
        )
        waiting = self.filter(awaits_acceptance=True, status=self.model.Status.BOOKED)
        return waiting.filter(theirs, starts_at__gt=at).order_by("starts_at", "pk")

    def without_holds(self) -> Self:
        """All but holds, which are nobody's session yet."""
        return self.exclude(status=self.model.Status.HELD)

    def visible_to(self, user: User) -> Self:
        """Those of the client, of a client whose calendar the user keeps, and the coach's own."""
        calendars = DiaryDelegate.objects.filter(user=user).values("client")
        return self.without_holds().filter(
            Q(client=user) | Q(client__in=calendars) | Q(coach__user_id=user.pk)
        )

    def in_calendar_of(self, user: User) -> Self:
        """Those that the user attends as a client, or keeps in the calendar of one."""
        calendars = DiaryDelegate.objects.filter(user=user).values("client")
        return self.without_holds().filter(Q(client=user) | Q(client__in=calendars))

    def upcoming(self, at: datetime) -> Self:
        """Booked and not yet over, the next first."""
        return self.filter(status=self.model.Status.BOOKED, ends_at__gt=at).order_by(
            "starts_at", "pk"
        )

    def with_agenda_of_client(self) -> Self:
        """Each with `has_agenda`: whether its client has written down anything to talk about."""
        items = apps.get_model("bookings.AgendaItem").objects
        written = items.filter(session=OuterRef("pk"), author=OuterRef("client"))
        return self.annotate(has_agenda=Exists(written))

    def booked_to_start(self, since: datetime, until: datetime) -> Self:
        """Booked, and neither confirmed nor called off, with a start in [since, until)."""
        status = self.model.Status.BOOKED
        return self.filter(status=status, starts_at__gte=since, starts_at__lt=until)

    def over(self, at: datetime) -> Self:
        """Those whose time is over, and that nobody cancelled; the latest first."""
        status = self.model.Status
        ended = self.without_holds().exclude(status__in=[status.CANCELLED, status.CANCELLED_LATE])
        return ended.exclude(status=status.BOOKED, ends_at__gt=at).order_by("-starts_at", "-pk")

    def cancelled(self) -> Self:
        """In time or late; the latest first."""
        status = self.model.Status
        return self.filter(status__in=[status.CANCELLED, status.CANCELLED_LATE]).order_by(
            "-starts_at", "-pk"
        )

    def past(self, at: datetime) -> Self:
        """Over, or called off; the latest first."""
        return (
            self.without_holds()
            .exclude(status=self.model.Status.BOOKED, ends_at__gt=at)
            .order_by("-starts_at", "-pk")
        )

    def of_series(self, session: "CoachingSession") -> Self:
        """Those booked together with this one, in order."""
        return self.filter(programme=session.programme_id).booked_together(session.booked_at)

    def booked_together(self, booked_at: datetime | None) -> Self:
        """Those of programmes that were booked in this very moment: what one series made."""
        same = self.filter(programme__isnull=False, booked_at=booked_at)
        return same.order_by("starts_at", "pk")

    def expired_holds(self, at: datetime) -> Self:
        """Holds that have run out."""
        return self.filter(status=self.model.Status.HELD, held_until__lte=at)

    def holds_of(self, *, visitor_key: str = "", client: User | None = None) -> Self:
        """Holds of one visitor: of this browser, or of this person."""
        held = self.filter(status=self.model.Status.HELD)
        mine = Q(pk__in=[])
        if visitor_key:
            mine |= Q(visitor_key=visitor_key)
        if client:
            mine |= Q(client=client)
        return held.filter(mine)

    def introductions(self, coach: Coach, client: User) -> Self:
        """The free first conversation of these two, had or booked; not one called off in time."""
        status, kind = self.model.Status, self.model.Kind
        theirs = self.without_holds().filter(coach=coach, client=client, kind=kind.INTRODUCTION)
        return theirs.exclude(status=status.CANCELLED)

    def upcoming_single(self, at: datetime) -> Self:
        """Those of no programme that are booked and not yet over."""
        return self.upcoming(at).filter(programme__isnull=True)

    def counted_as_used(self) -> Self:
        """Those that count against a programme's allowance."""
        status = self.model.Status
        return self.filter(
            Q(status__in=[status.BOOKED, status.COMPLETED])
            | Q(status__in=[status.NO_SHOW, status.CANCELLED_LATE], waived_at__isnull=True)
        )

    def billable(self) -> Self:
        """Those that are to be paid for: held, missed, or cancelled late, and not waived.

        What was missed or cancelled before its agreement was accepted is not charged.
        """
        status = self.model.Status
        charged = self.filter(status__in=self.model.CHARGED, waived_at__isnull=True, price__gt=0)
        late = (status.CANCELLED_LATE, status.NO_SHOW)
        return charged.exclude(awaits_acceptance=True, status__in=late)

    def with_amount_to_credit(self) -> Self:
        """Each with `to_credit`: what its invoice line still asks for, before VAT."""
        credited = Coalesce(Sum("invoice_line__credits__net"), NOTHING)
        return self.annotate(to_credit=F("invoice_line__net") - credited)

    def waived_on_issued_invoices(self) -> Self:
        """Those that the office has to credit: waived, and their invoice still asks for them."""
        on_invoice = self.filter(invoice_line__invoice__issued_at__isnull=False)
        waived = on_invoice.filter(waived_at__isnull=False)
        return waived.with_amount_to_credit().filter(to_credit__gt=0)

    # --- what the coach's side asks: free times, the week, confirming ---

    def occupying(self, starts_at: datetime, ends_at: datetime) -> Self:
        """Live ones whose occupied time overlaps: asked as the constraint's index can answer."""
        occupied = Func(
            "starts_at",
            "free_again_at",
            RangeBoundary(),
            function="TSTZRANGE",
            output_field=DateTimeRangeField(),
        )
        asked = Func(starts_at, ends_at, function="TSTZRANGE", output_field=DateTimeRangeField())
        return self.live().alias(occupied=occupied).filter(occupied__overlap=asked)

    def starting_between(self, first: datetime, last: datetime) -> Self:
        """Those that start in [first, last), in order."""
        return self.filter(starts_at__gte=first, starts_at__lt=last).order_by("starts_at", "pk")

    def to_confirm(self, at: datetime) -> Self:
        """Over, and nobody has said yet what became of them; the oldest first."""
        booked = self.filter(status=self.model.Status.BOOKED, ends_at__lte=at)
        return booked.order_by("starts_at", "pk")

    def for_pages(self) -> Self:
        """With what a row or a page of a session shows."""
        return self.select_related(
            "coach__user", "coach__booking_rules", "client", "organisation", "programme__agreement"
        )
