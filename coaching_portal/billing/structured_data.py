"""The practice as search engines read it: what its contact page shows."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse

from coaching_portal.billing.models import Practice
from coaching_portal.common.structured_data import thing, whole_url


def professional_service(practice: Practice) -> dict[str, Any]:
    return thing(
        "ProfessionalService",
        name=practice.name,
        url=whole_url(reverse("home")),
        image=whole_url(static("img/share.png")),
        email=practice.email,
        telephone=practice.phone,
        address=practice.address,
        areaServed="GB",
    )
