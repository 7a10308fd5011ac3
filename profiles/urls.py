from django.urls import include, path

from profiles import views

app_name = "profiles"

urlpatterns = [
    path("leaders/", views.leaders, name="leaders"),
    path("leaders/podcast.xml", views.podcast, name="podcast"),
    path("leaders/<slug:slug>/", views.leader, name="leader"),
    path("leaders/<slug:slug>/<slug:interview>/", views.interview, name="interview"),
    path(
        "leaders/<slug:slug>/<slug:interview>/audio/", views.interview_audio, name="interview_audio"
    ),
    path("", include("profiles.accounts.urls")),
]
