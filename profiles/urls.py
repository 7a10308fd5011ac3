from django.urls import include, path

from profiles.views import assistants, leaders

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
    path("account/assistants/", assistants.assistants, name="assistants"),
    path(
        "account/assistants/link/<str:token>/",
        assistants.accept_by_link,
        name="accept_by_link",
    ),
    path(
        "account/assistants/invitations/<uuid:uuid>/answer/",
        assistants.answer,
        name="answer_invitation",
    ),
    path(
        "account/assistants/invitations/<uuid:uuid>/withdraw/",
        assistants.withdraw,
        name="withdraw_invitation",
    ),
    path("account/assistants/<uuid:uuid>/end/", assistants.end, name="end_assistant"),
    path("account/assistants/clients/<uuid:uuid>/end/", assistants.stop, name="stop_assisting"),
    path("", include("profiles.accounts.urls")),
]
