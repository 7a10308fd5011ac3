"""What a command that takes several steps tells while it works: one line per step."""

import contextlib
import time


class Steps:
    """`with steps("Migrations") as note:` prints "✓ Migrations, 3 applied   1.2 s" at its end.

    `note(text)` adds the detail. A step that fails prints a cross instead and raises on.
    """

    def __init__(self, out):
        self.out = out
        with contextlib.suppress(AttributeError):
            out._out.reconfigure(errors="replace")  # a terminal without ✓ shows a question mark

    @contextlib.contextmanager
    def __call__(self, name):
        details, began = [name], time.monotonic()
        try:
            yield details.append
        except BaseException:
            self._line("✗", details, began)
            raise
        self._line("✓", details, began)

    def say(self, text=""):
        self.out.write(text)
        self.out.flush()

    def _line(self, mark, details, began):
        self.say(f"{mark} {', '.join(details):<56} {time.monotonic() - began:5.1f} s")
