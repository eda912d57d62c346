"""Sends requests to an entry point of Traefik, as a browser or a tunnel would."""

import http.client
import json
import socket
from urllib.parse import quote, unquote

from certificates import careless
from servers import joined

TLS = careless()


def connect(port, request):
    """The name that answers a line on a TCP or UDP port."""
    kind = socket.SOCK_DGRAM if request["stream"] == "udp" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as plain:
        plain.settimeout(5)
        plain.connect(("127.0.0.1", port))
        connection = TLS.wrap_socket(plain, server_hostname=request["host"]) if request["tls"] else plain
        connection.send(b"who?\n")
        text = connection.recv(1000).decode()
    # Traefik itself takes a line for HTTP where no router does
    if not text or text.startswith("HTTP/"):
        return {"error": "nothing"}
    return {"status": 200, "certificate": None, "location": None, "body": {"by": text}}


def ask(ports, request, authority):
    """The response to `request`: who sent it, its headers, and the certificate."""
    if request.get("stream"):
        try:
            return connect(ports[request["entryPoint"]], request)
        except OSError:
            return {"error": "nothing"}
    connection = http.client.HTTPConnection("127.0.0.1", ports[request["entryPoint"]], timeout=10)
    try:
        return answer(connection, request, authority)
    except (OSError, http.client.HTTPException) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    finally:
        connection.close()


def answer(connection, request, authority):
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    certificate = None
    if request["tls"]:
        connection.sock = TLS.wrap_socket(connection.sock, server_hostname=request["host"])
        certificate = authority.judge(connection.sock.getpeercert(binary_form=True), request["host"])
    path, mark, query = request["path"].partition("?")
    connection.request("GET", quote(path, safe="/~()") + mark + query, headers={"Host": request["host"]} | request["headers"])
    response = connection.getresponse()
    location = response.headers.get("Location")
    text = response.read().decode(errors="replace")
    body = json.loads(text) if response.headers.get_content_type() == "application/json" else {"by": "Traefik", "text": text.strip()}
    return {"status": response.status, "certificate": certificate, "location": location and unquote(location), "headers": joined(response.getheaders()), "body": body}
