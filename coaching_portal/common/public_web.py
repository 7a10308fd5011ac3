"""Requests to addresses that a user has typed: only to public servers, and with limits.

A name is resolved once, every address that it has must be public, and the connection goes to the
one that was checked: a name that answers differently a moment later gains nothing. Proxies of the
environment are not asked.
"""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings

SECONDS = 20
MOST_BYTES = 20_000_000
MOST_REDIRECTS = 3
LONGEST_ADDRESS = 2000
PORTS = {443, 8443}
NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+")
# Names that no public server has.
PRIVATE_ENDINGS: tuple[str, ...] = (
    ".local",
    ".localhost",
    ".internal",
    ".intranet",
    ".lan",
    ".home",
    ".corp",
)
PRIVATE_ENDINGS += (".private", ".localdomain", ".home.arpa", ".in-addr.arpa", ".ip6.arpa")
PRIVATE_ENDINGS += (".onion", ".test", ".invalid")
# They hide another address, or are none of a server's own.
HIDING_NETWORKS = [
    ipaddress.ip_network(each)
    for each in (
        *("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/23", "2002::/16"),
        *("fec0::/10", "192.0.0.0/24", "192.88.99.0/24"),
    )
]
REDIRECTS = {301, 302, 307, 308}


class UnsafeAddress(Exception):
    """An address that the portal does not go to; the text says what is wrong with it."""


class Unreachable(Exception):
    """No answer in time, or none that can be read."""


class TooLarge(Exception):
    pass


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


def checked(url: str) -> SplitResult:
    """The parts of an address that looks harmless; no name is resolved. Or raise UnsafeAddress."""
    if len(url) > LONGEST_ADDRESS or not url.isprintable() or re.search(r"[\s\\]", url):
        raise UnsafeAddress("Enter a web address without spaces.")
    try:
        parts = urlsplit(url)
        port = 443 if parts.port is None else parts.port
    except ValueError:
        raise UnsafeAddress("Enter a whole web address.") from None
    if _is_allowed_exception(parts):
        return parts
    if parts.scheme != "https":
        raise UnsafeAddress("Enter an address that begins with https://.")
    if "@" in parts.netloc:
        raise UnsafeAddress("Enter the address without a username or password in it.")
    if port not in PORTS:
        raise UnsafeAddress("Enter an address without a port.")
    _check_name(parts.hostname or "")
    return parts


def _check_name(host: str) -> None:
    """A name in Latin letters with a dot, that is neither a number nor private."""
    name = host.removesuffix(".").lower()
    last = name.rpartition(".")[2]
    is_number = last.isdigit() or last.startswith("0x")
    is_private = f".{name}".endswith(PRIVATE_ENDINGS)
    if not NAME.fullmatch(name) or is_number or is_private:
        raise UnsafeAddress("Enter the address of a calendar on the public internet.")


def _is_allowed_exception(parts: SplitResult) -> bool:
    """Only for tests: production refuses to start with any."""
    return parts.netloc in settings.CONNECTIONS_ALSO_TO and parts.scheme in ("http", "https")


def is_public(address: str) -> bool:
    """Whether an IP address is one of a server on the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    hides = any(ip in network for network in HIDING_NETWORKS if network.version == ip.version)
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not hides


def resolved(host: str, port: int) -> str:
    """The one IP address to connect to; raise UnsafeAddress where any of the name's is private."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable("name") from None
    addresses = [str(each[4][0]) for each in found]
    if not addresses or not all(is_public(each) for each in addresses):
        raise UnsafeAddress("That address is not on the public internet.")
    return addresses[0]


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    seconds: float = SECONDS,
    most_bytes: int = MOST_BYTES,
) -> Answer:
    """One request, following redirects within its server; raise one of the above."""
    for _ in range(MOST_REDIRECTS + 1):
        answer = _once(method, url, headers or {}, body, seconds, most_bytes)
        target = answer.headers.get("location", "")
        if answer.status not in REDIRECTS or not target:
            return answer
        following = urljoin(url, target)
        # Credentials and bodies go to nobody else.
        if not is_same_server(url, following):
            raise UnsafeAddress("That address leads on to another server. Enter the last one.")
        url = following
    raise Unreachable("redirects")


def is_same_server(url: str, other: str) -> bool:
    first, second = checked(url), checked(other)
    return (first.scheme, first.netloc) == (second.scheme, second.netloc)


def _once(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    seconds: float,
    most_bytes: int,
) -> Answer:
    parts = checked(url)
    connection = _connection(parts, seconds)
    path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    sent = {"Accept-Encoding": "identity", "User-Agent": "Coaching-portal", **headers}
    try:
        connection.connect()
        with _deadline(connection, seconds):
            connection.request(method, path, body or None, sent)
            response = connection.getresponse()
            content = response.read(most_bytes + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(type(error).__name__) from None
    finally:
        connection.close()
    if len(content) > most_bytes:
        raise TooLarge
    if response.getheader("Content-Encoding", "identity").lower() != "identity":
        raise Unreachable("encoding")
    names = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, names, content, url)


@contextmanager
def _deadline(connection: http.client.HTTPConnection, seconds: float):
    """End the connection when the whole time is over, however steadily a server drips."""
    sock = connection.sock
    timer = threading.Timer(seconds, _shut, [sock])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        sock.close()


class _PinnedConnection(http.client.HTTPSConnection):
    """To the IP address that was checked, with the certificate of the name."""

    def __init__(self, host: str, port: int, address: str, timeout: float):
        self._tls = ssl.create_default_context()
        super().__init__(host, port, timeout=timeout, context=self._tls)
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


def _connection(parts: SplitResult, seconds: float) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if _is_allowed_exception(parts) and parts.scheme == "http":
        return http.client.HTTPConnection(host, parts.port or 80, timeout=seconds)
    port = parts.port or 443
    return _PinnedConnection(host, port, resolved(host, port), seconds)
