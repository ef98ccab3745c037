"""The app behind HTTP, for proxies in front of it. It reads its target as it comes, decoded once:
what a proxy made of a target is seen as it is."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from app import answer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def reply(self):
        # Not through `self.path`, in which Python has already made `/` of leading `//`.
        target = self.requestline.split(" ")[1]
        path = target.split("?")[0]
        self.read_body()
        body = answer(self.headers.get("x-attack"), [path, unquote(path, "latin-1")])
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def read_body(self):
        # A body that stays unread would be taken for the next request of the connection.
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            while size := int(self.rfile.readline().split(b";")[0], 16):
                self.rfile.read(size + 2)
            while self.rfile.readline().strip():
                pass
        else:
            self.rfile.read(int(self.headers.get("content-length") or 0))

    def __getattr__(self, name):
        # Whatever the method.
        if name.startswith("do_"):
            return self.reply
        raise AttributeError(name)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


def serve(port):
    Server(("127.0.0.1", port), Handler).serve_forever()
