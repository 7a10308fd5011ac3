"""The web server's way in."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from coaching_portal.common.incoming import readable
from coaching_portal.operations.stack_space import with_stack_space

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coaching_portal.settings")

# New objects until the collector looks at them: a page makes many, and almost none outlive it.
YOUNG = 20_000


def freeze_gc():
    """Load what stays for good before the first request, and keep the collector away from it.

    It would walk through all of that now and then, in the middle of somebody's page (measured in
    docs/benchmarks.md).
    """
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)


application = with_stack_space(readable(get_wsgi_application()))
freeze_gc()
