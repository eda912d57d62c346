"""HTTP servers on the loopback device: the apps behind Traefik, and its auth service."""

import json
import socketserver
import threading
from http.server import BaseHTTPRequestHandler
from urllib.parse import unquote


class Server(socketserver.ThreadingTCPServer):
    """A server on its own port, which runs until the program ends."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, handler, prepare=lambda server: None):
        super().__init__(("127.0.0.1", 0), handler)
        prepare(self)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()


def joined(headers):
    """Headers by their names in lower case; the values of one that is repeated are a list."""
    found = {}
    for name, value in headers:
        found.setdefault(name.lower(), []).append(value)
    return {name: ", ".join(values) for name, values in found.items()}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # headers and body are sent in one packet: a second one would wait for an acknowledgement
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def answer(self, status, body, headers=()):
        text = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def seen(self):
        return joined((name, unquote(value)) for name, value in self.headers.items())


class App(Server):
    """Responds with its own name and with the request."""

    def __init__(self, name, prepare=lambda server: None):
        class Service(Handler):
            def do_GET(self):
                said = {"by": f"app {name}", "path": unquote(self.path), "headers": self.seen()}
                self.answer(200, said, headers=[("X-App", "said")])

        super().__init__(Service, prepare)


class Line(socketserver.StreamRequestHandler):
    """Answers a line with the name of its server."""

    def handle(self):
        self.rfile.readline()
        self.wfile.write(self.server.name.encode())


class Listener(Server):
    """An app that speaks a protocol of its own over TCP."""

    def __init__(self, name, prepare=lambda server: None):
        self.name = f"app {name}"
        super().__init__(Line, prepare)


class Datagram(socketserver.DatagramRequestHandler):
    def handle(self):
        self.wfile.write(self.server.name.encode())


class UdpListener(socketserver.ThreadingUDPServer):
    """The same over UDP."""

    daemon_threads = True

    def __init__(self, name):
        super().__init__(("127.0.0.1", 0), Datagram)
        self.name = f"app {name}"
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Auth(Server):
    """Accepts requests with a session, redirects browsers to the sign-in page, and rejects all other requests.

    Traefik connects to it as its HTTP proxy, so that it receives the requests to every address that a Middleware names,
    with that address.
    """

    def __init__(self):
        class Service(Handler):
            def do_GET(self):
                body = {"by": "auth", "asked": self.path, "headers": self.seen()}
                if "session=guest" in self.headers.get("Cookie", ""):
                    self.answer(202, body, [("X-Auth-Request-User", "guest"), ("X-Auth-Request-Email", "guest@example.com")])
                elif "text/html" in self.headers.get("Accept", ""):
                    self.answer(302, body, [("Location", "https://sign-in.test/")])
                else:
                    self.answer(401, body)

        super().__init__(Service)
