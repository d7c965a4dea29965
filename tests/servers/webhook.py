#!/usr/bin/python3
"""A webhook that misbehaves on demand, on a port of its own choosing.

webhook.py FOLDER: writes FOLDER/port when it listens; keeps each request's path, headers and body as
FOLDER/N.json. The path says what is answered: /ok 204, /status/N N, /flaky/K/N[/AFTER] N with
Retry-After: AFTER the first K times and then 204, /slow never, /reset closes in the face, /half half an
answer, /redirect 302 to /ok, /long an endless body, /garbage no HTTP at all.
"""
import http.server
import itertools
import json
import os
import socket
import struct
import sys
import threading
import time

folder = sys.argv[1]
numbers = itertools.count(1)
seen = {}
lock = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, headers=(), body=b""):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def keep(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        with lock:
            number = next(numbers)
            seen[self.path] = seen.get(self.path, 0) + 1
            count = seen[self.path]
        record = {"method": self.command, "path": self.path, "headers": dict(self.headers),
                  "body": body.decode("utf-8"), "at": time.time()}
        temporary = os.path.join(folder, f".{number}")
        with open(temporary, "w", encoding="utf-8") as out:
            json.dump(record, out)
        os.rename(temporary, os.path.join(folder, f"{number}.json"))
        return count

    def do_POST(self):
        count = self.keep()
        word, *rest = self.path.split("?")[0].strip("/").split("/")
        if word == "status":
            self.answer(int(rest[0]), body=b"no\n")
        elif word == "flaky" and count <= int(rest[0]):
            self.answer(int(rest[1]), [("Retry-After", rest[2])] if len(rest) > 2 else [])
        elif word == "slow":
            time.sleep(600)
        elif word == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
        elif word == "half":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")
            self.wfile.flush()
            self.close_connection = True
        elif word == "garbage":
            self.wfile.write(b"SSH-2.0-OpenSSH\r\n\r\n")
            self.wfile.flush()
            self.close_connection = True
        elif word == "redirect":
            self.answer(302, [("Location", "/ok")])
        elif word == "long":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 65536)
            except OSError:
                self.close_connection = True
        else:
            self.answer(204)

    do_GET = do_POST


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


server = Server(("127.0.0.1", 0), Handler)
with open(os.path.join(folder, ".port"), "w", encoding="utf-8") as port_file:
    port_file.write(str(server.server_address[1]))
os.rename(os.path.join(folder, ".port"), os.path.join(folder, "port"))
server.serve_forever()
