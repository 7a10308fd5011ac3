"""{% load navigation %}{% nav_link "/courses/" "Courses" %}: a link that knows where it is."""

from django import template
from django.utils.html import format_html

register = template.Library()


@register.simple_tag(takes_context=True)
def nav_link(context, address, text):
    """A link, marked as the current page or as the section that the page belongs to."""
    address = str(address)  # it may be lazy
    here = getattr(context.get("request"), "path", "")
    if here == address:
        return format_html('<a href="{}" aria-current="page">{}</a>', address, text)
    if here.startswith(address) and address != "/":
        return format_html('<a href="{}" aria-current="true">{}</a>', address, text)
    return format_html('<a href="{}">{}</a>', address, text)
