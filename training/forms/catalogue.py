from django import forms

from coaching_portal.common.choice_fields import choice_field
from coaching_portal.common.dates import london_date
from training.models import Cohort


class CohortFilter(forms.Form):
    """Narrows the list of dates; a choice that is not on offer narrows nothing."""

    course = forms.ChoiceField(label="Subject", required=False)
    setting = forms.ChoiceField(
        label="Where", required=False, choices=[("", "Anywhere"), *Cohort.Setting.choices]
    )
    month = forms.ChoiceField(label="Month", required=False)

    def __init__(self, data, *, cohorts):
        super().__init__(data)
        self.cohorts = cohorts
        courses = {cohort.course.slug: cohort.course.title for cohort in cohorts}
        by_title = sorted(courses.items(), key=lambda course: course[1])
        choice_field(self, "course").choices = [("", "All subjects"), *by_title]
        months = {_month(cohort): f"{cohort.dates[0]:%B %Y}" for cohort in cohorts}
        choice_field(self, "month").choices = [("", "Any month"), *months.items()]

    def chosen(self):
        self.full_clean()
        course, setting, month = (
            self.cleaned_data.get(name, "") for name in ("course", "setting", "month")
        )
        return [
            cohort
            for cohort in self.cohorts
            if course in ("", cohort.course.slug)
            and setting in ("", cohort.setting)
            and month in ("", _month(cohort))
        ]


def _month(cohort):
    return f"{london_date(cohort.begins_at):%Y-%m}"
