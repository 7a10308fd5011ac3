"""A visitor who opens public pages all the time, and how long the portal let them wait."""

import contextlib
import http.client
import threading
import time
from urllib.parse import urlsplit

PAGES = ("/", "/coaches/", "/account/login/")
PAUSE = 0.5


class Visitor:
    """`with Visitor(site) as visitor:` opens one page after another meanwhile."""

    def __init__(self, site):
        self.site = site
        self.answers = []  # pairs of status and milliseconds
        self._is_gone = threading.Event()
        self._thread = threading.Thread(target=self._stroll, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._is_gone.set()
        self._thread.join()

    @property
    def slowest(self):
        """In milliseconds."""
        return max((took for _, took in self.answers), default=0)

    @property
    def failed(self):
        return sum(status != http.HTTPStatus.OK for status, _ in self.answers)

    def _stroll(self):
        while not self._is_gone.wait(PAUSE):
            self.answers.append(open_page(self.site, PAGES[len(self.answers) % len(PAGES)]))


def open_page(site, path):
    """Its status (0: nobody answered) and how many milliseconds it took."""
    connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=60)
    status, began = 0, time.perf_counter()
    with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        status = answer.status
    return status, (time.perf_counter() - began) * 1000
