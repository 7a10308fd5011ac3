"""Addresses of the website."""

from django.urls import path

from coaching_portal.website import coaches, home, my_data, public, sitemaps
from coaching_portal.website.your_home import views as your_home

urlpatterns = [
    path("", home.home, name="home"),
    path("home/", your_home.your_home, name="your_home"),
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
    path("robots.txt", sitemaps.robots_txt, name="robots"),
    path("sitemap.xml", sitemaps.sitemap_xml, name="sitemap"),
    path("terms/", public.terms, name="terms"),
    path("account/privacy/", my_data.overview, name="my_privacy"),
    path("account/privacy/download/", my_data.download, name="my_data"),
    path(
        "account/privacy/consents/<uuid:uuid>/", my_data.withdraw_consent, name="withdraw_consent"
    ),
    path("account/privacy/erase/", my_data.erase, name="erase_me"),
    path("account/privacy/erased/", my_data.erased, name="erased"),
]
