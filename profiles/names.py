"""People's names as they go into messages to others: a name, and nothing that can be followed."""

import re

from django.core.exceptions import ValidationError

LONGEST_IN_MAIL = 60
LINKS = re.compile(r"://|\bwww\.|@|[\r\n]", re.IGNORECASE)
# What makes mail programs see a link or an address, or a part of the message's own form.
MARKS = re.compile(r"[\s:/\\@<>\[\](){}|\"*_#=&?%]+")


def name_in_mail(name):
    """The name on one line, without links and of limited length: “evil.example” has none left."""
    words = MARKS.sub(" ", str(name))
    words = re.sub(r"\.(?=\S)", ". ", words).strip()
    return words if len(words) <= LONGEST_IN_MAIL else f"{words[:LONGEST_IN_MAIL].rstrip()}…"


def validate_name(name):
    """Refuse a name with a link, an address or a line break in it."""
    if LINKS.search(name):
        raise ValidationError("Enter the name only, without links or email addresses.")
