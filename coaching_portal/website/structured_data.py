"""The services of the practice as search engines read them."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.urls import reverse

from coaching_portal.common import formatting
from coaching_portal.common.structured_data import offer, thing, whole_url
from profiles.models import Coach


def coaching_service(
    coach: Coach, prices: Iterable[tuple[int, Decimal]], provider: dict[str, Any]
) -> dict[str, Any]:
    """Individual coaching with one coach: pairs of minutes and pounds, each an offer."""
    path = reverse("bookings:book", args=[coach.slug])
    return thing(
        "Service",
        name=f"Individual coaching with {coach}",
        serviceType="Coaching",
        url=whole_url(coach.get_absolute_url()),
        provider=provider,
        offers=[
            offer(price, f"{path}?minutes={minutes}", name=formatting.length(minutes))
            for minutes, price in prices
        ],
    )
