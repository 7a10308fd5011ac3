"""What a client comes for: the next session, what to answer, what is left, what to pay."""

from dataclasses import dataclass
from datetime import date, datetime

from bookings.models import CoachingSession, Programme
from bookings.models.programmes import ProgrammeQuerySet
from bookings.views.sessions import SessionPresenter
from coaching_portal.billing.models import Invoice
from coaching_portal.common.dates import london_date
from coaching_portal.website.your_home.invoices import InvoicesToPay, to_pay
from coaching_portal.website.your_home.section import FirstFew, Section, earliest, first_few
from profiles.models import Client, User

PROGRAMMES = 3


@dataclass(frozen=True, kw_only=True)
class ClientSection(Section):
    key = "coaching"
    name = "Your coaching"
    template = "website/_home_client.html"

    next_session: SessionPresenter | None
    is_agenda_to_write: bool
    programmes: FirstFew
    invoices: InvoicesToPay
    today: date


def section(user: User, at: datetime) -> ClientSection | None:
    if not Client.objects.filter(user=user).exists():
        return None
    today = london_date(at)
    upcoming = CoachingSession.objects.filter(client=user).upcoming(at)
    session = upcoming.for_pages().with_agenda_of_client().first()
    programmes = first_few(_programmes(user), PROGRAMMES)
    invoices = to_pay(Invoice.objects.filter(user=user), today)
    waits_for_answer = any(each.can_be_accepted or each.has_open_extension for each in programmes)
    return ClientSection(
        due_at=earliest(
            at if waits_for_answer else None,
            session.starts_at if session else None,
            invoices.due_at,
        ),
        next_session=SessionPresenter(user, session, at) if session else None,
        is_agenda_to_write=bool(
            session and session.agenda_can_change(at) and not getattr(session, "has_agenda", False)
        ),
        programmes=programmes,
        invoices=invoices,
        today=today,
    )


def _programmes(user: User) -> ProgrammeQuerySet:
    mine = Programme.objects.filter(client=user).open().with_number_left()
    return mine.with_open_extension().for_pages().to_answer_first()
