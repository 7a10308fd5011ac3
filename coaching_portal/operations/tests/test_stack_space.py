"""What loops in the depth of calls cost, counted in pages of memory that the system had to give."""

import resource
import threading

import pytest

from coaching_portal.operations.stack_space import with_stack_space

pytestmark = pytest.mark.skipif(
    not hasattr(resource, "RUSAGE_THREAD"), reason="only Linux counts for each thread"
)

CALLS, DEPTHS = 1000, range(200)


def nothing():
    """Of a frame larger than that of `call_from`: at some depth it is the one that does not fit."""
    a = b = c = d = e = f = g = h = i = j = k = m = n = o = p = q = None
    return a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q


def call_from(depth):
    """How many pages the system gave while a loop at this depth of calls made its calls."""
    if depth:
        return call_from(depth - 1)
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for _ in range(CALLS):
        nothing()
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before


def depths_at_which_each_call_asks_for_memory(function):
    """Each depth in a thread of its own, as a request has one."""
    found = []

    def ask(depth):
        if function(depth) >= CALLS:
            found.append(depth)

    for depth in DEPTHS:
        thread = threading.Thread(target=ask, args=[depth])
        thread.start()
        thread.join()
    return found


def test_with_room_no_depth_asks_for_memory_at_each_call():
    assert depths_at_which_each_call_asks_for_memory(with_stack_space(call_from)) == []


def test_control_without_it_there_are_such_depths():
    """Where a later Python passes this by, `room.py` has done its work and may go."""
    assert depths_at_which_each_call_asks_for_memory(call_from)


def test_a_function_with_room_gives_what_it_gives():
    assert with_stack_space(max)(2, 3) == 3
