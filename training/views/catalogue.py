"""What anyone may read: the courses, one course, one cohort."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from profiles.models import User
from training.forms import CohortFilter
from training.models import Cohort, Course


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
    cohorts = Cohort.objects.upcoming(timezone.now()).filter(course=found)
    return render(request, "training/course.html", {"course": found, "cohorts": cohorts})


@login_not_required
@require_safe
def cohort(request, code):
    found = find_cohort(request, code)
    own = request.user.is_authenticated and found.enrolments.live().of(request.user).first()
    return render(
        request,
        "training/cohort.html",
        {"cohort": found, "own_place": own, "is_open": found.is_open(timezone.now())},
    )


def find_cohort(request, code):
    """The cohort with this code, in any letter case, if the reader may see it."""
    cohorts = Cohort.objects.visible_to(request.user).with_details()
    return get_object_or_404(cohorts, code=code.upper())
