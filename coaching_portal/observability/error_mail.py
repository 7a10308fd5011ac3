"""Mail about errors, and Django's reports of them: where it went wrong, and no more.

Django's own would send the form, the cookies, the address and every local variable.
"""

import logging
import threading
import time

from django.conf import settings
from django.core.mail import mail_admins
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from coaching_portal.observability.logs import Readable
from coaching_portal.observability.redaction import trace

SECONDS_BETWEEN = 60


class ErrorMail(logging.Handler):
    """To ADMINS, one a minute at most from each process; the log has the rest.

    Sent from a thread, so that no page waits for a mail server.
    """

    def __init__(self, level=logging.NOTSET):
        super().__init__(level)
        self.setFormatter(Readable())
        self.not_before, self.sending = 0.0, None

    def emit(self, record):
        if not settings.ADMINS or _wakes_nobody(record) or time.monotonic() < self.not_before:
            return
        self.not_before = time.monotonic() + SECONDS_BETWEEN
        subject = f"{record.levelname} in {record.name}"
        self.sending = threading.Thread(
            target=mail_admins, args=(subject, self.format(record)), kwargs={"fail_silently": True}
        )
        self.sending.start()


def _wakes_nobody(record):
    """A false host name, or `/readyz` telling monitoring what monitoring is there for."""
    return record.name.startswith("django.security") or getattr(record, "status_code", 0) == 503


class Report(ExceptionReporter):
    """The classes and frames; developers, who have DEBUG, see Django's page."""

    def get_traceback_text(self):
        return super().get_traceback_text() if settings.DEBUG else self._told()

    def get_traceback_html(self):
        return super().get_traceback_html() if settings.DEBUG else self._told()

    def _told(self):
        return trace(self.exc_value, self.tb) if self.exc_value else "No exception.\n"


class Filter(SafeExceptionReporterFilter):
    """For tools that ask Django what they may show of a request: nothing that somebody sent."""

    def get_post_parameters(self, request):
        return {} if self.is_active(request) else super().get_post_parameters(request)

    def get_safe_cookies(self, request):
        return {} if self.is_active(request) else super().get_safe_cookies(request)

    def get_safe_request_meta(self, request):
        if not self.is_active(request):
            return super().get_safe_request_meta(request)
        return {"REQUEST_METHOD": request.META.get("REQUEST_METHOD")}

    def get_traceback_frame_variables(self, request, tb_frame):
        if not self.is_active(request):
            return super().get_traceback_frame_variables(request, tb_frame)
        return []
