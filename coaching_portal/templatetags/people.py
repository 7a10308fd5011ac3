"""{% load people %}{{ coach|initials }}: what a drawn portrait shows."""

from django import template

register = template.Library()


@register.filter
def initials(person):
    """The first letters of the first and the last word of a name: TR."""
    words = [word for word in str(person).split() if word[0].isalnum()]
    ends = words[:1] + words[1:][-1:]
    return "".join(word[0].upper() for word in ends)
