"""What those come for who answer for an organisation that pays: numbers, dates and invoices.

Never what coaching is about, nor whose it is: only sums of all programmes that it pays for.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bookings.models import Programme
from coaching_portal.billing.models import Invoice
from coaching_portal.common.dates import london_date
from coaching_portal.website.your_home.invoices import InvoicesToPay, to_pay
from coaching_portal.website.your_home.section import FirstFew, Section, first_few
from profiles.models import Membership, User

Role = Membership.Role
ORGANISATIONS = 5


@dataclass(frozen=True, kw_only=True)
class OrganisationSection(Section):
    key = "organisation"
    name = "Your organisation"
    template = "website/_home_organisation.html"

    is_sponsor: bool
    totals: FirstFew
    invoices: InvoicesToPay


def section(user: User, at: datetime, roles: set[str]) -> OrganisationSection | None:
    """For sponsors and accounts; for training contacts once there is something to pay."""
    if not roles.intersection(Invoice.READERS):
        return None
    invoices = to_pay(
        Invoice.objects.visible_to(user).filter(organisation__isnull=False), london_date(at)
    )
    if not invoices.number and not roles.intersection({Role.SPONSOR, Role.FINANCE}):
        return None
    is_sponsor = Role.SPONSOR in roles
    return OrganisationSection(
        due_at=invoices.due_at,
        is_sponsor=is_sponsor,
        totals=_totals(user) if is_sponsor else FirstFew([], False),
        invoices=invoices,
    )


def _totals(user: User) -> FirstFew:
    """Rows of plain numbers, so that no programme comes near the page."""
    totals: Any = Programme.objects.sponsored_by(user).totals_by_organisation()
    return first_few(totals, ORGANISATIONS)
