from django.urls import include, path

app_name = "profiles"

urlpatterns: list = [
    path("", include("profiles.accounts.urls")),
]
