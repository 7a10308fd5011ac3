"""What an installation for real people must have set before it starts."""

from django.core.exceptions import ImproperlyConfigured

SHORTEST_KEY = 50
SHORTEST_TOKEN = 32
NEW_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"


def insist(
    *,
    secret_key,
    site_url,
    email_url,
    hosts,
    proxies,
    debug,
    metrics_token="",
    private_calendars=(),
):
    """Raise ImproperlyConfigured with everything that is wrong, so that it is mended in one go."""
    requirements = {
        f"SECRET_KEY: at least {SHORTEST_KEY} random characters, from: {NEW_KEY}": (
            len(secret_key) >= SHORTEST_KEY
        ),
        "SITE_URL: the address that people type, beginning with https://": (
            site_url.startswith("https://")
        ),
        "EMAIL_URL: how mail leaves, such as smtp+tls://user:password@mail.example.org:587": (
            bool(email_url)
        ),
        "ALLOWED_HOSTS: exact names, without * or a leading dot": (
            all(host and host[0] not in "*." for host in hosts) or not site_url
        ),
        "TRUSTED_PROXIES: at least 1, because a proxy in front must speak https for the portal": (
            proxies >= 1
        ),
        f"METRICS_TOKEN: at least {SHORTEST_TOKEN} random characters, or none": (
            not metrics_token or len(metrics_token) >= SHORTEST_TOKEN
        ),
        "CONNECTIONS_ALSO_TO: empty, because calendars may connect to public servers only": (
            not private_calendars
        ),
        "DEBUG: false, because its error pages show secrets": not debug,
    }
    missing = [requirement for requirement, is_met in requirements.items() if not is_met]
    if missing:
        lines = "".join(f"\n  {requirement}" for requirement in missing)
        raise ImproperlyConfigured(f"set these (.env.example explains them):{lines}")
