"""A coach says which other sites may show her free times."""

from collections.abc import Sequence

from django.db import transaction

from bookings.actions.locking import lock_coach
from bookings.models import EmbedOrigin
from bookings.models.embedding import MOST_ORIGINS
from coaching_portal.common.refusals import Refusal
from profiles.models import Coach


class TooManySites(Refusal):
    def __init__(self) -> None:
        super().__init__(f"Enter at most {MOST_ORIGINS} addresses.")


@transaction.atomic
def set_embed_origins(*, coach: Coach, origins: Sequence[str]) -> None:
    """Allow these sites and no others; what stays keeps its row, so that the trail is short."""
    lock_coach(coach)
    wanted = set(origins)
    if len(wanted) > MOST_ORIGINS:
        raise TooManySites
    coach.embed_origins.exclude(origin__in=wanted).delete()
    there = set(coach.embed_origins.values_list("origin", flat=True))
    EmbedOrigin.objects.bulk_create(
        EmbedOrigin(coach=coach, origin=origin) for origin in sorted(wanted - there)
    )
