"""What a coach types as the address of a site, and what of it may stand in a header."""

import pytest
from django.core.exceptions import ValidationError

from coaching_portal.common.origins import is_origin, origin_of


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://www.example.org", "https://www.example.org"),
        (" https://www.example.org/ ", "https://www.example.org"),
        ("HTTPS://WWW.Example.ORG", "https://www.example.org"),
        ("https://example.org:443", "https://example.org"),
        ("https://example.org:8443", "https://example.org:8443"),
        ("https://example.org.", "https://example.org"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("https://a-b.c-d.example", "https://a-b.c-d.example"),
        ("https://example.org:65535", "https://example.org:65535"),
    ],
)
def test_an_https_address_becomes_an_origin(typed, origin):
    assert origin_of(typed) == origin
    assert is_origin(origin)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "*",
        "https:",
        "https://",
        "https://*",
        "https://*.example.org",
        "'self'",
        "'none'",
        "'unsafe-inline'",
        "data:",
        "http://example.org",
        "//example.org",
        "example.org",
        "ftp://example.org",
        "https://example.org/page",
        "https://example.org//",
        "https://example.org?a",
        "https://example.org#a",
        "https://jo@example.org",
        "https://jo:heron@example.org",
        "https://example.org@evil.example",
        "https://example.org\\@evil.example",
        "https://example.org; script-src *",
        "https://example.org;",
        "https://example.org https://evil.example",
        "https://example.org,https://evil.example",
        "https://example.org\nhttps://evil.example",
        "https://example.org\r\nSet-Cookie: a=b",
        "https://exam\u2028ple.org",
        "https://exam\tple.org",
        "https://exam\x00ple.org",
        'https://"example.org"',
        "https://example.org'",
        "https://<example.org>",
        "https://example.org:",
        "https://example.org:0",
        "https://example.org:65536",
        "https://example.org:999999",
        "https://example.org:٤٤٣",
        "https://example.org:80a",
        "https://localhost",
        "https://localhost:8000",
        "https://portal.localhost",
        "https://printer.local",
        "https://intranet",
        "https://127.0.0.1",
        "https://[::1]",
        "https://2130706433",
        "https://-a.example.org",
        "https://a-.example.org",
        "https://a..example.org",
        "https://.example.org",
        "https://a_b.example.org",
        f"https://{'a' * 64}.example.org",
        f"https://{'a.' * 130}example.org",
        # Letters that this standard and browsers read differently.
        "https://faß.example",
        "https://exam\u200dple.example",
        "https://example。org",
        "https://exampⅼe.org",
    ],
)
def test_everything_else_is_refused_with_words(typed):
    with pytest.raises(ValidationError) as refused:
        origin_of(typed)

    assert refused.value.message


@pytest.mark.parametrize(
    "text", ["*", "https://a.example\n", "https://a.example; x", "https://A.example", "'self'"]
)
def test_what_is_no_origin_goes_into_no_header(text):
    assert not is_origin(text)
