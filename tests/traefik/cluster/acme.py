"""A certificate authority for Traefik's own resolver (RFC 8555). It accepts all orders without a challenge: the tests
only check whether a certificate was ordered, and for which host."""

import base64
import json
from itertools import count

from servers import Handler, Server


# lego supports only TLS, and verifies this name
NAME = "acme.test"


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Acme(Server):
    def __init__(self, authority):
        numbers = count()
        orders = []

        class Service(Handler):
            def do_HEAD(self):
                self.say(200, {})

            def do_GET(self):
                self.say(200, {name: self.url(name) for name in ("newNonce", "newAccount", "newOrder", "revokeCert", "keyChange")})

            def do_POST(self):
                signed = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                payload = json.loads(decoded(signed["payload"]) or "null")
                what, _, number = self.path.strip("/").partition("/")
                getattr(self, what)(payload, int(number or 0))

            def newAccount(self, *_):
                self.say(201, {"status": "valid"}, [("Location", self.url("account"))])

            def newOrder(self, wanted, _):
                orders.append({"identifiers": wanted["identifiers"]})
                self.order(None, len(orders) - 1, status=201)

            def order(self, _, number, status=200):
                order = orders[number]
                urls = {name: self.url(f"{name}/{number}") for name in ("finalize", "certificate")}
                body = {"status": "valid" if "chain" in order else "ready", "authorizations": [self.url(f"authorization/{number}")]}
                self.say(status, body | urls | {"identifiers": order["identifiers"]}, [("Location", self.url(f"order/{number}"))])

            def authorization(self, _, number):
                self.say(200, {"status": "valid", "identifier": orders[number]["identifiers"][0], "challenges": []})

            def finalize(self, wanted, number):
                orders[number]["chain"] = authority.answer(decoded(wanted["csr"]))
                self.order(None, number)

            def certificate(self, _, number):
                self.send_response(200)
                self.send_header("Content-Type", "application/pem-certificate-chain")
                self.finish_with(orders[number]["chain"])

            def say(self, status, body, headers=()):
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.finish_with(json.dumps(body).encode())

            def finish_with(self, body):
                self.send_header("Replay-Nonce", f"nonce-{next(numbers)}")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def url(self, path):
                return f"https://{self.headers['Host']}/{path}"

        super().__init__(Service, lambda server: authority.serve(server, NAME))
