from django.urls import path

from profiles.accounts import views

urlpatterns = [
    path("account/", views.overview, name="account"),
    path("account/details/", views.details, name="account_details"),
]
