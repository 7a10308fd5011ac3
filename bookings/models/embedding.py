"""The other sites that may show a coach's free times in a frame."""

from django.db import models
from django.db.models import Q

from coaching_portal.common.origins import PATTERN
from coaching_portal.personal_data.audit import tracked

MOST_ORIGINS = 20


@tracked("coach", "origin")
class EmbedOrigin(models.Model):
    """One site, as the header `frame-ancestors` names it."""

    coach = models.ForeignKey("profiles.Coach", models.CASCADE, related_name="embed_origins")
    origin = models.CharField(max_length=270)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["coach", "origin"], name="bookings_site_is_allowed_once"
            ),
            # What the database lets in goes into a header as it is.
            models.CheckConstraint(
                name="bookings_site_is_an_https_origin", condition=Q(origin__regex=f"^{PATTERN}$")
            ),
        ]

    def __str__(self) -> str:
        return self.origin
