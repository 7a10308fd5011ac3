"""Sound files sent whole or in part, so that a player can jump to a later minute."""

import mimetypes
import re

from django.http import FileResponse, HttpResponse

ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def audio_response(request, file):
    """The file, or the bytes that the Range header asks for (RFC 9110, one range)."""
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    asked = ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    if asked and any(asked.groups()):
        return _part(file, kind, *_bounds(asked, file.size))
    response = FileResponse(file.open("rb"), content_type=kind)
    response["Accept-Ranges"] = "bytes"
    return response


def _bounds(asked, size):
    """First and last byte; a range without a start means that many bytes from the end."""
    first, last = asked.groups()
    if not first:
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _part(file, kind, first, last):
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{file.size}"})
    with file.open("rb") as sound:
        sound.seek(first)
        content = sound.read(last - first + 1)
    return HttpResponse(
        content,
        status=206,
        content_type=kind,
        headers={
            "Accept-Ranges": "bytes",
            "Content-Range": f"bytes {first}-{last}/{file.size}",
        },
    )
