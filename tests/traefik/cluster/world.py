"""The objects that wharf does not render: those of users, of charts and of other controllers."""

import base64
from collections import defaultdict

import yaml

from certificates import Authority
from servers import App, Listener, UdpListener

READY = "ready"


def objects(case, ports, authority):
    """All objects of the API server."""
    # whose certificates only those verify who name it, and whose nobody does
    authorities = {"public": authority, "private": Authority(), "nobody": Authority()}
    signs = ready(case)
    given = [*read(case["manifests"]), *read(case["brought"]), *signs]
    behind_gateways(given, case, ports)
    outside(given, case["machines"], authorities)
    everything = [*given, *services(case, authorities), *streams(case, authorities), *known(case, authorities), *classes(case), *gateways(case, ports)]
    return [*everything, *namespaces(everything), *issued(everything, authority)]


def read(texts):
    return [each for text in texts for each in yaml.safe_load_all(text) if each]


def manifest(version, kind, namespace, name, **rest):
    metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **rest}


def namespaces(manifests):
    """The Namespaces that wharf does not render."""
    made = {each["metadata"]["name"] for each in manifests if each["kind"] == "Namespace"}
    used = {each["metadata"]["namespace"] for each in manifests if "namespace" in each["metadata"]}
    return [manifest("v1", "Namespace", None, name) for name in sorted(used - made)]


def serving_tls(tls, authorities):
    """What makes a server speak TLS, if its users say that it does."""
    if tls is None:
        return lambda server: None
    return lambda server: authorities[tls["issuer"]].serve(server, tls["host"])


def known(case, authorities):
    """The Secrets and ConfigMaps with the authority that the certificates of apps are from."""
    for each in case["authorities"]:
        pem = authorities["private"].pem
        data = base64.b64encode(pem).decode() if each["kind"] == "Secret" else pem.decode()
        yield manifest("v1", each["kind"], each["namespace"], each["name"], data={"ca.crt": data})


def outside(manifests, machines, authorities):
    """Starts the machines that EndpointSlices name, and names them by the address that they have here."""
    for each in manifests:
        if each["kind"] != "EndpointSlice":
            continue
        addresses = sorted(address for endpoint in each["endpoints"] for address in endpoint["addresses"])
        for port in each["ports"]:
            name = f"{','.join(addresses)}:{port['port']}"
            tls = next((machine["tls"] for machine in machines if machine["name"] == name), None)
            port["port"] = App(name, serving_tls(tls, authorities)).port
        each |= {"addressType": "IPv4", "endpoints": [each["endpoints"][0] | {"addresses": ["127.0.0.1"]}]}


def services(case, authorities):
    """The Services of the users' apps, with a pod behind each port."""
    for service in [*case["services"], {"namespace": READY, "name": READY, "ports": [80], "tls": None}]:
        namespace, name = service["namespace"], service["name"]
        named = [(f"port-{port}", port) if isinstance(port, int) else (port, 10000 + number) for number, port in enumerate(service["ports"])]
        ports = [{"name": called, "port": port, "protocol": "TCP"} for called, port in named]
        prepare = serving_tls(service["tls"], authorities)
        behind = [port | {"port": App(f"{namespace}/{name}:{written}", prepare).port} for port, written in zip(ports, service["ports"])]
        yield manifest("v1", "Service", namespace, name, spec={"type": "ClusterIP", "clusterIP": "10.43.0.1", "ports": ports})
        pods = manifest("discovery.k8s.io/v1", "EndpointSlice", namespace, f"{name}-1", addressType="IPv4", ports=behind)
        pods["metadata"]["labels"] = {"kubernetes.io/service-name": name}
        pods["endpoints"] = [{"addresses": ["127.0.0.1"], "conditions": {"ready": True, "serving": True}}]
        yield pods


def streams(case, authorities):
    """The Services of apps that do not speak HTTP."""
    for number, each in enumerate(case["streams"]):
        namespace, name, written = each["namespace"], each["name"], each["port"]
        called = f"{namespace}/{name}:{written}"
        server = UdpListener(called) if each["protocol"] == "udp" else Listener(called, serving_tls(each["tls"], authorities))
        numbered = isinstance(written, int)
        port = {"name": f"port-{written}" if numbered else written, "port": written if numbered else 20000 + number}
        port["protocol"] = each["protocol"].upper()
        yield manifest("v1", "Service", namespace, name, spec={"type": "ClusterIP", "clusterIP": "10.43.0.1", "ports": [port]})
        pods = manifest("discovery.k8s.io/v1", "EndpointSlice", namespace, f"{name}-1", addressType="IPv4", ports=[port | {"port": server.port}])
        pods["metadata"]["labels"] = {"kubernetes.io/service-name": name}
        pods["endpoints"] = [{"addresses": ["127.0.0.1"], "conditions": {"ready": True, "serving": True}}]
        yield pods


def classes(case):
    """The classes of the charts of Traefik and ingress-nginx."""
    networking, controller = "networking.k8s.io/v1", "traefik.io/ingress-controller"
    yield manifest(networking, "IngressClass", None, case["classOfIngresses"], spec={"controller": controller})
    yield manifest(networking, "IngressClass", None, "nginx", spec={"controller": "k8s.io/ingress-nginx"})
    yield manifest("gateway.networking.k8s.io/v1", "GatewayClass", None, "traefik", spec={"controllerName": "traefik.io/gateway-controller"})


