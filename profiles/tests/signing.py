"""How the tests sign in as a visitor does, with the form."""

from django.urls import reverse

PASSWORD = "seven quiet herons"


def sign_in(client, email="jo@example.org", password=PASSWORD, **headers):
    fields = {"login": email, "password": password, **headers.pop("fields", {})}
    return client.post(reverse("account_login"), fields, **headers)


def is_signed_in(client):
    return client.get(reverse("profiles:account")).status_code == 200
