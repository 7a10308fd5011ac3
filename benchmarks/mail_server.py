"""A mail server that takes everything and, when ended, says how much: for benchmarks.messages.

python -m benchmarks.mail_server PORT
"""

import signal
import sys
import time

from aiosmtpd.controller import Controller


class Counter:
    taken = 0

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  aiosmtpd's name
        self.taken += 1
        return "250 OK"


def main(port):
    counter = Counter()
    controller = Controller(counter, hostname="127.0.0.1", port=port)
    controller.start()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while True:
            time.sleep(60)
    except KeyboardInterrupt:
        controller.stop()
        print(counter.taken)


if __name__ == "__main__":
    main(int(sys.argv[1]))
