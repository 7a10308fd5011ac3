"""Addresses of other sites as a header may name them: `https://www.example.org:8443`, no more."""

import re

from django.core.exceptions import ValidationError

LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
PATTERN = rf"https://{LABEL}(?:\.{LABEL})+(?::[1-9][0-9]{{0,4}})?"
ORIGIN = re.compile(PATTERN)
TYPED = re.compile(r"https://([^/:@?#\\\s\"';,*<>\[\]]+)(?::([0-9]{1,5}))?/?", re.IGNORECASE)
LONGEST_HOST = 253
USUAL_PORT = 443

HOW = "Enter the address of a site in the form https://www.example.org."
PUBLIC = "Enter the address of a site that others can reach, such as https://www.example.org."


def is_origin(text: str) -> bool:
    """Whether the text can stand in a header as it is."""
    return ORIGIN.fullmatch(text) is not None


def origin_of(text: str) -> str:
    """The origin that was typed, its host in ASCII; or raise a ValidationError that says how."""
    typed = TYPED.fullmatch(text.strip())
    if typed is None:
        raise ValidationError(HOW)
    host, port = _ascii(typed[1].lower().rstrip(".")), int(typed[2] or USUAL_PORT)
    if not 0 < port < 65536:
        raise ValidationError("Enter a port between 1 and 65535, or none.")
    if _is_private(host):
        raise ValidationError(PUBLIC)
    origin = f"https://{host}" if port == USUAL_PORT else f"https://{host}:{port}"
    if len(host) > LONGEST_HOST or not is_origin(origin):
        raise ValidationError(HOW)
    return origin


def _ascii(host: str) -> str:
    """The host as the network knows it: bücher.example is xn--bcher-kva.example."""
    if host.isascii():
        return host
    try:
        found = host.encode("idna").decode("ascii")
        is_same = found.encode("ascii").decode("idna") == host
    except UnicodeError:
        is_same = False
    # Browsers read a few letters otherwise than this older standard, which makes ß into ss. Those
    # would name somebody else's site.
    if not is_same:
        raise ValidationError("Enter this address in its form that begins with xn--.")
    return found


def _is_private(host: str) -> bool:
    last = host.rpartition(".")[2]
    return "." not in host or last.isdecimal() or last in ("localhost", "local", "internal")
