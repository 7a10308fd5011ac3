"""The archive: a tar file with the dump, the uploaded files, and a manifest that names them all.

It appears under its name only once it is whole and on the disk; what was interrupted is left
neither under that name nor under another.
"""

import hashlib
import io
import json
import os
import tarfile
from contextlib import contextmanager
from pathlib import Path

from coaching_portal.operations.backup import BackupError

FORMAT = 1
DUMP, MANIFEST, FILES = "database.dump", "manifest.json", "files/"
CHUNK = 1 << 20


@contextmanager
def writing(path):
    """`with writing(path) as archive:` add parts; afterwards the archive is there, complete."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        with open(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                yield Writer(tar)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        raise BackupError(f"The archive could not be written: {error}") from error
    finally:
        partial.unlink(missing_ok=True)


def sync_folder(folder):
    """The new name itself is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Writer:
    """Adds parts and remembers the SHA-256 of each."""

    def __init__(self, tar):
        self.tar, self.parts = tar, {}

    def add(self, name, file, size):
        """Add `size` bytes of an open file."""
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        counted = _Hashing(file)
        self.tar.addfile(entry, counted)
        self.parts[name] = {"size": size, "sha256": counted.digest.hexdigest()}

    def close_with(self, manifest):
        """The manifest comes last, because it names what was written."""
        whole = {"format": FORMAT, **manifest, "parts": self.parts}
        text = json.dumps(whole, indent=1, sort_keys=True).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(text), 0o600
        self.tar.addfile(entry, io.BytesIO(text))


class _Hashing:
    """A file whose content is added up while it is read."""

    def __init__(self, file):
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size=-1):
        chunk = self.file.read(size)
        self.digest.update(chunk)
        return chunk


class Reader:
    """An archive whose parts have been found to be what its manifest says."""

    def __init__(self, path):
        self.path = Path(path)
        try:
            self.tar = tarfile.open(self.path)  # noqa: SIM115  closed with the reader
            self.manifest = json.load(self.open(MANIFEST))
        except (OSError, tarfile.TarError, KeyError, ValueError) as error:
            raise BackupError(
                f"{self.path} is no whole archive of the portal's: {error}"
            ) from error
        if self.manifest["format"] != FORMAT:
            raise BackupError(f"{self.path} was made by another version of the portal.")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tar.close()

    def check(self):
        """Read every part, or raise BackupError for the first that is not as it was written."""
        for name, known in self.manifest["parts"].items():
            try:
                with self.open(name) as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
            except (KeyError, OSError, tarfile.TarError) as error:
                raise BackupError(f"{name} in {self.path} cannot be read: {error}") from error
            if digest != known["sha256"]:
                raise BackupError(f"{name} in {self.path} is not what was written there.")

    def open(self, name):
        return self.tar.extractfile(name)

    def extract(self, name, target):
        with self.open(name) as source, open(target, "wb") as file:
            while chunk := source.read(CHUNK):
                file.write(chunk)

    @property
    def files(self):
        """The names of the uploaded files, as the storage knows them."""
        return [name.removeprefix(FILES) for name in self.manifest["parts"] if name != DUMP]
