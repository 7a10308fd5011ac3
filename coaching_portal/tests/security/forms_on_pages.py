"""The forms of a page as a browser would send them: where to, and with what already in them."""

from dataclasses import dataclass, field
from urllib.parse import urljoin

import html5lib

FIELDS = {"input", "textarea", "select", "button"}
NOT_SENT = {"submit", "button", "reset", "image", "file"}


@dataclass
class Form:
    """`fields` are pairs of name and value, as often as they stand there."""

    action: str
    method: str
    fields: list = field(default_factory=list)
    names: set = field(default_factory=set)  # also of what is empty or not ticked
    buttons: list = field(default_factory=list)

    @property
    def data(self):
        """What is sent when nothing is changed: {name: [values]}."""
        sent = {}
        for name, value in self.fields:
            sent.setdefault(name, []).append(value)
        return sent


def forms_of(response):
    """Every form that stands on a page."""
    tree = html5lib.parse(response.content, namespaceHTMLElements=False)
    here = response.request["PATH_INFO"]
    if query := response.request["QUERY_STRING"]:
        here += f"?{query}"
    return [_form(element, here) for element in tree.iter("form")]


def _form(element, here):
    form = Form(urljoin(here, element.get("action") or here), element.get("method", "get").lower())
    for part in element.iter():
        name = part.get("name")
        if part.tag not in FIELDS or not name or "disabled" in part.attrib:
            continue
        if part.tag == "button" or part.get("type") in NOT_SENT:
            form.buttons.append((name, part.get("value", "")))
            continue
        form.names.add(name)
        form.fields += [(name, value) for value in _values(part)]
    return form


def _values(part):
    if part.tag == "textarea":
        return [part.text or ""]
    if part.tag == "select":
        chosen = [each for each in part.iter("option") if "selected" in each.attrib]
        first = [] if "multiple" in part.attrib else list(part.iter("option"))[:1]
        return [each.get("value", each.text or "") for each in chosen or first]
    if part.get("type") in ("checkbox", "radio"):
        return [part.get("value", "on")] if "checked" in part.attrib else []
    return [part.get("value", "")]
