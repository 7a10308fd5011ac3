"""The kinds of message there are. An app registers its own in `AppConfig.ready()`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Email:
    """A rendered message. `calendar` is an (iCalendar text, METHOD) pair for an invitation."""

    subject: str
    text: str
    html: str
    calendar: tuple[str, str] | None = None
    attachments: list[tuple[str, bytes, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Kind:
    name: str
    render: Callable[[Any], Email]
    is_still_valid: Callable[[Any, Any], bool]
    can_unsubscribe: bool
    label: str
    is_always_tried: bool = False


_kinds: dict[str, Kind] = {}


def register(
    kind,
    *,
    render,
    is_still_valid=lambda message, at: True,
    can_unsubscribe=False,
    label="",
    is_always_tried=False,
):
    """Make `kind` known. `render(message)` gives an Email; `is_still_valid(message, at)` a bool.

    One that `is_always_tried` is sent to an address that has refused mail, too.
    """
    _kinds[kind] = Kind(
        kind, render, is_still_valid, can_unsubscribe, label or kind, is_always_tried
    )


def kind_of(name):
    if name not in _kinds:
        raise LookupError(f"No message of the kind {name!r} is registered.")
    return _kinds[name]


def names():
    """Of all kinds, in the order in which the apps registered them."""
    return list(_kinds)


def label_of(name):
    """The kind in words, also for one that no longer exists."""
    return _kinds[name].label if name in _kinds else name


def with_unsubscribe():
    """The kinds that people may decline, in the order in which the apps registered them."""
    return [kind for kind in _kinds.values() if kind.can_unsubscribe]
