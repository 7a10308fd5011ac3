from django.urls import path

from training.views import catalogue, enrolling, learning, places

app_name = "training"

urlpatterns = [
    path("courses/", catalogue.courses, name="courses"),
    path("courses/<slug:slug>/", catalogue.course, name="course"),
    path("cohorts/<slug:code>/", catalogue.cohort, name="cohort"),
    path("cohorts/<slug:code>/enrol/", enrolling.enrol, name="enrol"),
    path("cohorts/<slug:code>/enrol/check/", enrolling.check, name="check"),
    path("cohorts/<slug:code>/waiting-list/", enrolling.waiting_list, name="waiting_list"),
    path("learning/", learning.learning, name="learning"),
    path("learning/bookings/<uuid:uuid>/", learning.booking, name="booking"),
    path("learning/bookings/<uuid:uuid>/done/", learning.booked, name="booked"),
    path("learning/bookings/<uuid:uuid>/cancel/", places.cancel_booking, name="cancel_booking"),
    path("learning/places/<uuid:uuid>/name/", places.name, name="name_place"),
    path("learning/places/<uuid:uuid>/pass-on/", places.pass_on, name="pass_on"),
    path("learning/places/<uuid:uuid>/cancel/", places.cancel, name="cancel_place"),
    path("learning/places/<uuid:uuid>/course.ics", learning.calendar, name="place_ics"),
    path("learning/waiting/<uuid:uuid>/offer/", places.offer, name="offer"),
    path("learning/waiting/<uuid:uuid>/decline/", places.decline_offer, name="decline_offer"),
    path("learning/waiting/<uuid:uuid>/leave/", places.leave_waiting_list, name="leave_waiting"),
]
