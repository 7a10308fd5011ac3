"""What every page knows: the practice, where booking begins, the address of the site."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from coaching_portal.billing.models import Practice
from coaching_portal.common.prepared_queries import PreparedQuery
from coaching_portal.website.sitemaps import LISTED
from profiles.models import Coach

_FIRST_SLUG = PreparedQuery(
    lambda: Coach.objects.public().in_order().values_list("slug", flat=True)[:1]
)


def portal(request):
    """Looked up only where a page shows it, and then once: the practice and the first coach."""
    return {
        "practice": SimpleLazyObject(Practice.current),
        "booking_address": SimpleLazyObject(_booking_address),
        "site_url": settings.SITE_URL,
        "canonical_url": _canonical_url(request),
        "embedded": settings.EMBEDDED,
    }


def _canonical_url(request):
    """The page's one address where search engines may list it, without what is asked of it."""
    match = request.resolver_match
    is_listed = match is not None and match.view_name in LISTED
    return f"{settings.SITE_URL}{request.path}" if is_listed else ""


def _booking_address():
    """The page that offers times with the practice's first coach."""
    slug = _FIRST_SLUG.first()
    return f"/book/{slug}/" if slug else "/coaches/"
