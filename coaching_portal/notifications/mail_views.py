"""The kept mail of an embedded run, as the admin reads it: only files of the message at hand."""

import email
from email import policy

from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from coaching_portal.notifications import mail_files
from coaching_portal.notifications.models import OutgoingMessage

HEADERS = ["From", "To", "Reply-To", "Date", "Subject", "Message-ID", "List-Unsubscribe"]
# A mail carries its style inside; nothing else in it may load or run.
AS_MAIL = {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "img-src": [NONE], "sandbox": []}


def _file(model_admin, request, pk, name):
    """One of the message's own files: a name is compared with theirs, never made into a path."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    message = get_object_or_404(OutgoingMessage, pk=pk)
    for path in mail_files.files_of(message):
        if path.stem == name:
            return message, path
    raise Http404


def _parsed(path):
    return email.message_from_bytes(path.read_bytes(), policy=policy.default)


def mail(model_admin):
    """Headers and text, with the HTML part and the file itself a link away."""

    def view(request, pk, name):
        message, path = _file(model_admin, request, pk, name)
        if "download" in request.GET:
            return FileResponse(path.open("rb"), as_attachment=True, content_type="message/rfc822")
        parsed = _parsed(path)
        context = {
            **model_admin.admin_site.each_context(request),
            "title": parsed["Subject"],
            "opts": model_admin.opts,
            "message": message,
            "name": name,
            "headers": [(header, parsed[header]) for header in HEADERS if parsed[header]],
            "text": parsed.get_body(["plain"]).get_content(),
            "files": [part.get_filename() for part in parsed.iter_attachments()],
        }
        return TemplateResponse(request, "notifications/admin/mail.html", context)

    return view


def raw_html(model_admin):
    """The HTML part as a mail program shows it."""

    @csp_replace(AS_MAIL)  # type: ignore[arg-type]  # its types know no arguments of a view
    def view(request, pk, name):
        _, path = _file(model_admin, request, pk, name)
        return HttpResponse(_parsed(path).get_body(["html"]).get_content())

    return view
