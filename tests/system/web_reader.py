#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A reader of the public site who does not behave.

usage: web_reader.py PORT WHAT [ARGUMENT ...]

    raw TEXT       send TEXT (escapes undone), print the status of the answer
    drip           a byte of a head now and then, for ever; ends with the
                   number of bytes that could be sent
    hold N [FROM]  N connections at once, from the address FROM; prints how
                   many of them are still open after a request each
    deaf PATH      ask for PATH and never read; prints "gone" once cut off
    crowd N        N readers from 50 networks, each asks twice, and for
                   another page: how many got all three
    two            two requests on one connection: their statuses
"""
import codecs
import select
import socket
import sys
import time

LONG = 30


def connect(port, source="127.0.0.1"):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    s.settimeout(LONG)
    s.bind((source, 0))
    s.connect(("127.0.0.1", port))
    return s


def status(s):
    """The status of the next answer, whose body is read; 0 if cut off."""
    data = b""
    while b"\r\n\r\n" not in data:
        try:
            got = s.recv(4096)
        except OSError:
            return 0
        if not got:
            return 0
        data += got
    head, _, body = data.partition(b"\r\n\r\n")
    size = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            size = int(value)
    while len(body) < size:
        got = s.recv(65536)
        if not got:
            return 0
        body += got
    return int(head.split()[1])


def raw(port, text):
    s = connect(port)
    data = codecs.escape_decode(text.encode())[0]
    try:
        s.sendall(data)
    except OSError:
        pass
    print(status(s))


def drip(port):
    s = connect(port)
    sent = 0
    head = b"GET /es/ HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 4000
    try:
        for byte in head:
            s.sendall(bytes([byte]))
            sent += 1
            if select.select([s], [], [], 0.2)[0] and not s.recv(1):
                break
    except OSError:
        pass
    print(sent)


def hold(port, count, source="127.0.0.1"):
    held = []
    for _ in range(int(count)):
        try:
            held.append(connect(port, source))
        except OSError:
            pass
    good = 0
    for s in held:
        try:
            s.sendall(b"GET /es/ HTTP/1.1\r\nHost: x\r\n\r\n")
            good += status(s) == 200
        except OSError:
            pass
    print(good, flush=True)
    if len(sys.argv) > 5:
        time.sleep(float(sys.argv[5]))


def deaf(port, path):
    s = connect(port)
    s.sendall(b"GET " + path.encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    poll = select.poll()
    poll.register(s, select.POLLHUP | select.POLLERR | select.POLLRDHUP)
    print("gone" if poll.poll(LONG * 1000) else "still there")


def crowd(port, count):
    good = 0
    for i in range(int(count)):
        s = connect(port, "127.%d.%d.1" % (32 + i % 50, i // 50 % 250))
        got = []
        for path in (b"/es/", b"/es/", b"/en/"):
            s.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")
            got.append(status(s))
        good += got == [200, 200, 200]
        s.close()
    print(good)


def two(port):
    s = connect(port)
    for _ in range(2):
        s.sendall(b"GET /es/ HTTP/1.1\r\nHost: x\r\n\r\n")
        print(status(s), end=" ")
    print()


if __name__ == "__main__":
    globals()[sys.argv[2]](int(sys.argv[1]), *sys.argv[3:5])
