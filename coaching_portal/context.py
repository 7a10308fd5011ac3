"""What every page knows: the practice and the address of the site."""

from django.conf import settings

from coaching_portal.billing.models import Practice


def portal(request):
    """The practice (looked up only where a page shows it), the site's address, the kind of run."""
    return {
        "practice": Practice.current,
        "site_url": settings.SITE_URL,
        "embedded": settings.EMBEDDED,
    }
