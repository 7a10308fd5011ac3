"""What beat asks, and how often. Each question is "what is due and not yet done?", never "now?"."""

MINUTE, HOUR = 60, 3600


def beat_schedule(tick):
    """The schedule of Celery's beat; `tick` is how often, in seconds, the outbox is looked at."""
    return {
        "note a heartbeat": _every(tick, "coaching_portal.tasks.note_heartbeat"),
        "deliver due messages": _every(
            tick, "coaching_portal.notifications.tasks.deliver_due_messages"
        ),
        "queue the daily summaries of coaches": _every(
            10 * MINUTE, "bookings.tasks.post_evening_messages"
        ),
        "begin reviews that have come due": _every(
            5 * MINUTE, "bookings.tasks.begin_programme_reviews"
        ),
        "read and write the calendars of coaches": _every(
            MINUTE // 2, "bookings.tasks.sync_calendars"
        ),
        "offer free places to those who wait": _every(MINUTE, "training.tasks.offer_free_places"),
        "offer earlier times to those who wait": _every(
            MINUTE, "bookings.tasks.offer_earlier_times"
        ),
        "complete sessions that nobody confirmed": _every(
            HOUR, "bookings.tasks.complete_unconfirmed"
        ),
        "forget what was kept long enough": _every(
            24 * HOUR, "coaching_portal.tasks.forget_what_is_too_old"
        ),
        "forget what has gone stale": _every(6 * HOUR, "coaching_portal.tasks.forget_stale_rows"),
    }


def _every(seconds, task):
    # A task left waiting longer than its period expires: the next one asks the same question.
    expires = min(seconds, HOUR)
    return {"task": task, "schedule": float(seconds), "options": {"expires": expires}}
