"""What the messages of training say, and what makes them untrue before they are sent."""

from coaching_portal.notifications import outbox
from coaching_portal.notifications.rendering import render
from training import calendars
from training.models import CourseBooking, Enrolment, WaitingListPlace


def register_all():
    """Make the kinds known to the outbox; called once, when the app is ready."""
    outbox.register(
        "course-booked",
        label="Places on a course booked",
        render=_booking_mail("course_booked"),
        is_still_true=_has_places,
    )
    outbox.register(
        "course-joining",
        label="Joining instructions for a course",
        render=_joining_mail,
        is_still_true=_is_current,
    )
    outbox.register(
        "course-reminder",
        label="Reminders of courses, a week and a day before",
        render=_place_mail("course_reminder"),
        is_still_true=_is_ahead,
        may_be_declined=True,
    )
    outbox.register(
        "course-place-ended",
        label="A place on a course has ended",
        render=_ended_mail,
    )
    outbox.register(
        "course-places-cancelled",
        label="Places on a course cancelled",
        render=_cancelled_mail,
    )
    outbox.register(
        "course-name-delegates",
        label="Delegates still to be named",
        render=_booking_mail("course_name_delegates"),
        is_still_true=_has_unnamed_places,
    )
    for kind, label in (
        ("waiting-list-joined", "On the waiting list of a course"),
        ("waiting-list-closed", "The waiting list of a course has closed"),
    ):
        outbox.register(kind, label=label, render=_waiting_mail(kind.replace("-", "_")))


# --- What they say ------------------------------------------------------------------------


def _booking_mail(name):
    def mail(message):
        booking = _booking(message)
        context = {"booking": booking, "cohort": booking.cohort}
        return render(f"training/email/{name}", context, message=message)

    return mail


def _cancelled_mail(message):
    booking = _booking(message)
    ended = [
        place
        for place in booking.places
        if place.is_cancelled and place.ended_at.isoformat() == message.occasion
    ]
    context = {
        "booking": booking,
        "cohort": booking.cohort,
        "ended": ended,
        "fee": sum(place.fee for place in ended),
    }
    return render("training/email/course_places_cancelled", context, message=message)


def _place_mail(name, calendar=lambda place, message: None):
    def mail(message):
        place = _place(message)
        context = {"place": place, "cohort": place.cohort}
        return render(
            f"training/email/{name}", context, message=message, calendar=calendar(place, message)
        )

    return mail


_joining_mail = _place_mail(
    "course_joining",
    lambda place, message: calendars.invitation(place, at=message.due_at),
)
_ended_mail = _place_mail(
    "course_place_ended",
    lambda place, message: calendars.invitation(place, at=message.due_at, is_cancelled=True),
)


def _waiting_mail(name):
    def mail(message):
        waiting = WaitingListPlace.objects.select_related("cohort__course").get(
            uuid=message.subject_uuid
        )
        context = {"waiting": waiting, "cohort": waiting.cohort}
        return render(f"training/email/{name}", context, message=message)

    return mail


# --- Whether they are still true ----------------------------------------------------------


def _has_places(message, at):
    return bool(_booking(message).live_places)


def _has_unnamed_places(message, at):
    booking = _booking(message)
    return bool(booking.unnamed_places) and _is_of(message, booking.cohort, at)


def _is_current(message, at):
    """A learner's message holds while the place is theirs, with dates and place as they were."""
    place = _place(message)
    return place.is_live and _sequence(message) == place.cohort.sequence


def _is_ahead(message, at):
    place = _place(message)
    return place.is_live and _is_of(message, place.cohort, at)


def _is_of(message, cohort, at):
    return _sequence(message) == cohort.sequence and not cohort.has_begun(at)


def _sequence(message):
    return int(message.occasion.split(":")[0])


def _booking(message):
    return CourseBooking.objects.with_details().get(uuid=message.subject_uuid)


def _place(message):
    return Enrolment.objects.select_related("booking__booked_by", "cohort__course").get(
        uuid=message.subject_uuid
    )
