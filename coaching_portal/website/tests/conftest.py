"""Cohorts of a published course, for the pages that show them."""

from training.tests.conftest import course, make_cohort

__all__ = ["course", "make_cohort"]
