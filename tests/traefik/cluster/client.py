"""Sends requests to an entry point of Traefik, as a browser or a tunnel would."""

import http.client
import json
import socket
from urllib.parse import quote

from certificates import careless

TLS = careless()


def ask(ports, request, authority):
    """The response to `request`: who sent it, its headers, and the certificate."""
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
    connection.request("GET", quote(request["path"], safe="/~()"), headers={"Host": request["host"]} | request["headers"])
    response = connection.getresponse()
    text = response.read().decode(errors="replace")
    body = json.loads(text) if response.headers.get_content_type() == "application/json" else {"by": "Traefik", "text": text.strip()}
    return {"status": response.status, "certificate": certificate, "location": response.headers.get("Location"), "body": body}
