import pytest
from django.db import IntegrityError

from profiles.models import User, sort_key


@pytest.mark.django_db
def test_an_email_address_is_taken_in_any_letter_case():
    User.objects.create_user(email="Jo@example.org")

    with pytest.raises(IntegrityError):
        User.objects.create_user(email="jO@example.org")


def test_names_sort_without_accents_and_case():
    names = ["Zoë", "Émile", "adam", "Eve"]

    assert sorted(names, key=sort_key) == ["adam", "Émile", "Eve", "Zoë"]
