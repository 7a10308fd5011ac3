"""{% load wording %}: the functions of coaching_portal.common.formatting as filters.

{{ session.price|money }}  {{ session.starts_at|when:zone }}
"""

from django import template

from coaching_portal.common import formatting

register = template.Library()

for function in (
    formatting.money,
    formatting.long_date,
    formatting.short_date,
    formatting.clock,
    formatting.when,
    formatting.date_and_time,
    formatting.zone_words,
    formatting.zone_name,
):
    register.filter(function.__name__, function)

# Django has a filter `length` of its own.
register.filter("duration", formatting.length)
register.simple_tag(formatting.when_range, name="when_range")
register.simple_tag(formatting.date_range, name="date_range")
