"""Addresses of the pages that show several apps at once."""

from django.contrib import admin
from django.urls import path

from coaching_portal.views import coaches, health, home, invoicing, privacy, public

urlpatterns = [
    path("", home.home, name="home"),
    path("coaching/", public.coaching, name="coaching"),
    path("coaching/teams/", public.team_enquiry, name="team_enquiry"),
    path("enquiries/<uuid:uuid>/", public.enquiry_received, name="enquiry_received"),
    path("coaches/", coaches.coaches, name="coaches"),
    path("coaches/<slug:slug>/", coaches.coach, name="coach"),
    path("contact/", public.contact, name="contact"),
    path("privacy/", public.privacy, name="privacy"),
    path("privacy/complaint/", public.complaint, name="complaint"),
    path("privacy/complaint/<uuid:uuid>/", public.complaint_received, name="complaint_received"),
    path("accessibility/", public.accessibility, name="accessibility"),
    path("terms/", public.terms, name="terms"),
    path("account/privacy/", privacy.overview, name="my_privacy"),
    path("account/privacy/download/", privacy.download, name="my_data"),
    path("account/privacy/consents/<uuid:uuid>/", privacy.take_back, name="take_back_consent"),
    path("account/privacy/erase/", privacy.erase, name="erase_me"),
    path("account/privacy/erased/", privacy.erased, name="erased"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("admin/invoicing/", admin.site.admin_view(invoicing.choose), name="invoicing"),
    path("admin/invoicing/drafts/", admin.site.admin_view(invoicing.draft), name="invoicing_draft"),
    path("admin/invoicing/issue/", admin.site.admin_view(invoicing.issue), name="invoicing_issue"),
]
