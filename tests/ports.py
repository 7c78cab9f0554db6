"""Ports for the servers that tests start."""

import contextlib
import random
import socket


def free_port() -> int:
    """One that nobody listens on, and that no connection gets before the server does.

    Systems give connections, such as a browser's, ports from 32,768 on.
    """
    while True:
        port = random.randrange(20_000, 32_768)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
