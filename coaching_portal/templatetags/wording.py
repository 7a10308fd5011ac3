"""{% load wording %}: the functions of coaching_portal.common.wording as filters.

{{ session.price|money }}  {{ session.starts_at|when:zone }}
"""

from django import template

from coaching_portal.common import wording

register = template.Library()

for function in (
    wording.money,
    wording.long_date,
    wording.short_date,
    wording.clock,
    wording.when,
    wording.date_and_time,
    wording.zone_words,
    wording.zone_name,
):
    register.filter(function.__name__, function)

# Django has a filter `length` of its own.
register.filter("duration", wording.length)
register.simple_tag(wording.when_range, name="when_range")
register.simple_tag(wording.date_range, name="date_range")
