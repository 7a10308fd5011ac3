from django import template

from coaching_portal.personal_data import audit

register = template.Library()
register.simple_tag(audit.changes_of, name="changes_of")
