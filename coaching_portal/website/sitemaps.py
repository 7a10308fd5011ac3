"""sitemap.xml and robots.txt: what search engines may find, and what they need not look at."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from profiles.models import Coach, Interview, Leader
from training.models import Cohort, Course

TEXTS = (
    *("home", "coaching", "team_enquiry", "coaches", "profiles:leaders", "training:courses"),
    *("contact", "privacy", "accessibility", "terms"),
)
# Public pages that search engines may list; whatever else is public says noindex.
LISTED = {
    *TEXTS,
    *("coach", "bookings:book", "profiles:leader", "profiles:interview", "training:course"),
    "training:cohort",
}


class PublicPages(Sitemap):
    """Addresses on SITE_URL, whatever host a request names."""

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc

    def get_protocol(self, protocol=None):
        return urlsplit(settings.SITE_URL).scheme


class Texts(PublicPages):
    def items(self):
        return TEXTS

    def location(self, item):
        return reverse(item)


class Coaches(PublicPages):
    def items(self):
        return Coach.objects.public().in_order()


class Times(Coaches):
    """Where each coach's free times are."""

    def location(self, item):
        return reverse("bookings:book", args=[item.slug])


class Leaders(PublicPages):
    def items(self):
        return Leader.objects.public().in_order()


class Interviews(PublicPages):
    def items(self):
        return Interview.objects.public().select_related("leader").newest_first()


class Courses(PublicPages):
    def items(self):
        return Course.objects.published().by_title()


class CourseDates(PublicPages):
    def items(self):
        return Cohort.objects.upcoming(timezone.now())


SITEMAPS: dict[str, type[Sitemap] | Sitemap] = {
    "texts": Texts,
    "coaches": Coaches,
    "times": Times,
    "leaders": Leaders,
    "interviews": Interviews,
    "courses": Courses,
    "course-dates": CourseDates,
}


@login_not_required
@require_safe
def sitemap_xml(request):
    return sitemap(request, SITEMAPS)


@login_not_required
@require_safe
def robots_txt(request) -> HttpResponse:
    context = {"site_url": settings.SITE_URL}
    return render(request, "website/robots.txt", context, content_type="text/plain; charset=utf-8")
