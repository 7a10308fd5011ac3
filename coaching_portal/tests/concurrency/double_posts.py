"""Forms that are sent more often than once: who sends one where, and what comes of it.

    FORMS = Forms()

    @FORMS.add("bookings:add_agenda", makes=AgendaItem, without_key=2)
    def something_to_talk_about(given):
        …
        return user, path, {"text": "The rota"}

It makes `once` of these. `without_key` is how many there are when it is sent twice without its
key: more where the key alone stands between, as many where a rule of the action does, too.
`given` is the fixture of that name; test_double_posts.py sends each form.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse


@dataclass(frozen=True)
class Form:
    name: str
    makes: Any
    once: int
    without_key: int | None
    scene: Callable


class Forms(dict[str, Form]):
    """By their addresses' names and what they are about."""

    def add(self, name, *, makes, once=1, without_key=None):
        def register(scene):
            self[f"{name} {scene.__name__}"] = Form(name, makes, once, without_key, scene)
            return scene

        return register


def to(name, *args, query=""):
    return reverse(name, args=args) + query
