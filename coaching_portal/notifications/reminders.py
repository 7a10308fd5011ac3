"""Reminders before a moment, the nearest only: each is of no use once the next one is due."""


def ahead(moment, steps, *, at):
    """(name, due_at, not_after) of those still ahead; `steps` are (name, how long before).

    After an outage the outbox drops those whose time has passed, so nobody is reminded twice at
    once.
    """
    due = [moment - before for _, before in steps]
    for (name, _), due_at, not_after in zip(steps, due, [*due[1:], moment], strict=True):
        if due_at > at:
            yield name, due_at, not_after
