"""Uploads: a file is kept whole or not at all."""

import errno
import os
import uuid

from django.core.files.storage import FileSystemStorage

# The disk is full, the user's share of it, or a file is larger than it may be.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def has_no_room(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno in NO_ROOM


class AtomicFileStorage(FileSystemStorage):
    """A file has its name once it is complete; Django's own leaves half a file behind."""

    def _save(self, name, content):
        partial = os.path.join(os.path.dirname(name), f".{uuid.uuid4()}.partial")
        try:
            super()._save(partial, content)  # type: ignore[misc]  # not in the stubs
            return self._named(partial, name)
        finally:
            self.delete(partial)

    def _named(self, partial, name):
        while True:
            try:
                os.link(self.path(partial), self.path(name))
            except FileExistsError:  # of another request, a moment ago
                name = self.get_available_name(name)
            else:
                return name
