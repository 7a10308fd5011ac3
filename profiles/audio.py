"""Sound files: which are taken, and sent whole or in part, so that a player can jump ahead."""

import re
from pathlib import PurePath

from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header

ONE_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
KINDS = {".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg", ".wav": "audio/wav"}
UNKNOWN = "application/octet-stream"
MOST_MEGABYTES = 200  # as docs/deployment/nginx.conf lets through


def kind_of(name):
    """From our own list: what is not sound is never sent as something that a browser runs."""
    return KINDS.get(PurePath(name).suffix.lower(), UNKNOWN)


def problem_with(file):
    """Why this upload is not taken as a recording, in words; empty when it is."""
    if kind_of(file.name) == UNKNOWN:
        return f"Choose a sound file: {', '.join(KINDS)}."
    if file.size > MOST_MEGABYTES * 1024 * 1024:
        return f"Choose a file of at most {MOST_MEGABYTES} MB."
    file.seek(0)
    beginning = file.read(12)
    file.seek(0)
    if kind_of(file.name) != _kind_that_begins(beginning):
        return "This is not the sound file that its name says. Save it again as sound."
    return ""


def _kind_that_begins(beginning):
    """By the first bytes, as players tell them."""
    is_mpeg_frame = len(beginning) > 1 and beginning[0] == 0xFF and beginning[1] & 0xE0 == 0xE0
    if beginning.startswith(b"ID3") or is_mpeg_frame:
        return "audio/mpeg"
    if beginning[4:8] == b"ftyp":
        return "audio/mp4"
    if beginning.startswith(b"OggS"):
        return "audio/ogg"
    is_wave = beginning.startswith(b"RIFF") and beginning[8:12] == b"WAVE"
    return "audio/wav" if is_wave else UNKNOWN


def audio_response(request, file):
    """The file, or the bytes that the Range header asks for (RFC 9110, one range)."""
    kind = kind_of(file.name)
    asked = ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    if asked and any(asked.groups()):
        return _part(file, kind, *_bounds(asked, file.size))
    response = FileResponse(
        file.open("rb"), content_type=kind, as_attachment=kind == UNKNOWN, filename=_name(file)
    )
    response["Accept-Ranges"] = "bytes"
    return response


def _name(file):
    return PurePath(file.name).name


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
            "Content-Disposition": content_disposition_header(kind == UNKNOWN, _name(file)),
            "Accept-Ranges": "bytes",
            "Content-Range": f"bytes {first}-{last}/{file.size}",
        },
    )
