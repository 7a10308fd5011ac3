"""A real mail server for tests and measurements: it keeps what it accepts, refuses on demand."""

import asyncio
from collections import Counter
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.parser import BytesHeaderParser

from aiosmtpd.controller import Controller

from coaching_portal.operations.embedded import free_port


class Sink:
    """What a mail server is told, and what it took.

    `refuse_recipient` and `refuse_data` are answers such as "550 No"; of `refuse_one_in` mails it
    asks for one to be sent again later.
    """

    def __init__(self):
        self.accepted = []
        self.refuse_recipient = self.refuse_data = None
        self.refuse_one_in = self.refused = self.seconds_each = 0

    def is_the_turn_to_refuse(self):
        so_far = len(self.accepted) + self.refused
        return self.refuse_one_in and so_far % self.refuse_one_in == self.refuse_one_in - 1

    @property
    def mails(self):
        return [message_from_bytes(content, policy=policy.default) for content in self.accepted]

    @property
    def message_ids(self):
        heads = map(BytesHeaderParser().parsebytes, self.accepted)
        return Counter(head["Message-ID"] for head in heads)


class _Handler:
    """For aiosmtpd, which reads every attribute at each connection: the sink's would be counted."""

    def __init__(self, sink):
        self.sink = sink

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if self.sink.refuse_recipient:
            return self.sink.refuse_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.sink.refuse_data:
            return self.sink.refuse_data
        if self.sink.is_the_turn_to_refuse():
            self.sink.refused += 1
            return "451 Not now, try again later"
        await asyncio.sleep(self.sink.seconds_each)
        self.sink.accepted.append(envelope.content)
        return "250 OK"


def controller_of(sink, port):
    # Without a name it asks the network for its own at every connection.
    name = "mail.example.org"
    return Controller(_Handler(sink), hostname="127.0.0.1", port=port, server_hostname=name)


@contextmanager
def running():
    """(the sink, its port)"""
    sink, port = Sink(), free_port()
    controller = controller_of(sink, port)
    controller.start()
    try:
        yield sink, port
    finally:
        controller.stop()
