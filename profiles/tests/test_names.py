"""A name in a message to others is a name, and nothing that can be followed."""

import pytest
from django.core.exceptions import ValidationError

from profiles.names import name_in_mail, validate_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ann Example", "Ann Example"),
        ("Zoë O'Brien-Núñez", "Zoë O'Brien-Núñez"),
        ("J. R. Hartley", "J. R. Hartley"),
        ("王小明", "王小明"),
        ("Win at https://evil.example/now", "Win at https evil. example now"),
        ("www.evil.example", "www. evil. example"),
        ("me@evil.example", "me evil. example"),
        ("Ann\r\nBcc: all", "Ann Bcc all"),
        ("[click](evil.example)", "click evil. example"),
        ("A" * 60, "A" * 60),
        ("A" * 61, "A" * 60 + "…"),
        ("", ""),
    ],
)
def test_a_name_in_mail_has_one_line_no_link_and_a_limit(name, shown):
    assert name_in_mail(name) == shown


@pytest.mark.parametrize(
    "name", ["https://evil.example", "see WWW.evil.example", "a@b.example", "Ann\nBen", "Ann\rBen"]
)
def test_a_name_with_a_link_an_address_or_a_line_break_is_refused(name):
    with pytest.raises(ValidationError, match="Enter the name only"):
        validate_name(name)


@pytest.mark.parametrize("name", ["Ann", "Dr. Ann van der Berg", "Ann.Example", "Łukasz O'Neil"])
def test_names_are_not(name):
    validate_name(name)
