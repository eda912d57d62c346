"""A cluster on the loopback device for one case: Traefik's own binary, a Kubernetes API with the case's objects, apps,
and an auth service.

Reads a description of the cluster and a list of requests as JSON from standard input, and prints the responses as JSON.
It contains no expectations.
"""

import json
import signal
import sys

import client
import world
from acme import Acme
from certificates import Authority
from kubernetes import Api
from servers import Auth
from traefik import Traefik

# The timeout of a case in seconds; it takes about two.
PATIENCE = 60


def give_up(*_):
    raise TimeoutError(f"not finished after {PATIENCE} seconds")


def main():
    signal.signal(signal.SIGALRM, give_up)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    signal.alarm(PATIENCE)
    case = json.load(sys.stdin)
    authority = Authority()
    with Traefik(case, Auth().port, Acme(authority).port) as traefik:
        api = Api(world.objects(case, traefik.ports, authority))
        traefik.start(api.port, authority)
        traefik.wait(world.signs(case), authority)
        traefik.wait_for_certificates(case["resolved"], authority)
        answers = [client.ask(traefik.ports, request, authority) for request in case["requests"]]
        json.dump({"answers": answers, "log": traefik.errors()}, sys.stdout)


main()
