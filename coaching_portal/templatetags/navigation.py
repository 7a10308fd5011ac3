"""{% load navigation %}{% nav_link "/courses/" "Courses" %}: a link that knows where it is."""

from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def nav_link(context, address, text):
    """A link, marked as the current page or as the section that the page belongs to."""
    address = str(address)  # it may be lazy
    here = getattr(context.get("request"), "path", "")
    if here == address:
        return _link(address, text, ' aria-current="page"')
    if here.startswith(address) and address != "/":
        return _link(address, text, ' aria-current="true"')
    return _link(address, text)


@lru_cache(maxsize=256, typed=True)
def _link(address, text, current=""):
    """The same dozen links stand on every page."""
    return format_html('<a href="{}"{}>{}</a>', address, mark_safe(current), text)  # noqa: S308  (ours)  # nosec B308 B703
