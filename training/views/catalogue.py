"""What anyone may read: the courses, one course, one cohort."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coaching_portal.billing.models import Practice
from coaching_portal.billing.structured_data import professional_service
from coaching_portal.common.structured_data import script
from profiles.models import User
from training.forms import CohortFilter
from training.models import Cohort, Course
from training.structured_data import course_with_dates


@login_not_required
@require_safe
def courses(request):
    upcoming = list(Cohort.objects.upcoming(timezone.now()))
    form = CohortFilter(request.GET, cohorts=upcoming)
    return render(
        request,
        "training/courses.html",
        {
            "form": form,
            "cohorts": form.chosen(),
            "is_narrowed": any(request.GET.get(name) for name in form.fields),
            "courses": Course.objects.published().by_title(),
        },
    )


@login_not_required
@require_safe
def course(request, slug):
    trainers = Prefetch("trainers", User.objects.select_related("coach").by_name())
    found = get_object_or_404(Course.objects.published().prefetch_related(trainers), slug=slug)
    cohorts = list(Cohort.objects.upcoming(timezone.now()).filter(course=found))
    return render(
        request,
        "training/course.html",
        {"course": found, "cohorts": cohorts, **_for_search_engines(found, cohorts)},
    )


@login_not_required
@require_safe
def cohort(request, code):
    found = find_cohort(request, code)
    own = request.user.is_authenticated and found.enrolments.live().of(request.user).first()
    return render(
        request,
        "training/cohort.html",
        {
            "cohort": found,
            "own_place": own,
            "is_open": found.is_open(timezone.now()),
            **_for_search_engines(found.course, [found]),
        },
    )


def _for_search_engines(course, cohorts):
    practice = Practice.current()
    provider = professional_service(practice)
    data = course_with_dates(course, cohorts, provider) if course.is_published else None
    return {"practice": practice, "structured_data": script(data) if data else ""}


def find_cohort(request, code):
    """The cohort with this code, in any letter case, if the reader may see it."""
    cohorts = Cohort.objects.visible_to(request.user).with_details()
    return get_object_or_404(cohorts, code=code.upper())
