"""The words of each message about programmes, asked for when it is sent.

They name dates, numbers and charges; never a title, a goal or what a session is about.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from bookings import cancellation
from bookings.models import Extension, Programme, Review
from bookings.models.programmes import ProgrammeQuerySet
from coaching_portal.common import formatting
from coaching_portal.common.dates import london_date
from coaching_portal.notifications import outbox
from coaching_portal.notifications.kinds import Email
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.notifications.rendering import render

Status, Outcome = Programme.Status, Review.Outcome
TEMPLATE = "bookings/email/programme"


def register() -> None:
    """Make the kinds known to the outbox."""
    for kind, label, words, is_true in (
        ("programme-proposed", "Programme proposed", _proposed, is_open_proposal),
        ("programme-accepted", "Programme agreed", _accepted, is_agreed),
        ("coach-programme-accepted", "Programme agreed, to the coach", _accepted, is_agreed),
        ("coach-programme-declined", "Programme declined", _declined, is_declined),
        ("review-notice", "Review date ahead", _review_ahead, is_review_ahead),
        ("coach-review-notice", "Review date ahead, to the coach", _review_ahead, is_review_ahead),
        ("programme-reviewed", "Review recorded", _reviewed, is_known),
        ("coach-programme-reviewed", "Review recorded, to the coach", _reviewed, is_known),
        ("programme-ended", "Programme ended", _ended, is_ended),
        ("extension-proposed", "Extension proposed", _extension, is_open_extension),
        (
            "coach-extension-proposed",
            "Extension proposed, to the coach",
            _extension,
            is_open_extension,
        ),
        (
            "coach-extension-declined",
            "Extension declined",
            _extension_declined,
            is_declined_extension,
        ),
    ):
        outbox.register(kind, label=label, render=_renderer(words), is_still_valid=is_true)


# --- Is it still true? --------------------------------------------------------------------


def _about(message: OutgoingMessage) -> ProgrammeQuerySet:
    return Programme.objects.filter(uuid=message.subject_uuid)


def is_known(message: OutgoingMessage, at: datetime) -> bool:
    return _about(message).exists()


def is_open_proposal(message: OutgoingMessage, at: datetime) -> bool:
    version = int(message.occasion)
    return _about(message).filter(status=Status.PROPOSED, terms_version=version).exists()


def is_agreed(message: OutgoingMessage, at: datetime) -> bool:
    return _about(message).filter(status__in=Programme.BOOKABLE).exists()


def is_declined(message: OutgoingMessage, at: datetime) -> bool:
    return _about(message).filter(status=Status.DECLINED).exists()


def is_ended(message: OutgoingMessage, at: datetime) -> bool:
    return _about(message).filter(status=Status.ENDED).exists()


def is_open_extension(message: OutgoingMessage, at: datetime) -> bool:
    return _extension_of(message).can_be_answered


def is_declined_extension(message: OutgoingMessage, at: datetime) -> bool:
    return _extension_of(message).status == Extension.Status.DECLINED


def _extension_of(message: OutgoingMessage) -> Extension:
    return Extension.objects.for_pages().get(uuid=message.occasion)


def is_review_ahead(message: OutgoingMessage, at: datetime) -> bool:
    """Running, and the review still on the date that this notice is about."""
    review_on = date.fromisoformat(message.occasion.split(":")[0])
    return _about(message).bookable().filter(review_on=review_on).exists()


# --- In what words? -----------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """What one message says, besides whom the programme is with."""

    subject_line: str
    heading: str
    facts: Sequence[tuple[str, object]] = ()
    paragraphs: Sequence[str] = ()
    button: str = "Open the programme"
    path: str = ""  # the programme's own where it is empty


def _renderer(
    words: Callable[[Programme, OutgoingMessage, bool], Words],
) -> Callable[[OutgoingMessage], Email]:
    """The renderer that puts what `words(programme, message, is_coach)` says into the template."""

    def render_message(message: OutgoingMessage) -> Email:
        programme = _about(message).for_pages().get()
        is_coach = message.recipient_id == programme.coach.user_id
        said = words(programme, message, is_coach)
        other = ("Client", programme.client) if is_coach else ("Coach", programme.coach)
        context = asdict(said) | {
            "facts": [other, *said.facts],
            "url": f"{settings.SITE_URL}{said.path or programme.get_absolute_url()}",
        }
        return render(TEMPLATE, context)

    return render_message


def _terms(programme: Programme) -> list[tuple[str, str]]:
    each = formatting.money(programme.price_of_a_session)
    number = programme.sessions_agreed
    length = formatting.length(programme.minutes)
    return [
        ("Sessions", f"{number} of {length}" if number > 1 else f"One of {length}"),
        ("Price", f"{each} each, {formatting.money(programme.price_of_all)} in all"),
        ("Review", formatting.long_date(programme.review_on)),
        ("Cancelling", cancellation.rule_for_notice(programme.cancellation_notice_hours)),
    ]


def _proposed(programme: Programme, message: OutgoingMessage, is_coach: bool) -> Words:
    sessions = formatting.count(programme.sessions_agreed, "session")
    return Words(
        subject_line=f"{programme.coach} proposes {sessions} of coaching, "
        f"with a review on {formatting.long_date(programme.review_on)}",
        heading="A coaching programme for you to read",
        facts=_terms(programme),
        paragraphs=["Nothing is agreed until you accept. You can also decline."],
        button="Read, accept or decline",
    )


def _accepted(programme: Programme, message: OutgoingMessage, is_coach: bool) -> Words:
    review = formatting.long_date(programme.review_on)
    sessions = formatting.count(programme.sessions_agreed, "session")
    return Words(
        subject_line=f"Agreed: {sessions} of coaching, with a review on {review}",
        heading="Your programme is agreed" if not is_coach else "A programme is agreed",
        facts=_terms(programme),
        paragraphs=["The terms are fixed as you see them here."]
        + ([] if is_coach else ["Book your sessions from the programme’s page."]),
    )


def _declined(programme: Programme, message: OutgoingMessage, is_coach: bool) -> Words:
    return Words(
        subject_line=f"{programme.client} has declined the programme that you proposed",
        heading="A programme was declined",
        paragraphs=["Nothing was agreed. You can propose other terms from the client’s page."],
    )


def _review_ahead(programme: Programme, message: OutgoingMessage, is_coach: bool) -> Words:
    days = programme.days_to_review(london_date(timezone.now()))
    review = formatting.long_date(programme.review_on)
    return Words(
        subject_line=f"Review with {programme.client} {_in_days(days)}, {review}"
        if is_coach
        else f"Your coaching review is {_in_days(days)}, {review}",
        heading=f"The review is {_in_days(days)}",
        facts=[
            ("Review date", review),
            ("Sessions used", f"{programme.sessions_used} of {programme.sessions_agreed}"),
        ],
        paragraphs=[
            "At the review you look back together and decide: extend, pause or finish.",
            "Record what you decide on the programme’s page."
            if is_coach
            else "Your coach records what you decide on the programme’s page.",
        ],
    )


def _reviewed(programme: Programme, message: OutgoingMessage, is_coach: bool) -> Words:
    review = Review.objects.get(uuid=message.occasion)
    if review.outcome == Outcome.EXTEND and review.new_review_on:
        decided = f"extended by {formatting.count(review.sessions_added, 'session')}"
        facts: list[tuple[str, object]] = [
            ("Sessions agreed now", programme.sessions_agreed),
            ("Next review", formatting.long_date(review.new_review_on)),
        ]
    else:
        decided = "paused" if review.outcome == Outcome.PAUSE else "finished"
        facts = []
    return Words(
        subject_line=f"After the review, the coaching programme is {decided}",
        heading=f"The programme is {decided}",
        facts=facts,
    )


def _extension(programme: Programme, message: OutgoingMessage, is_coach: bool) -> Words:
    extension = _extension_of(message)
    number, review = extension.sessions_added, formatting.long_date(extension.new_review_on)
    more = formatting.count(number, "more session")
    if is_coach:
        subject = f"You have proposed {more} to {programme.client}, with a review on {review}"
        paragraph = (
            f"Nothing changes until {programme.client} accepts. We will email you when they answer."
        )
    else:
        subject = f"{programme.coach} proposes {more} of coaching, with a review on {review}"
        paragraph = "Nothing changes until you accept. You can also decline."
    return Words(
        subject_line=subject,
        heading="An extension of a coaching programme",
        facts=[
            (
                "Sessions",
                f"{extension.sessions_after} in all, instead of {programme.sessions_agreed}",
            ),
            (
                "Price",
                f"{formatting.money(programme.price_of_a_session)} each, as agreed: "
                f"{formatting.money(extension.price_added)} for those to add",
            ),
            ("Next review", f"{review}, instead of {formatting.long_date(programme.review_on)}"),
        ],
        paragraphs=[paragraph],
        path=extension.get_absolute_url(),
        button="Read the proposal" if is_coach else "Read, accept or decline",
    )


def _extension_declined(programme: Programme, message: OutgoingMessage, is_coach: bool) -> Words:
    return Words(
        subject_line=f"{programme.client} has declined the extension that you proposed",
        heading="An extension was declined",
        paragraphs=["What was agreed stays as it is. You can propose something else."],
    )


def _ended(programme: Programme, message: OutgoingMessage, is_coach: bool) -> Words:
    return Words(
        subject_line=f"Your coaching programme with {programme.coach} has ended",
        heading="Your programme has ended",
        paragraphs=["Sessions that are already booked stay booked until they are cancelled."],
    )


def _in_days(days: int) -> str:
    if days <= 0:
        return "today" if days == 0 else "due"
    return "tomorrow" if days == 1 else f"in {days} days"
