"""{% load accounts %}: {{ session.user_agent|browser }} says "Firefox on Windows".

{% if user|must_have_second_factor %} where it may not be turned off."""

from django import template

from profiles.accounts import second_factor

register = template.Library()

# The first that is found counts: most browsers also carry the names of others.
BROWSERS = [("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox")]
BROWSERS += [("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari")]
SYSTEMS = [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android")]
SYSTEMS += [("Windows", "Windows"), ("Mac OS", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux")]


def _first(names, user_agent):
    return next((name for mark, name in names if mark in user_agent), None)


@register.filter
def browser(user_agent):
    name = _first(BROWSERS, user_agent) or "A browser"
    system = _first(SYSTEMS, user_agent)
    return f"{name} on {system}" if system else name


@register.filter
def must_have_second_factor(user):
    return second_factor.is_required_of(user)
