"""Only servers on the public internet are asked, at addresses that hide nothing."""

import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest

from coaching_portal.common import public_web

HOSTILE = [
    "http://calendar.example.com/a.ics",
    "ftp://calendar.example.com/",
    "file:///etc/passwd",
    "gopher://calendar.example.com/",
    "javascript:alert(1)",
    "//calendar.example.com/",
    "https://",
    "https:///a.ics",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://printer/",
    "https://printer.local/",
    "https://a.localhost/",
    "https://metadata.google.internal/computeMetadata/v1/",
    "https://router.lan/",
    "https://nas.home.arpa/",
    "https://1.0.0.127.in-addr.arpa/",
    "https://hidden.onion/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://a.0x7f/",
    "https://0.0.0.0/",
    "https://10.0.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://8.8.8.8/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[fe80::1%25eth0]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2606:4700::1111]/",
    "https://１２７.０.０.１/",
    "https://ⓛocalhost.example.com/",
    "https://una:secret@calendar.example.com/",
    "https://calendar.example.com@127.0.0.1/",
    "https://@calendar.example.com/",
    "https://calendar.example.com:22/",
    "https://calendar.example.com:5432/",
    "https://calendar.example.com:0/",
    "https://calendar.example.com:99999/",
    "https://calendar.example.com:x/",
    "https://calendar.example.com\\@127.0.0.1/",
    "https://calendar.example.com/a b.ics",
    "https://calendar.example.com/\r\nX-Injected: 1",
    "https://calendar.example.com/\x00",
    "https://-calendar.example.com/",
    "https://calendar..example.com/",
    "https://calendar_1.example.com/",
    "https://[calendar.example.com/",
    "https://calendar.example.com/" + "a" * 2000,
]


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_address_is_refused(url):
    with pytest.raises(public_web.UnsafeAddress):
        public_web.checked(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://caldav.icloud.com",
        "https://caldav.fastmail.com/",
        "https://cloud.example.com:8443/remote.php/dav/",
        "https://calendar.google.com/calendar/ical/una%40example.com/private-1f/basic.ics",
        "https://CLOUD.Example.COM./dav",
        "https://xn--bcher-kva.example.com/",
        "https://1and1.example.com/a.ics?token=1#x",
    ],
)
def test_a_harmless_address_is_accepted(url):
    assert public_web.checked(url)


PRIVATE = [
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "224.0.0.1"),
    *("240.0.0.1", "255.255.255.255", "192.88.99.1", "::", "::1", "::ffff:8.8.8.8"),
    *("::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::808:808", "64:ff9b:1::1", "2002:7f00:1::"),
    *("2001::1", "2001:db8::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1"),
    *("ff02::1", "100::1"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_refused(address):
    assert not public_web.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "17.253.144.10", "2606:4700::1111"])
def test_a_public_address_is_accepted(address):
    assert public_web.is_public(address)


def resolve_to(monkeypatch, *answers):
    """Each look-up of a name gives the next list of addresses."""
    left = list(answers)

    def answer(host, port, *args, **kwargs):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in left.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return left


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    resolve_to(monkeypatch, ["8.8.8.8", "10.0.0.1"])

    with pytest.raises(public_web.UnsafeAddress):
        public_web.request("GET", "https://calendar.example.com/")


def test_a_name_is_resolved_once_and_the_connection_goes_there(monkeypatch):
    """A name that answers with a private address the second time gains nothing."""
    left = resolve_to(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    asked = []

    def connect(address, timeout=None):
        asked.append(address)
        raise OSError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(public_web.Unreachable):
        public_web.request("GET", "https://calendar.example.com/")

    assert asked == [("8.8.8.8", 443)]
    assert left == [["127.0.0.1"]]


@contextmanager
def answering(settings, *parts, pause=0.0):
    """A server that gives the parts, one after the other, to whoever connects."""
    listener = socket.create_server(("127.0.0.1", 0))
    netloc = f"127.0.0.1:{listener.getsockname()[1]}"

    def serve():
        try:
            sock, _ = listener.accept()
            with sock:
                sock.recv(65536)
                for part in parts:
                    sock.sendall(part)
                    time.sleep(pause)
        except OSError:
            return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    settings.CONNECTIONS_ALSO_TO = [netloc]
    try:
        yield f"http://{netloc}/"
    finally:
        listener.close()


def test_without_the_exception_for_tests_the_same_server_is_refused(settings):
    with answering(settings, b"HTTP/1.0 200 OK\r\n\r\n") as url:
        settings.CONNECTIONS_ALSO_TO = []

        with pytest.raises(public_web.UnsafeAddress):
            public_web.request("GET", url)


def test_an_answer_is_read(settings):
    with answering(settings, b"HTTP/1.0 200 OK\r\n\r\nhello") as url:
        assert public_web.request("GET", url).body == b"hello"


def test_an_answer_that_is_too_large_is_given_up(settings):
    with (
        answering(settings, b"HTTP/1.0 200 OK\r\n\r\n", b"x" * 2000) as url,
        pytest.raises(public_web.TooLarge),
    ):
        public_web.request("GET", url, most_bytes=1000)


@pytest.mark.parametrize("start", [b"HTTP/1.0 200 OK\r\n\r\n", b"HTTP/1.0 200 OK\r\nX-Slow: "])
def test_a_server_that_drips_is_given_up_when_the_whole_time_is_over(start, settings):
    began = time.monotonic()
    # An end that is cut short by us: unreachable, or what came until then.
    with (
        answering(settings, start, *[b"x"] * 100, pause=0.1) as url,
        suppress(public_web.Unreachable),
    ):
        public_web.request("GET", url, seconds=1)

    assert time.monotonic() - began < 4


@pytest.mark.parametrize(
    "target", ["https://other.example.com/", "http://127.0.0.1:1/", "https://169.254.169.254/"]
)
def test_a_redirect_to_another_server_is_refused(target, settings):
    answer = f"HTTP/1.0 302 Found\r\nLocation: {target}\r\n\r\n".encode()
    with answering(settings, answer) as url, pytest.raises(public_web.UnsafeAddress):
        public_web.request("GET", url)


def test_a_packed_answer_is_refused(settings):
    """A small file may unpack to a very large one; we ask for none that is packed."""
    answer = b"HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\nx"
    with answering(settings, answer) as url, pytest.raises(public_web.Unreachable):
        public_web.request("GET", url)
