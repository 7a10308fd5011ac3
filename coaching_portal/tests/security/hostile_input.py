"""Text that would do harm wherever somebody forgot to treat it as text, put into every field.

It goes into the rows themselves, past the forms: what is shown must be safe whoever wrote it.
"""

from django.apps import apps
from django.db import IntegrityError, models, transaction

from coaching_portal.testing.database import triggers_off

FORMULA = "=HYPERLINK(1)"
TEMPLATE = "{{7*7}}{% raw %}"
MARKUP = "<script>__pwned=1</script><img src=x onerror=__pwned=1>\"'>"
HEADER = "\r\nBcc: thief@example.org"
RIGHT_TO_LEFT, SWAN, BACKSPACE = "\u202e", "🦢", "\x08"
NOT_DRAWN = SWAN + BACKSPACE
DRAWN = FORMULA + MARKUP + TEMPLATE + HEADER + RIGHT_TO_LEFT
WHOLE = DRAWN + NOT_DRAWN
PARTS = ("=1+1<b>{{7*7}}" + SWAN, "=1+1")  # for short fields: the first that fits
LONG = WHOLE + " " + "long " * 2000  # for fields without an end

# What programs write, and what no form lets through unless it is what it should be.
NOT_TEXT = {
    "id",
    "kind",
    "key",
    "code",
    "slug",
    "sha256",
    "terms_sha256",
    "token_sha256",
    "number",
    "prefix",
    "occasion",
    "email",
    "unproved_email",
    "payables_email",
    "purchase_order_mask",
    "approved_version",
    "location",
    "password",
    "sort_name",
    "time_zone",
    "visitor_key",
    "room_url",
    "video_room_url",
    "session_key",
    "vat_number",
    "source",
}
FRAMEWORKS = {"contenttypes", "sessions", "pghistory", "auth", "account"}
ADDRESSES = {"OutgoingMessage", "Publication"}  # whose field "address" is a real address


def everything(*, without=""):
    """Every text of every row; what is issued or kept as a trail is changed as well.

    `without` holds the characters left out: issuing refuses what a document cannot draw.
    """
    with triggers_off():
        for model in apps.get_models():
            for field in _texts(model):
                _fill_rows(model._default_manager, field, without)


def _fill_rows(rows, field, without):
    """Every row; where a constraint wants some to be empty, those that are not."""
    text = {field.name: hostile_text(field).translate(dict.fromkeys(map(ord, without)))}
    try:
        with transaction.atomic():
            rows.update(**text)
    except IntegrityError:
        rows.exclude(**{field.name: ""}).update(**text)


def hostile_text(field):
    if field.max_length is None:
        return LONG
    return next(text for text in (WHOLE, *PARTS, "=") if len(text) <= field.max_length)


def _texts(model):
    if model._meta.app_label in FRAMEWORKS or model.__name__.endswith("Change"):
        return
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField)
        is_address = field.name == "address" and model.__name__ in ADDRESSES
        if is_text and not (field.choices or field.name in NOT_TEXT or is_address):
            yield field
