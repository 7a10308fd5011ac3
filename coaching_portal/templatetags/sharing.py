"""{% load sharing %}{% shared_head %}…{% endshared_head %}: a page's title and description, and
the same as Open Graph, for those who share a link to it."""

import re
from html import unescape

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join

from coaching_portal.common.structured_data import whole_url

register = template.Library()

TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
DESCRIPTION = re.compile(r'<meta name="description" content="(.*?)">', re.DOTALL)
PICTURE = "img/share.png"


@register.tag
def shared_head(parser, token):
    nodelist = parser.parse(("endshared_head",))
    parser.delete_first_token()
    return SharedHead(nodelist)


class SharedHead(template.Node):
    """What stands between the tags; on a listed page its address, and the same for Open Graph."""

    def __init__(self, nodelist):
        self.nodelist = nodelist

    def render(self, context):
        head = self.nodelist.render(context)
        url = context.get("canonical_url")
        if not url:
            return head + '<meta name="robots" content="noindex">'
        shared = {
            "type": "website",
            "locale": "en_GB",
            "site_name": str(context["practice"].name),
            "url": url,
            "title": _found(TITLE, head),
            "description": _found(DESCRIPTION, head),
            "image": whole_url(static(PICTURE)),
            "image:width": "1200",
            "image:height": "630",
            "image:alt": "Two lines of writing in a pine green speech bubble",
        }
        metas = format_html_join(
            "\n    ",
            '<meta property="og:{}" content="{}">',
            ((name, value) for name, value in shared.items() if value),
        )
        return head + format_html('<link rel="canonical" href="{}">\n    {}', url, metas)


def _found(pattern, head):
    """The text of a part of the head, as it is before it is escaped for HTML."""
    found = pattern.search(head)
    return unescape(" ".join(found[1].split())) if found else ""
