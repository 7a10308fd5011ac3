"""Where a row is changed in the admin."""

from django.urls import NoReverseMatch, reverse


def change_url(row):
    """The admin's page of a row; nothing where the admin does not keep such rows."""
    if row is None:
        return ""
    meta = row._meta
    try:
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return ""


def with_addresses(problems):
    """Pairs of problem and where to fix it."""
    return [(problem, change_url(problem.about)) for problem in problems]
