"""What courses keep about people."""

from django.db.models import Min
from django.urls import reverse

from coaching_portal.personal_data import privacy
from profiles.models.users import ERASED_ADDRESS
from training import actions
from training.models import CourseBooking, Enrolment, WaitingListPlace


def register():
    privacy.keep(
        "courses",
        what="Places on courses: which, when, who booked and who pays",
        why="You, or your organisation, and we have a contract about them; to say who took part.",
        how_long="For as long as invoices about them.",
        export=_places,
        blockers=_upcoming,
        erase=_erase_places,
    )
    privacy.keep(
        "waiting lists",
        what="Waiting lists that you joined",
        why="To offer you a place that comes free.",
        how_long="One year after you left the list.",
        export=_waiting,
        erase=_leave_lists,
    )
    privacy.register_retention(
        "waiting-lists",
        days=365,
        what="Places on waiting lists that have ended",
        find=lambda before: WaitingListPlace.objects.filter(ended_at__lt=before),
    )
    privacy.register_retention(
        "enrolment-addresses",
        days=365,
        what="Internet addresses from which people enrolled",
        find=lambda before: CourseBooking.objects.filter(
            booked_at__lt=before, accepted_from__isnull=False
        ),
        forget=lambda rows: rows.update(accepted_from=None),
    )


def _places(user):
    own = Enrolment.objects.of(user).select_related("booking", "cohort__course").in_order()
    return [
        {
            "course": place.cohort.course.title,
            "dates": place.cohort.code,
            "state": place.get_status_display(),
            "name": place.name,
            "email address": place.email,
            "booked": place.booking.booked_at.isoformat(),
            "reference": place.booking.reference,
        }
        for place in own
    ]


def _upcoming(user, at):
    """Places that the person pays for, on courses that are still to come."""
    own = CourseBooking.objects.filter(booked_by=user, organisation=None, cancelled_at=None)
    to_come = own.annotate(begins=Min("cohort__teaching_sessions__starts_at"))
    for booking in to_come.filter(begins__gt=at).select_related("cohort__course"):
        yield privacy.ErasureBlocker(
            f"You have a place on {booking.cohort.course}: cancel it first.",
            reverse("training:cancel_booking", args=[booking.uuid]),
        )


def _erase_places(user, at):
    """A place to come that an organisation pays for is to be named anew; others keep no name."""
    own = Enrolment.objects.of(user)
    starts = own.annotate(begins=Min("cohort__teaching_sessions__starts_at"))
    to_come = list(starts.live().filter(begins__gt=at).values_list("pk", flat=True))
    own.filter(pk__in=to_come).update(name="", email="", learner=None, named_at=None, named_by=None)
    for place in own.exclude(pk__in=to_come):
        place.name, place.email = "Erased person", f"erased-{place.uuid}{ERASED_ADDRESS}"
        place.save(update_fields=["name", "email"])
    CourseBooking.objects.filter(booked_by=user).update(accepted_from=None)


def _waiting(user):
    own = WaitingListPlace.objects.filter(user=user).select_related("cohort__course")
    return [
        {
            "course": waiting.cohort.course.title,
            "dates": waiting.cohort.code,
            "since": waiting.created_at.isoformat(),
            "state": waiting.get_status_display(),
            "last offered": waiting.offered_at.isoformat() if waiting.offered_at else "",
        }
        for waiting in own.order_by("pk")
    ]


def _leave_lists(user, at):
    for waiting in WaitingListPlace.objects.waiting().filter(user=user):
        actions.leave_waiting_list(waiting=waiting, at=at)
