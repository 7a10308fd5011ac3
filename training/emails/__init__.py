"""Emails. `courses.py`: to whom and when; `course_content.py`: the words."""

from training.emails.courses import (
    cohort_changed,
    learner_named,
    offer_lapsed,
    place_lost,
    place_offered,
    places_booked,
    places_cancelled,
    waiting_list_closed,
    waiting_list_joined,
)

__all__ = [
    "cohort_changed",
    "learner_named",
    "offer_lapsed",
    "place_lost",
    "place_offered",
    "places_booked",
    "places_cancelled",
    "waiting_list_closed",
    "waiting_list_joined",
]
