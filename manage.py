#!/usr/bin/env python
"""Django's command line for the coaching portal."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coaching_portal.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"✗ The portal cannot start: {error}")
    except OperationalError as error:
        sys.exit(f"✗ {explained(error)}")


def explained(error):
    """The error, or what to do where an embedded database is simply not running."""
    from django.conf import settings

    if settings.RUNS_POSTGRES and "refused" in str(error):
        return "The embedded database is not running: type `make run` in another window first."
    return str(error).strip()


if __name__ == "__main__":
    main()
