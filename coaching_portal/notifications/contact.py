"""How to get in touch with the practice, wherever a page, a refusal or an email says to.

    raise TooManyOpen(f"To book more, ask {coach}: {contact.ways()}.")

Pages link what the sentence names: `{{ problem|with_contact_links:practice }}`.
"""

import re
from collections.abc import Iterator

from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeData, SafeString

from coaching_portal.notifications import sender
from coaching_portal.notifications.sender import Practice

CONTACT_PAGE = "our contact page"


def ways(practice: Practice | None = None, *, page: str = CONTACT_PAGE) -> str:
    """“phone 01632 960000 or email us@example.org”; where neither is known, the contact page."""
    known = practice or sender.practice()
    found = [f"phone {known.phone}"] if known.phone else []
    found += [f"email {known.email}"] if known.email else []
    return " or ".join(found) or f"use {page}"


def linked(text: str, practice: Practice, *, site_url: str = "") -> SafeString:
    """The text with links where `ways` has named a phone, an email or the contact page."""
    if isinstance(text, SafeData):
        return conditional_escape(text)
    return format_html_join("", "{}", ((part,) for part in _parts(str(text), practice, site_url)))


def _parts(text: str, practice: Practice, site_url: str) -> Iterator[str]:
    addresses = dict(_addresses(practice, site_url))
    names = "|".join(re.escape(name) for name in addresses)
    for part in re.split(rf"(?<!\w)({names})(?!\w)", text):
        address = addresses.get(part)
        yield format_html('<a href="{}">{}</a>', address, part) if address else part


def _addresses(practice: Practice, site_url: str) -> Iterator[tuple[str, str]]:
    """What the text may name, and where each leads."""
    yield CONTACT_PAGE, f"{site_url}{reverse('contact')}"
    if practice.phone:
        yield practice.phone, phone_address(practice.phone)
    if practice.email:
        yield practice.email, f"mailto:{practice.email}"


def phone_address(phone: str) -> str:
    """What a phone dials: without the spaces, and the (0) that is for callers in the country."""
    return f"tel:{re.sub(r'[^0-9+]', '', phone.replace('(0)', ''))}"
