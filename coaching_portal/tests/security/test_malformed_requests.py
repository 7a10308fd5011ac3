"""Requests that no browser sends, given to the real WSGI application: none is a fault of ours.

Django's test client begins behind the application's way in, and would leave out what fails there.
"""

import io
from itertools import cycle

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from django.test import Client
from pghistory.models import MiddlewareEvents

from coaching_portal.common.answered_requests import AnsweredRequest
from coaching_portal.testing.matrix import undone
from coaching_portal.testing.races import browser_of, cookies_of
from coaching_portal.wsgi import application
from profiles import audio
from profiles.models import Client as ClientOfACoach
from profiles.models import Leader

pytestmark = pytest.mark.django_db

# Without it a form is refused before it is read.
TOKEN = f"csrftoken={'a' * 32}"
FORM = "application/x-www-form-urlencoded"
PAGES = ("/", "/coaches/", "/book/una-umber/", "/contact/", "/account/login/", "/account/signup/",
         "/admin/", "/sessions/", "/no-such-page/", "/healthz", "/book/una-umber/times.json",
         "/leaders/podcast.xml")  # fmt: skip
SOME = ("/", "/account/login/", "/book/una-umber/", "/static/css/portal.css", "/contact/")
FORMS = ("/account/login/", "/contact/", "/admin/", "/no-such-page/")
CHARSETS = ("rot13", "zlib", "hex", "base64", "bz2", "uu", "idna", "punycode", "utf-7", "utf-16",
            "utf-32", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "no-such", "",
            "utf-8\0", "x" * 5000, "../utf-8", "ﬀ")  # fmt: skip


