"""Uploads: kept whole or not at all, and a form that says so when the disk is full."""

import contextlib
import errno
import os
import uuid
from contextvars import ContextVar

from django.core.files.storage import FileSystemStorage
from django.forms import FileField

# The disk is full, the user's share of it, or a file is larger than it may be.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FULL = (
    "There is no room for this file: the portal’s disk is full. Nothing has been saved. "
    "To save the rest, leave the file out."
)
_stored = ContextVar("stored", default=None)


def has_no_room(error):
    return isinstance(error, OSError) and error.errno in NO_ROOM


class AtomicFileStorage(FileSystemStorage):
    """A file has its name once it is complete; Django's own leaves half a file behind."""

    def _save(self, name, content):
        partial = os.path.join(os.path.dirname(name), f".{uuid.uuid4()}.partial")
        try:
            super()._save(partial, content)
            name = self._named(partial, name)
        finally:
            self.delete(partial)
        if (stored := _stored.get()) is not None:
            stored.append((self, name))
        return name

    def _named(self, partial, name):
        while True:
            try:
                os.link(self.path(partial), self.path(name))
            except FileExistsError:  # somebody else's, of a moment ago
                name = self.get_available_name(name)
            else:
                return name


@contextlib.contextmanager
def all_or_none():
    """Files that were stored within this go again when it fails, as rows do."""
    token = _stored.set([])
    try:
        yield
    except BaseException:
        for storage, name in _stored.get():
            storage.delete(name)
        raise
    finally:
        _stored.reset(token)


class TellsOfAFullDisk:
    """For a ModelAdmin: what could not be stored is said beside the file, what was typed stays.

    The form is one transaction, so that nothing of the first try is left in the database.
    """

    def changeform_view(self, request, *args, **kwargs):
        request.POST  # noqa: B018  where it cannot even be read, there is no form to show again
        try:
            with all_or_none():
                return super().changeform_view(request, *args, **kwargs)
        except OSError as error:
            if not has_no_room(error):
                raise
        request.disk_is_full = True
        return super().changeform_view(request, *args, **kwargs)


class RefusesFilesWhenFull:
    """For the inline of such an admin."""

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        if getattr(request, "disk_is_full", False):
            formset.form = type(formset.form.__name__, (_WithoutRoom, formset.form), {})
        return formset


class _WithoutRoom:
    def clean(self):
        cleaned = super().clean()
        for name, field in self.fields.items():
            if isinstance(field, FileField) and self.files.get(self.add_prefix(name)):
                self.add_error(name, FULL)
        return cleaned
