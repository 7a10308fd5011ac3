"""Texts hold what can be seen: no signs that turn the line around, hide, or show as nothing.

A name with U+202E reads backwards on an invoice; a zero-width space makes two names look the same.
Every text field of our models has one of three validators, given in `guard_models`:

    LINE     names, references, titles: one line
    ADDRESS  the same over several lines
    PROSE    long texts: what word processors put in unseen is let through, but nothing that turns
             the line around, and no control characters

Forms that are not made from a model name theirs: `forms.CharField(validators=[visible_text.LINE])`.
"""

import unicodedata

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.deconstruct import deconstructible

# Letters, marks and a sign that show as nothing (Unicode: Default_Ignorable_Code_Point, and the
# empty pattern of braille).
BLANK = {*"\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufff9\ufffa\ufffb"}
BLANK |= {chr(code) for code in (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10))}
# Format characters that are seen: signs written under or around the number that follows.
SEEN = {*"\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"}
SEEN |= {chr(code) for code in range(0x0600, 0x0606)}
JOINERS = {"\u200c", "\u200d"}
# Scripts whose letters change their shape beside a joiner.
JOINED = (
    *("ARABIC", "SYRIAC", "NKO", "MONGOLIAN", "MANDAIC", "DEVANAGARI", "BENGALI", "GURMUKHI"),
    *("GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "MYANMAR"),
    *("KHMER", "TIBETAN", "BALINESE", "JAVANESE"),
)
NEWLINES = {"\n", "\r", "\t"}
# Soft hyphens, marks of direction, joiners of pictures, breaks of lines: pasted with prose.
PASTED = {*"\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u2060\ufe0e\ufe0f"}
NAMES = {"Cc": "control character", "Cs": "half of a character", "Co": "private use"}


@deconstructible
class VisibleText:
    code = "invisible"

    def __init__(self, *, newlines=False, prose=False):
        self.allowed = {*(NEWLINES if newlines else ()), *(PASTED if prose else ())}
        self.prose = prose

    def __call__(self, text):
        for place, sign in enumerate(str(text)):
            if self._is_refused(sign, text, place):
                raise ValidationError(
                    "This contains a character that cannot be seen or used here: %(sign)s. "
                    "Delete it, or type the text again.",
                    code=self.code,
                    params={"sign": name_of(sign)},
                )

    def _is_refused(self, sign, text, place):
        if sign in self.allowed or sign in SEEN:
            return False
        if sign in BLANK:
            return True
        category = unicodedata.category(sign)
        if category == "Cn":  # of a later Unicode, such as a new picture; or nothing at all
            return not self.prose or ord(sign) & 0xFFFE == 0xFFFE
        if sign in JOINERS:
            return not _joins(text[place - 1 : place], text[place + 1 : place + 2])
        if 0xE0100 <= ord(sign) <= 0xE01EF:  # another shape of a Chinese or Japanese character
            return unicodedata.category(text[place - 1] if place else " ") != "Lo"
        return category.startswith("C") or category in {"Zl", "Zp"}

    def __eq__(self, other):
        return isinstance(other, VisibleText) and vars(self) == vars(other)

    def __hash__(self):
        return hash(frozenset(self.allowed))


def _joins(before, after):
    return all(
        sign and unicodedata.category(sign)[0] in "LM"
        and unicodedata.name(sign, "").startswith(JOINED)
        for sign in (before, after)
    )  # fmt: skip


def name_of(sign):
    """As in "U+202E, right-to-left override"."""
    category = unicodedata.category(sign)
    name = unicodedata.name(sign, "") or NAMES.get(category, "not assigned")
    return f"U+{ord(sign):04X}, {name.lower()}"


LINE, ADDRESS = VisibleText(), VisibleText(newlines=True)
PROSE = VisibleText(newlines=True, prose=True)

APPS = ("coaching_portal", "notifications", "billing", "profiles", "bookings", "training")
# Text fields that hold a postal address.
ADDRESSES = {"Organisation.address", "Practice.address", "Cohort.address"}
# What nobody types: written by the portal, or chosen from a list of ours.
WRITTEN_BY_THE_PORTAL = {
    "AnsweredRequest.location",
    "OutgoingMessage.kind",
    "OutgoingMessage.occasion",
    "OutgoingMessage.last_error",
    "MessageEvent.detail",
    "MessagePreference.kind",
    "Heartbeat.name",
    "InvoiceDocument.sha256",
    "CreditNoteDocument.sha256",
    "Agreement.sha256",
    "CourseBooking.terms_sha256",
    "AssistantInvitation.token_sha256",
    "CalendarFeed.token_sha256",
    "CalendarFeed.version",
    "CalendarEntry.etag",
    "ConnectedCalendar.url",
    "EmbedOrigin.origin",
    "ConnectedCalendar.version",
    "CoachingSession.visitor_key",
    "Leader.approved_version",
    "Interview.approved_version",
    "User.password",
}


def validator_of(field):
    """Which of the three a model's field has; None for choices, and for what nobody types."""
    name = f"{field.model.__name__}.{field.name}"
    if field.choices or name in WRITTEN_BY_THE_PORTAL or field.name == "sort_name":
        return None
    if isinstance(field, models.CharField):
        return LINE
    if isinstance(field, models.TextField):
        return ADDRESS if name in ADDRESSES else PROSE
    return None


def texts():
    """Every text field of our models; the audit trail copies what has been checked."""
    for model in apps.get_models():
        is_ours = model._meta.app_label in APPS and not hasattr(model, "pgh_tracked_model")
        for field in model._meta.concrete_fields if is_ours else ():
            if isinstance(field, models.CharField | models.TextField):
                yield field


def guard_models():
    """Once all models are known: validators from one place, so that no new field is forgotten.

    They are no part of the field's definition, which every migration would repeat.
    """
    for field in texts():
        validator = validator_of(field)
        if validator and validator not in field.validators:
            field.validators = [*field.validators, validator]


def guard_form(form):
    """The same for the fields of a form that is not ours, such as django-allauth's."""

    for field in form.fields.values():
        is_secret = isinstance(field.widget, forms.PasswordInput | forms.HiddenInput)
        if isinstance(field, forms.CharField) and not is_secret and LINE not in field.validators:
            field.validators.append(LINE)
