"""What search engines read about a page: schema.org data in a script that is never run."""

import json
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# As Django's json_script has it: no text can end the script that holds it.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def whole_url(path: str) -> str:
    """The address of a path of ours, as others link to it."""
    return f"{settings.SITE_URL}{path}"


def thing(kind: str, **properties: Any) -> dict[str, Any]:
    """One thing of schema.org; properties without a value are left out."""
    return {"@type": kind} | {
        name: value for name, value in properties.items() if value not in (None, "", [])
    }


def offer(price: Decimal, path: str, **properties: Any) -> dict[str, Any]:
    """What a thing costs, in pounds, and the page where it can be had."""
    return thing("Offer", price=str(price), priceCurrency="GBP", url=whole_url(path), **properties)


def script(*things: dict[str, Any]) -> SafeString:
    """The things as a page holds them; nothing where there are none."""
    if not things:
        return SafeString("")
    data = {"@context": "https://schema.org", "@graph": list(things)}
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    # The text can neither end the script nor begin another.
    safe = mark_safe(text)  # noqa: S308  # nosec B308 B703
    return format_html('<script type="application/ld+json">{}</script>', safe)
