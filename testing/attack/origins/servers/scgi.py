"""The app behind SCGI, each request on a connection of its own: python3 scgi.py <port>"""

import socketserver
import sys

from app import answer_cgi


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        # A netstring of names and values, each ended by NUL; the body is not read.
        length = b""
        while (byte := self.rfile.read(1)) not in (b":", b""):
            length += byte
        fields = self.rfile.read(int(length or 0)).decode("latin-1").split("\0")[:-1]
        body = answer_cgi(dict(zip(fields[::2], fields[1::2])))
        self.wfile.write(b"Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n" + body)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 128


def serve(port):
    Server(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
