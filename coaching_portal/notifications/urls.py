from django.urls import path

from coaching_portal.notifications import views

app_name = "notifications"

urlpatterns = [
    path("account/preferences/", views.preferences, name="preferences"),
    path("account/preferences/decline/<str:token>/", views.decline, name="decline"),
]
