"""Room for the frames of deep calls, so that loops down there do not ask the system for memory.

CPython keeps a thread's frames in chunks of 16 kB (seen in 3.11, 3.12 and 3.13). A call that does
not fit gets a new chunk, and its return gives that back to the system. A loop that calls from the
very edge of a chunk does so at each turn: a form of the admin did it 6,000 times, which took as
long as the form.
"""

# Slots of 8 bytes. A frame larger than a chunk gets a chunk of its own size or more: 256 kB here,
# of which a request uses, and the system gives, only what its frames need.
SLOTS = 20_000


def with_stack_space(function):
    """The same function, called from a frame with room beside it for all that it calls."""

    def call(*args):
        return function(*args)

    call.__code__ = call.__code__.replace(co_stacksize=SLOTS)
    return call
