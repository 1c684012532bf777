#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A webhook's receiver that is difficult: receiver.py PORT SECRET LOG [CERT KEY]

With a certificate and its key it speaks TLS.
/ok takes, /fails answers 500 twice and then takes, /never 500, /bad 400,
/slow does not answer, /moved redirects to /ok, /long never stops answering,
/break closes,
/answers takes and answers with the code it got, signed, /forges with a wrong
signature. A line of LOG for each request: path, key, signature good or bad, and the
body."""
import hashlib
import hmac
import http.server
import json
import ssl
import sys
import time

PORT, SECRET, LOG = int(sys.argv[1]), sys.argv[2].encode(), sys.argv[3]
seen = {}


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        size = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(size)
        key = self.headers.get("Idempotency-Key", "")
        said = dict(p.split("=", 1) for p in self.headers.get(
            "Almenara-Signature", "t=0,v1=").split(","))
        want = hmac.new(SECRET, said["t"].encode() + b"." + key.encode() +
                        b"." + body, hashlib.sha256).hexdigest()
        good = "good" if hmac.compare_digest(want, said["v1"]) else "bad"
        with open(LOG, "a", encoding="utf-8") as log:
            print(self.path, key, good, body.decode(), file=log)
        seen[self.path] = seen.get(self.path, 0) + 1
        self.answer(self.path.split("/")[1], key, body)

    def reply(self, word, key, body):
        code = json.dumps({"code": json.loads(body).get("code", "")}).encode()
        now = str(int(time.time())).encode()
        key = (key if word == "answers" else "x").encode()
        mac = hmac.new(SECRET, now + b"." + key + b"." + code, hashlib.sha256)
        self.send_response(200)
        self.send_header("Almenara-Signature",
                         f"t={now.decode()},v1={mac.hexdigest()}")
        self.end_headers()
        self.wfile.write(code)

    def answer(self, word, key, body):
        if word in ("answers", "forges"):
            self.reply(word, key, body)
            return
        if word == "slow":
            time.sleep(20)
            return
        if word == "break":
            self.connection.close()
            return
        status = {"never": 500, "bad": 400, "moved": 302}.get(word, 200)
        if word == "fails" and seen[self.path] <= 2:
            status = 500
        self.send_response(status)
        if word == "moved":
            self.send_header("Location", f"http://127.0.0.1:{PORT}/ok/moved")
        self.end_headers()
        while word == "long":
            self.wfile.write(b"x" * 4096)

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Receiver)
if len(sys.argv) > 4:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[4], sys.argv[5])
    server.socket = tls.wrap_socket(server.socket, server_side=True)
server.serve_forever()