@pytest.fixture(autouse=True)
def _keep_the_tests_connection():
    """Each request would close it, as it does in a server."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


class Endless(io.RawIOBase):
    """A body that never ends; `given` is how much of it was read."""

    def __init__(self, beginning):
        self.beginning, self.given = beginning, 0

    def readable(self):
        return True

    def read(self, size=-1):
        assert size >= 0, "somebody wants all of it"
        part = self.beginning[self.given :][:size].ljust(size, b"x")
        self.given += size
        return part


def ask(path="/", method="GET", body=b"", by=application, **environ):
    """Status, headers and text of the answer; an entry of None is left out of the request."""
    stream = io.BytesIO(body) if isinstance(body, bytes) else body
    asked = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.1",
        "HTTP_HOST": "testserver",
        "CONTENT_LENGTH": str(len(body)) if isinstance(body, bytes) else None,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": stream,
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **environ,
    }
    started = []
    answer = by(
        {key: value for key, value in asked.items() if value is not None},
        lambda status, headers, *_: started.append((int(status[:3]), dict(headers))),
    )
    text = b"".join(answer).decode(errors="replace")
    answer.close()
    return *started[0], text


def malformed():
    """(what is odd, path, the rest of the request), at the pages and forms in turn."""
    pages, forms, some = cycle(PAGES), cycle(FORMS), cycle(SOME)
    for charset in CHARSETS:
        kind = {"CONTENT_TYPE": f"{FORM}; charset={charset}"}
        yield f"charset {charset[:20]}", next(pages), {**kind, "QUERY_STRING": "q=a%ff"}
        posted = {"method": "POST", "body": b"a=%ff&b=c"}
        yield f"charset {charset[:20]}", next(forms), {**kind, **posted}
    for name, kind, body in _multipart():
        request = {"method": "POST", "CONTENT_TYPE": kind, "body": body, "HTTP_COOKIE": TOKEN}
        yield f"multipart {name}", next(forms), request
    for name, environ in HEADERS.items():
        yield name, next(some), environ
    for path in PATHS:
        yield "path", path, {}
    for query in QUERIES:
        for _ in range(2):
            yield "query", next(pages), {"QUERY_STRING": query}


def _multipart():
    kind = "multipart/form-data; boundary=b"
    good = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b--\r\n'
    yield "without its boundary", "multipart/form-data", good
    yield "with an empty boundary", "multipart/form-data; boundary=", good
    yield "with an odd boundary", "multipart/form-data; boundary=\xff\u2028", good
    yield "with a long boundary", f"multipart/form-data; boundary={'b' * 5000}", good
    yield "with another charset", f"{kind}; charset=rot13", good
    yield "with a charset in parts", f"{kind}; charset*=rot13''utf-8", good
    yield "with a boundary in another charset", "multipart/form-data; boundary*=rot13''b", good
    yield "with a boundary of nothing", "multipart/form-data; boundary*=zlib''%ff", good
    yield "cut off", kind, good[:40]
    yield "without an end", kind, good[:-8]
    yield "without a beginning", kind, b"x" * 200
    yield "empty", kind, b""
    for header in (
        b"form-data; name*=rot13''a",
        b"form-data; name*=zlib''a",
        b"form-data; name*=undefined''a",
        b"form-data; name*=a",
        b"form-data; name=\"f\"; filename*=rot13''a.txt",
        b"form-data; name=\"f\"; filename*=idna''%ff%fe.txt",
        b"form-data; name=\"f\"; filename*=utf-8''%ff%fe",
        b"form-data; name=\"f\"; filename*=no-such''a.txt",
        b'form-data; name="f"; filename="..\\..\\\0.txt"',
        b'form-data; name="f"; filename="' + b"x" * 900 + b'"',
        b"form-data; name=" + b"x" * 5000,
        b"form-data",
        b"\xff\xfe",
        b'form-data; name="\xff\0"',
        b"",
        b";" * 3000,
        b'form-data; name="f"; filename="a.txt"\r\nContent-Length: ' + b"9" * 5000,
        b'form-data; name="f"; filename="a.txt"\r\nContent-Length: -1',
        b'form-data; name="f"; filename="a.txt"\r\nContent-Type: text/plain; charset=rot13',
        b'form-data; name="f"; filename="a.txt"\r\nContent-Transfer-Encoding: base64',
        b'form-data; name="f"\r\nContent-Transfer-Encoding: base64',
        b'form-data; name="f"\r\nContent-Transfer-Encoding*: rot13',
        b'form-data; name="csrfmiddlewaretoken"; filename="a.txt"',
        b'form-data; name="idempotency_key"\r\n\r\n\xff\r\n--b\r\nContent-Disposition: x',
    ):
        part = b"--b\r\nContent-Disposition: " + header + b"\r\n\r\nx=!\xff\0\r\n--b--\r\n"
        yield repr(header[:60]), kind, part


POST = {"method": "POST", "CONTENT_TYPE": FORM, "HTTP_COOKIE": TOKEN}
HEADERS = {
    **{
        f"Content-Length {value[:12]!r}": {**POST, "CONTENT_LENGTH": value, "body": b"a=1"}
        for value in ("-1", "9" * 5000, "abc", "", " 3", "1e3", "٣", "0x3", "3,3", "99", "1")
    },
    "no Content-Length": {**POST, "CONTENT_LENGTH": None, "body": b"a=1"},
    **{
        f"Content-Type {value[:20]!r}": {"method": "POST", "CONTENT_TYPE": value, "body": b"{"}
        for value in ("", ";", "/", "\xff", "a" * 9000, "application/json", "text/plain; =;=",
                      "multipart/mixed; boundary=b", "multipart/", "x; charset", f"{FORM};;;",
                      f'{FORM}; charset="', f"{FORM}; charset*=''", f"{FORM}; charset*0=ro")
    },
    **{
        f"Host {value[:20]!r}": {"HTTP_HOST": value}
        for value in ("", "evil.example", "testserver:abc", "testserver:99999999", "a\0b", "\xff",
                      "[", "[::1", "]:", "x" * 9000, "testserver\r\nX: y", "-", ".", "@")
    },
    "no Host": {"HTTP_HOST": None},
    "no Host, odd port": {"HTTP_HOST": None, "SERVER_PORT": "x"},
    **{
        f"Cookie {value[:24]!r}": {"HTTP_COOKIE": value}
        for value in ("sessionid=\0", "sessionid=" + "x" * 9000, "sessionid=\xff\xfe", "=", ";;;=",
                      "csrftoken=\xed\xa0\x80", "sessionid=../../x", "csrftoken=" + "a" * 9000,
                      'sessionid="\\777\\0"', "messages=x", "\xff=\xff", "sessionid=é",
                      "sessionid=%00; csrftoken=%ff", "a=" * 3000, 'sessionid="\\000"')
    },
    **{
        f"{name} {value[:20]!r}": {name: value}
        for name in ("HTTP_RANGE", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_NONE_MATCH", "HTTP_REFERER",
                     "HTTP_ORIGIN", "HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_ENCODING",
                     "HTTP_X_FORWARDED_FOR", "HTTP_HX_CURRENT_URL", "HTTP_HX_REQUEST",
                     "HTTP_X_REQUEST_ID", "HTTP_X_FORWARDED_PROTO", "HTTP_USER_AGENT",
                     "HTTP_X_CSRFTOKEN",
                     "HTTP_HX_TRIGGERING_EVENT", "REMOTE_ADDR", "HTTP_HX_TARGET",
                     "HTTP_X_REQUESTED_WITH", "HTTP_AUTHORIZATION", "HTTP_CONNECTION")
        for value in ("\xff\xfe\0", "9" * 5000, "bytes=-", "bytes=9-1,0-,-5", "bytes=x-y",
                      "Sun, 99 Foo 99999 99:99:99 GMT", "Mon, 01 Jan 0000 00:00:00 GMT",
                      "http://[", "http://testserver:abc/", "http://\ud800/".encode(
                          "utf-8", "surrogatepass").decode("latin-1"), "*;q=x,,,;", '"' * 99, "")
    },
    **{
        f"method {value!r}": {"method": value}
        for value in ("", "get", "PO ST", "\xff", "X" * 999, "TRACE", "CONNECT", "post")
    },
    "HTTP/9": {"SERVER_PROTOCOL": "HTTP/9.9"},
}  # fmt: skip
PATHS = (
    "/admin/r/1/1/", "/admin/r/0/0/", f"/admin/r/{'9' * 30}/1/", "/admin/r/x/y/", "/admin/r/1/\0/",
    "", "//", "//evil.example/", "/\0", "/\xff\xfe", "/\xed\xa0\x80/", "/" + "x" * 9000, "/%",
    "/..", "/../../etc/passwd", "/static/../coaching_portal/settings.py", "/static/\0",
    "/static/\xff",
    "/static/" + "x" * 9000, "/static/" + "../" * 500, "/coaches/\xff/", "/coaches/" + "x" * 9000,
    "/book/una-umber/\0", f"/sessions/{'0' * 5000}/", "/account/password/reset/key/x-y/",
    f"/account/password/reset/key/{'z' * 500}-{'9' * 500}/", "/account/password/reset/key/\xff-1/",
    "/admin/" + "\xff", "/admin/profiles/user/" + "9" * 5000 + "/change/", "/admin/jsi18n/",
    "/admin/autocomplete/", "/admin/login/", "/admin/logout/", "/admin/x/y/z/", "*", "http://x/",
    "/leaders/x/y/audio/", "/account/2fa/webauthn/", "/account/confirm-email/\xff/", "/metrics",
    "/verify/" + "\xff" * 50, "/admin/doc/", "/account/confirm-email/" + "x" * 3000 + "/",
)  # fmt: skip
QUERIES = (
    "\0", "a=\0", "%00", "a=%00", "a=%ff%fe", "a=%ed%a0%80", "\xff\xfe", "a=" + "9" * 5000,
    "&".join("a" * 9), "&" * 3000, "&".join(f"a{n}=1" for n in range(1500)), "a=" + "x" * 60000,
    "date=0001-01-01&week=9999-W53&month=9999-12&page=-1&next=//evil.example&zone=../../etc",
    "date=9999-12-31&week=0000-W00&month=0000-00&page=0&next=http://[&zone=%00&minutes=-1",
    "date=2026-02-30&start=9999-12-31T23:59:59-23:59&minutes=9999999999999999999999&location=x",
    "next=%ff&zone=" + "x" * 300, "%", "%zz=%", "a=1;b=2", "=", "[]=1&a[b]=c",
    "from=9999-12-31&to=0001-01-01&minutes=60&zone=UTC", "next=/%0d%0aX:%20y", "zone=%ff",
    "start=2027-06-07T08:00:00%2B99:99", "format=%ff", "_facets=%00", "q=%c3%28",
)  # fmt: skip


def test_no_malformed_request_is_a_fault_of_ours(coach):
    cases, found = list(malformed()), []
    for kind, path, request in cases:
        try:
            status, _, _ = ask(path, **request)
        except Exception as error:
            status = f"{type(error).__name__}: {error}"[:120]
        if not (isinstance(status, int) and status < 500):
            found.append((kind, path[:40], request.get("method", "GET"), status))

    assert len(cases) >= 200
    assert not found, "\n".join(map(str, ["", *found]))


# Charsets.


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("path", ["/", "/no-such-page/", "/healthz"])
def test_a_charset_that_is_not_ours_is_answered_400_in_words(path, charset, method):
    status, headers, text = ask(path, method, CONTENT_TYPE=f"{FORM}; charset={charset}")

    assert status == 400
    assert "We could not read that request" in text
    assert "Content-Security-Policy" in headers


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "us-ascii"])
def test_the_charsets_of_browsers_are_read(charset):
    status, _, _ = ask(
        "/coaches/", QUERY_STRING="q=%c3%a9", CONTENT_TYPE=f"{FORM};charset={charset}"
    )

    assert status == 200


@pytest.mark.parametrize("length", ["3,3", "abc", "-1", "9" * 5000, "1_0", "٣"])
@pytest.mark.parametrize("path", ["/contact/", "/no-such-page/", "/static/css/portal.css"])
def test_a_length_that_is_no_number_is_answered_400(path, length):
    assert ask(path, body=b"a=1", CONTENT_LENGTH=length, **POST)[0] == 400


def test_control_without_the_way_in_a_charset_is_a_fault():
    with pytest.raises(LookupError):
        ask(QUERY_STRING="q=1", CONTENT_TYPE=f"{FORM}; charset=rot13", by=WSGIHandler())


# Bodies.


@pytest.mark.parametrize(
    ("path", "status"), [("/contact/", 400), ("/no-such-page/", 404), ("/\0", 400)]
)
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=\xff", b"x"),
        (FORM, b"a=" + b"x" * 3_000_000),
        (FORM, b"a=1&" * 1500),
    ],
    ids=["broken", "too large for its memory", "too many fields"],
)
def test_a_broken_form_is_refused_and_so_is_its_page(path, status, kind, body):
    assert ask(path, "POST", body=body, CONTENT_TYPE=kind, HTTP_COOKIE=TOKEN)[0] == status


MEGABYTE = 1024 * 1024
FILE = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f.txt"\r\n\r\n'
MULTIPART = {"CONTENT_TYPE": "multipart/form-data; boundary=b", "HTTP_COOKIE": TOKEN}


@pytest.mark.parametrize("path", [*FORMS, "/account/signup/", "/admin/profiles/leader/add/"])
def test_a_body_of_more_than_ten_megabytes_is_refused_unread(path):
    body = Endless(FILE)

    status, _, text = ask(
        path, "POST", **MULTIPART, body=body, CONTENT_LENGTH=str(10 * MEGABYTE + 1)
    )

    assert (status, body.given) == (413, 0)
    assert "larger than we accept (10 MB)" in text


@pytest.mark.parametrize("length", [None, "", "-1", "abc", "9" * 5000])
def test_a_body_that_tells_no_size_is_not_read(length):
    body = Endless(FILE)

    status, _, _ = ask("/contact/", "POST", **MULTIPART, body=body, CONTENT_LENGTH=length)

    assert (status, body.given) == (400 if length else 403, 0)


def test_no_more_is_read_than_was_told():
    body = Endless(FILE)

    ask("/contact/", "POST", **MULTIPART, body=body, CONTENT_LENGTH=str(MEGABYTE))

    assert body.given == MEGABYTE


def test_a_body_of_ten_megabytes_is_read():
    body = Endless(FILE)

    ask("/contact/", "POST", **MULTIPART, body=body, CONTENT_LENGTH=str(10 * MEGABYTE))

    assert body.given == 10 * MEGABYTE


def test_colleagues_may_hand_in_a_recording(admin_user):
    size = {"CONTENT_LENGTH": str(20 * MEGABYTE), "HTTP_COOKIE": _cookies_of(admin_user)}
    body, elsewhere = Endless(FILE), Endless(FILE)

    ask("/admin/profiles/leader/add/", "POST", **{**MULTIPART, **size}, body=body)
    status, _, _ = ask("/contact/", "POST", **{**MULTIPART, **size}, body=elsewhere)

    assert body.given == 20 * MEGABYTE
    assert (status, elsewhere.given) == (413, 0)


def test_a_recording_has_an_end_too(admin_user):
    length = str((audio.MOST_MEGABYTES + 11) * MEGABYTE)
    size = {"CONTENT_LENGTH": length, "HTTP_COOKIE": _cookies_of(admin_user)}

    status, _, _ = ask(
        "/admin/profiles/leader/add/", "POST", **{**MULTIPART, **size}, body=Endless(FILE)
    )

    assert status == 413


def _cookies_of(user):
    return "; ".join([TOKEN, *(f"{name}={value}" for name, value in cookies_of(user).items())])


# "View on site" of the admin.


def test_view_on_site_is_for_rows_of_the_admin_alone(admin_user):
    browser = Client(raise_request_exception=False)
    browser.force_login(admin_user)
    found = {}
    for model in (AnsweredRequest, MiddlewareEvents, Leader, ClientOfACoach):
        content_type = ContentType.objects.get_for_model(model)
        for key in ("1", "x", "9" * 30, "0d9f7e8e-7a5e-4a67-9e1a-3d5e6a7b8c9d"):
            with undone():
                found[model, key] = browser.get(f"/admin/r/{content_type.pk}/{key}/").status_code
    for key in ("x", "0", "9" * 30, "9" * 5000):
        found[key] = browser.get(f"/admin/r/{key}/1/").status_code

    assert {key: status for key, status in found.items() if status != 404} == {}


def test_view_on_site_leads_to_a_row_that_is_there(admin_user):
    leader = Leader.objects.create(slug="lena-leader", name="Lena Leader", role="Chair")
    browser = browser_of(admin_user)

    key = ContentType.objects.get_for_model(Leader).pk
    answer = browser.get(f"/admin/r/{key}/{leader.pk}/")

    assert answer.url.endswith("/leaders/lena-leader/")
