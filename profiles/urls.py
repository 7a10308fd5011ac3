from django.urls import include, path

from profiles.views import leaders

app_name = "profiles"

urlpatterns = [
    path("leaders/", leaders.leaders, name="leaders"),
    path("leaders/podcast.xml", leaders.podcast, name="podcast"),
    path("leaders/<slug:slug>/", leaders.leader, name="leader"),
    path("leaders/<slug:slug>/<slug:interview>/", leaders.interview, name="interview"),
    path(
        "leaders/<slug:slug>/<slug:interview>/audio/",
        leaders.interview_audio,
        name="interview_audio",
    ),
    path("", include("profiles.accounts.urls")),
]
