from django import template

from coaching_portal import audit

register = template.Library()
register.simple_tag(audit.changes_of, name="changes_of")
