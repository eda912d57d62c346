"""HTTP servers on the loopback device: the apps behind Traefik, and the auth service that it asks."""

import json
import socketserver
import threading
from http.server import BaseHTTPRequestHandler
from urllib.parse import unquote


class Server(socketserver.ThreadingTCPServer):
    """A server on a port of its own, until the program ends."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, handler, prepare=lambda server: None):
        super().__init__(("127.0.0.1", 0), handler)
        prepare(self)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # in one packet, or the next one waits for an acknowledgement
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
        return {name.lower(): unquote(value) for name, value in self.headers.items()}


class App(Server):
    """Says who it is and what it was asked."""

    def __init__(self, name):
        class Service(Handler):
            def do_GET(self):
                self.answer(200, {"by": f"app {name}", "path": unquote(self.path), "headers": self.seen()})

        super().__init__(Service)


class Auth(Server):
    """Lets in whoever has a session, sends browsers to the sign-in page, and refuses all others.

    Traefik reaches it as its proxy, so that it is asked at whatever address the Middleware names, and knows which one that was.
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
