#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A modem for text messages at a pseudo-terminal: modem.py LINK LOG

LINK becomes a symbolic link to its terminal. A line of LOG for each message
that it took: the number and the text. Numbers decide how it behaves: one that
ends in 1 is refused with an error, in 2 it falls silent at the number, in 3 at
the text the first time, else it takes."""
import os
import pty
import re
import sys
import termios
import tty

LINK, LOG = sys.argv[1:]


def ucs2(digits):
    return bytes.fromhex(digits).decode("utf-16-be")


class Modem:
    def __init__(self, fd):
        self.fd = fd
        self.number = None
        self.ready = set()
        self.silenced = set()

    def say(self, text):
        os.write(self.fd, f"\r\n{text}\r\n".encode())

    def command(self, line):
        sent = re.fullmatch(r'AT\+CMGS="([0-9A-F]+)"', line)
        if sent is None:
            self.ready.add(line)
            self.say("OK" if line.startswith("AT") else "ERROR")
        elif not {"AT+CMGF=1", 'AT+CSCS="UCS2"'} <= self.ready:
            self.say("+CMS ERROR: 302")
        elif ucs2(sent[1])[-1] == "1":
            self.say("+CMS ERROR: 500")
        elif ucs2(sent[1])[-1] != "2":
            self.number = ucs2(sent[1])
            os.write(self.fd, b"\r\n> ")

    def message(self, digits):
        number, self.number = self.number, None
        if number[-1] == "3" and number not in self.silenced:
            self.silenced.add(number)
            return
        with open(LOG, "a", encoding="utf-8") as log:
            print(number, ucs2(digits).replace("\n", " "), file=log)
        self.say("+CMGS: 7")
        self.say("OK")

    def run(self):
        line = b""
        while True:
            c = os.read(self.fd, 1)
            if c == b"\x1b":
                line, self.number = b"", None
            elif self.number is not None and c == b"\x1a":
                self.message(line.decode())
                line = b""
            elif self.number is None and c == b"\r":
                self.command(line.decode().strip())
                line = b""
            else:
                line += c


master, slave = pty.openpty()
tty.setraw(slave, termios.TCSANOW)
open(LOG, "w", encoding="utf-8").close()
os.symlink(os.ttyname(slave), LINK)  # it stays open: no hang-up between two
Modem(master).run()