def behind_gateways(manifests, case, ports):
    """Replaces the ports of the platform in routes by the ports of this machine."""
    for route in manifests:
        for parent in route["spec"].get("parentRefs", []) if route["kind"] == "HTTPRoute" else []:
            named = [each for each in case["listeners"] if is_named(each, parent)]
            if "port" in parent and named:
                parent["port"] = ports[named[0]["entryPoint"]]


def is_named(each, parent):
    """Whether a parent reference of a route selects this listener of the platform."""
    return all(each.get(key) == parent.get(key) for key in ("namespace", "name", "sectionName", "port"))


def gateways(case, ports):
    """The Gateways of the platform, and one for the readiness checks, which allows routes of all namespaces."""
    points = {point["name"]: point for point in case["entryPoints"]}
    made = defaultdict(list)
    for each in case["listeners"]:
        point = points[each["entryPoint"]]
        listener = {"name": each.get("sectionName", point["name"]), "allowedRoutes": {"namespaces": allowed_namespaces(each)}}
        made[each["namespace"], each["name"]].append(listener | serving(point, ports))
    if made:
        everybody = {"namespaces": {"from": "All"}}
        made[READY, READY] = [{"name": name, "allowedRoutes": everybody} | serving(point, ports) for name, point in points.items()]
    for (namespace, name), listeners in made.items():
        spec = {"gatewayClassName": "traefik", "listeners": listeners}
        yield manifest("gateway.networking.k8s.io/v1", "Gateway", namespace, name, spec=spec)
    for namespace in sorted({namespace for namespace, _ in made}):
        yield manifest("cert-manager.io/v1", "Certificate", namespace, "listeners", spec={"secretName": "listeners", "dnsNames": case["gatewayHosts"]})


def allowed_namespaces(listener):
    """The namespaces whose routes a listener allows."""
    whose = listener.get("allowedRoutes", "same")
    return {"from": whose.capitalize()} | ({"selector": {"matchLabels": listener["namespaceLabels"]}} if whose == "selector" else {})


def serving(point, ports):
    made = {"port": ports[point["name"]], "protocol": "HTTP"}
    if point["tls"]:
        made |= {"protocol": "HTTPS", "tls": {"mode": "Terminate", "certificateRefs": [{"kind": "Secret", "name": "listeners"}]}}
    return made


def issued(manifests, authority):
    """The Secrets of cert-manager: those of Certificates, and of the `tls` blocks of annotated Ingresses."""
    for each in manifests:
        namespace, spec = each["metadata"].get("namespace"), each.get("spec", {})
        if each["kind"] == "Certificate":
            yield secret(namespace, spec["secretName"], spec["dnsNames"], authority)
        annotations = each["metadata"].get("annotations", {})
        if each["kind"] == "Ingress" and any(key.startswith("cert-manager.io/") and key.endswith("issuer") for key in annotations):
            for block in spec.get("tls", []):
                yield secret(namespace, block["secretName"], block["hosts"], authority)


def secret(namespace, name, hosts, authority):
    certificate, key = authority.issue(hosts)
    data = {"tls.crt": base64.b64encode(certificate).decode(), "tls.key": base64.b64encode(key).decode()}
    return manifest("v1", "Secret", namespace, name, type="kubernetes.io/tls", data=data)


def ready(case):
    """An object for each provider, with and without TLS, which responds once the objects of the provider are in effect."""
    made = []
    for tls in (False, True):
        points = [point["name"] for point in case["entryPoints"] if point["tls"] == tls and point["protocol"] == "http"]
        if points:
            made += [BY_PROVIDER[provider](points, tls, case) for provider in case["providers"]]
    return made


def signs(case):
    """The requests that those objects respond to."""
    for provider in case["providers"]:
        for point in case["entryPoints"]:
            if point["redirects"] or point["protocol"] != "http":
                continue
            yield {"entryPoint": point["name"], "tls": point["tls"], "host": f"{provider}.test", "path": "/", "headers": {}}


def ready_route(points, tls, case):
    rule = {"kind": "Rule", "match": "Host(`kubernetescrd.test`)", "priority": 1000000, "services": [{"name": READY, "port": 80}]}
    spec = {"entryPoints": points, "routes": [rule]} | ({"tls": {}} if tls else {})
    if case["ingressClass"]:
        spec["ingressClassName"] = case["ingressClass"]
    return manifest("traefik.io/v1alpha1", "IngressRoute", READY, "tls" if tls else "plain", spec=spec)


def ready_ingress(points, tls, case):
    path = {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": READY, "port": {"number": 80}}}}
    spec = {"ingressClassName": case["classOfIngresses"], "rules": [{"host": "kubernetesingress.test", "http": {"paths": [path]}}]}
    made = manifest("networking.k8s.io/v1", "Ingress", READY, "tls" if tls else "plain", spec=spec)
    options = {"entrypoints": ",".join(points), "priority": "1000000"} | ({"tls": "true"} if tls else {})
    made["metadata"]["annotations"] = {f"traefik.ingress.kubernetes.io/router.{key}": value for key, value in options.items()}
    return made


def ready_http_route(points, tls, _):
    parents = [{"name": READY, "sectionName": point} for point in points]
    spec = {"parentRefs": parents, "hostnames": ["kubernetesgateway.test"], "rules": [{"backendRefs": [{"name": READY, "port": 80}]}]}
    return manifest("gateway.networking.k8s.io/v1", "HTTPRoute", READY, "tls" if tls else "plain", spec=spec)


BY_PROVIDER = {"kubernetescrd": ready_route, "kubernetesingress": ready_ingress, "kubernetesgateway": ready_http_route}
