"""Errors that repeat what they were given, as real ones do."""

import smtplib
from pathlib import Path

from django.db import connection, transaction

from profiles.models import User


def in_words(words):
    raise ValueError(f"invalid literal: {words!r}")


def behind_another(words):
    try:
        in_words(words)
    except ValueError as error:
        raise RuntimeError(words) from error


def of_a_constraint(words):
    """PostgreSQL says: Key (lower(email::text))=(…) already exists."""
    with transaction.atomic():
        User.objects.create_user(email=f"{words}@example.org")
        User.objects.create_user(email=f"{words}@example.org")


def of_a_statement(words):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT %s::integer", [words])


def of_a_file(words):
    Path("/no-such-folder", words).read_text()


def of_a_mail_server(words):
    raise smtplib.SMTPRecipientsRefused({f"{words}@example.org": (550, words.encode())})


ERRORS = {
    function.__name__: function
    for function in (
        in_words,
        behind_another,
        of_a_constraint,
        of_a_statement,
        of_a_file,
        of_a_mail_server,
    )
}
