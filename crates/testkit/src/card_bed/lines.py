"""Carries the lines of vpcd's two readers, which listen in a network of their own, to sockets in this folder."""

import socket
import threading
import time

FIRST_PORT = 0x8C7B


def reader(number):
    """A line to the reader. Its driver may not listen yet."""
    while True:
        try:
            return socket.create_connection(("127.0.0.1", FIRST_PORT + number))
        except ConnectionRefusedError:
            time.sleep(0.02)


def carry(source, target):
    """Until one of the two hangs up; then both do."""
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(number):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"reader-{number}")
    listener.listen()
    while True:
        card, _ = listener.accept()
        line = reader(number)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for ends in ((card, line), (line, card)):
            threading.Thread(target=carry, args=ends, daemon=True).start()


threads = [threading.Thread(target=serve, args=(number,)) for number in (0, 1)]
for thread in threads:
    thread.start()
