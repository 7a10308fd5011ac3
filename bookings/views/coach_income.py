"""What a coach's sessions came to: a year at a time, by month, and as files."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.presenters import income_chart, income_files
from bookings.presenters.income import IncomeYear
from bookings.views.decorators import coach_required
from coaching_portal.common import csv_files
from coaching_portal.common.date_fields import FIRST, LAST
from coaching_portal.common.dates import london_date

YEARS = {str(year): year for year in range(FIRST.year, LAST.year + 1)}


@require_safe
@never_cache
@coach_required
def income(request, coach):
    year = _year_asked_for(request, coach)
    context = {"income": year, "chart": income_chart.of(year.months)}
    return render(request, "bookings/income.html", context)


@require_safe
@never_cache
@coach_required
def income_by_month(request, coach):
    year = _year_asked_for(request, coach)
    return _file(f"income-{year.year}-by-month.csv", income_files.month_rows(year))


@require_safe
@never_cache
@coach_required
def income_by_session(request, coach):
    year = _year_asked_for(request, coach)
    return _file(f"income-{year.year}-by-session.csv", income_files.session_rows(year))


def _year_asked_for(request, coach):
    at = timezone.now()
    asked = request.GET.get("year") or str(london_date(at).year)
    if asked not in YEARS:
        raise Http404("There is no such year.")
    return IncomeYear(coach, YEARS[asked], at)


def _file(name, rows):
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    csv_files.write(response, rows)
    return response
