import uuid

from django import template
from django.utils.html import format_html

from coaching_portal.common.idempotency import FIELD

register = template.Library()


@register.simple_tag
def idempotency_key():
    """A hidden field whose value is new each time the form is shown."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, uuid.uuid4())
