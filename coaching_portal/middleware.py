"""Headers that every answer carries, and what nobody may keep a copy of."""

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


def safety_headers(get_response):
    def middleware(request):
        response = get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if _is_personal(request):
            response["Cache-Control"] = "no-store, private"
        return response

    return middleware


def _is_personal(request):
    """Whoever has a session may be shown their own name, hold or booking."""
    session = getattr(request, "session", None)
    return session is not None and not session.is_empty()
