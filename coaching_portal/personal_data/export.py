"""Everything that is kept about a person, as one archive for them to keep.

UK GDPR, articles 15 and 20: a copy, in a form that people can read (`index.html`) and one that
programs can (`data.json`), with the documents beside it.
"""

import json
import tempfile
import zipfile

from django.template.loader import render_to_string

from coaching_portal.personal_data import privacy


def collect(user, at):
    """{"made": …, kind: {"what", "why", "how_long", "entries"}} for every kind that is kept."""
    kinds = {
        kept.name: {
            "what": kept.what,
            "why": kept.why,
            "how_long": kept.how_long,
            "entries": list(kept.export(user)) if kept.export else [],
        }
        for kept in privacy.for_readers()
    }
    return {"made": at.isoformat(), "kinds": kinds}


def archive(user, at):
    """An open temporary file with the zip archive, at its beginning; it goes when closed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  the answer closes it
    data = collect(user, at)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("data.json", json.dumps(data, indent=2, ensure_ascii=False))
        target.writestr("index.html", render_to_string("personal_data/my_data.html", data))
        for name, content in _documents(user):
            target.writestr(f"documents/{name}", content)
    file.seek(0)
    return file


def _documents(user):
    for kept in privacy.for_readers():
        if kept.documents:
            yield from kept.documents(user)
