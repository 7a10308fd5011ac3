"""{% load contact %}: how to get in touch, wherever a page or an email says to.

Ask us: {% reach_us %}.   {{ problem|with_contact_links:practice }}
In plain text: {% reach_us_plain %}.
"""

from django import template
from django.urls import reverse

from coaching_portal.notifications import contact, sender

register = template.Library()


@register.simple_tag(takes_context=True)
def reach_us(context):
    """The practice's phone and email as links, or a link to the contact page."""
    practice = _practice_of(context)
    return contact.linked(contact.ways(practice), practice, site_url=context.get("site_url", ""))


@register.simple_tag(takes_context=True)
def reach_us_plain(context, site_url=""):
    """The same in words; with `site_url` the contact page's address, for an email's text."""
    page = f"{site_url}{reverse('contact')}" if site_url else contact.CONTACT_PAGE
    return contact.ways(_practice_of(context), page=page)


def _practice_of(context):
    """A page of an error may be drawn without what pages know of themselves."""
    return context.get("practice") or sender.practice()


@register.filter
def with_contact_links(text, practice):
    return contact.linked(text, practice)


@register.filter
def phone_address(phone):
    return contact.phone_address(phone)
