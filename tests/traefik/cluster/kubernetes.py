"""The part of the Kubernetes API that Traefik uses: lists of objects, and watches without events."""

import json
import re
import threading
from collections import defaultdict
from urllib.parse import parse_qs, urlsplit

from servers import Handler, Server

PATH = re.compile(r"/(?:api|apis/(?P<group>[^/]+))/(?P<version>v[^/]+)(?:/namespaces/(?P<namespace>[^/]+))?/(?P<resource>[a-z]+)(?:/.*)?")


def resource(kind):
    """`ingressroutes` of `IngressRoute`, `gatewayclasses`, `networkpolicies`"""
    word = re.sub(r"(?<=[^aeiou])y$", "ie", kind.lower())
    return word + ("es" if word.endswith("s") else "s")


def fill_in(manifest):
    """Sets the defaults of the schemas of the Gateway API (1.6), which Traefik relies on."""
    spec = manifest.get("spec", {})
    if manifest["kind"] == "Gateway":
        for listener in spec["listeners"]:
            for reference in listener.get("tls", {}).get("certificateRefs", []):
                default(reference, group="", kind="Secret")
    if manifest["kind"] == "HTTPRoute":
        for parent in spec["parentRefs"]:
            default(parent, group="gateway.networking.k8s.io", kind="Gateway")
        for rule in spec["rules"]:
            for match in rule.setdefault("matches", [{}]):
                default(match.setdefault("path", {}), type="PathPrefix", value="/")
            for backend in rule.get("backendRefs", []):
                default(backend, group="", kind="Service", weight=1)


def default(fields, **defaults):
    for name, value in defaults.items():
        fields.setdefault(name, value)


class Api(Server):
    """Serves `objects`, each a manifest."""

    def __init__(self, objects):
        stored = defaultdict(list)
        for number, manifest in enumerate(objects, start=1):
            # the API server adds these fields, and Traefik identifies objects by them
            manifest["metadata"] |= {"uid": f"uid-{number}", "resourceVersion": str(number), "generation": 1}
            group = manifest["apiVersion"].rpartition("/")[0]
            fill_in(manifest)
            stored[group, resource(manifest["kind"])].append(manifest)

        class Service(Handler):
            def do_GET(self):
                address = urlsplit(self.path)
                if address.path == "/version":
                    return self.answer(200, {"major": "1", "minor": "37", "gitVersion": "v1.37.0"})
                asked = PATH.fullmatch(address.path)
                if asked is None:
                    return self.answer(404, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404})
                query = parse_qs(address.query)
                if query.get("watch") not in (["true"], ["1"]):
                    items = stored[asked["group"] or "", asked["resource"]]
                    mine = [item for item in items if asked["namespace"] in (None, item["metadata"].get("namespace"))]
                    return self.answer(200, {"metadata": {"resourceVersion": "1000000"}, "items": mine})
                if "sendInitialEvents" in query:
                    # a client that asked for the list as events requests a plain list after this response
                    return self.answer(422, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Invalid", "code": 422})
                return self.watch()

            def watch(self):
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.wfile.flush()
                threading.Event().wait()

            def do_PUT(self):
                """Traefik updates the status of Gateway API objects, which the tests do not use."""
                text = self.rfile.read(int(self.headers["Content-Length"]))
                self.answer(200, json.loads(text))

        super().__init__(Service)
