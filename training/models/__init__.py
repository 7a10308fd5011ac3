from training.models.cohorts import Cohort, TeachingSession
from training.models.courses import Course
from training.models.enrolments import CourseBooking, Enrolment
from training.models.terms import EnrolmentTerms
from training.models.waiting import WaitingListPlace

__all__ = [
    "Cohort",
    "Course",
    "CourseBooking",
    "Enrolment",
    "EnrolmentTerms",
    "TeachingSession",
    "WaitingListPlace",
]
