"""{% load formatting %}: the functions of coaching_portal.common.formatting as filters.

{{ session.price|money }}  {{ session.starts_at|when:zone }}
"""

from django import template
from django.utils.html import format_html

from coaching_portal.common import formatting

register = template.Library()

WORD_JOINER = "\u2060"

for function in (
    formatting.long_date,
    formatting.short_date,
    formatting.clock,
    formatting.when,
    formatting.date_and_time,
    formatting.zone_name,
    formatting.hours_of,
):
    register.filter(function.__name__, function)


@register.filter
def money(amount):
    """As everywhere; a word joiner keeps the minus on the line of its amount."""
    return formatting.money(amount).replace("-", f"-{WORD_JOINER}")


@register.filter
def unbroken(text):
    """A reference that stays on one line. A no-break hyphen would be copied with it."""
    return format_html('<span class="nowrap">{}</span>', text)


# Django has a filter `length` of its own.
register.filter("duration", formatting.length)
register.simple_tag(formatting.when_range, name="when_range")
register.simple_tag(formatting.date_range, name="date_range")
