# SPDX-License-Identifier: Apache-2.0
#
# usage: flood.py SOCKET COUNT MOST FILE
#
# Ask COUNT questions that are recorded, of a node that writes nothing yet. At
# most MOST may be answered before it does: FILE says yes or no. Then all.
import json
import selectors
import socket
import struct
import sys

path, count, most = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
wait = selectors.DefaultSelector()
sent = done = 0


def more(s, k):
    global sent
    out = b""
    for _ in range(min(k, count - sent)):
        m = json.dumps({"v": 1, "id": sent + 1, "cmd": "audit",
                        "args": {"actor": "nobody %d" % sent}}).encode()
        out += struct.pack(">I", len(m)) + m
        sent += 1
    s.sendall(out)


def take(seconds):
    """Answers until none comes for so long."""
    global done
    while done < count and (ready := wait.select(seconds)):
        for key, _ in ready:
            got, k = key.data, 0
            got += key.fileobj.recv(65536)
            while len(got) >= 4 and len(got) >= 4 + (
                    size := struct.unpack(">I", got[:4])[0]):
                assert b'"ok":true' in got[4:4 + size], got
                del got[:4 + size]
                k += 1
            done += k
            more(key.fileobj, k)


for _ in range(16):
    s = socket.socket(socket.AF_UNIX)
    s.connect(path)
    wait.register(s, selectors.EVENT_READ, bytearray())
    more(s, 16)
take(3)
print("# answered before anything was written:", done)
with open(sys.argv[4], "w") as f:
    f.write("yes\n" if done <= most else "no\n")
take(60)
print("# answered:", done)
sys.exit(done != count)
