"""The chart, as Helm itself renders it, and what its objects allow."""

from functools import cache
from ipaddress import ip_address, ip_network
from pathlib import Path

import helm_python
import kubernetes_validate.utils
import yaml

# It reads the schemas of a version anew for each object, which takes most of its time.
kubernetes_validate.utils.schema_contents = cache(kubernetes_validate.utils.schema_contents)

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
CHART = DEPLOY / "chart"
NAMESPACE = "mesh"

COLLECTORS = {"cicd", "runtime", "metrics", "logs", "incidents", "work-items", "quality", "manual"}
# Sets of values: nothing said, and everything.
VALUES = {"default": {}, "full": yaml.safe_load((CHART / "ci/full-values.yaml").read_text())}


class Rendered:
    """The objects of one release."""

    def __init__(self, values):
        with helm_python.Chart.load(CHART) as chart:
            chart.validate_schema(values)
            files = chart.render(values, name="passport", namespace=NAMESPACE)
        texts = (text for name, text in files.items() if name.endswith(".yaml"))
        self.objects = [it for text in texts for it in yaml.safe_load_all(text) if it]

    def of(self, kind):
        """Objects of a kind by name, without the release's."""
        named = ((it["metadata"]["name"], it) for it in self.objects if it["kind"] == kind)
        return {name.removeprefix("passport-"): it for name, it in named}

    def services(self):
        return set(self.of("Deployment"))

    def configuration(self):
        return self.of("ConfigMap")["configuration"]["data"]["passport.yaml"]

    def pod(self, service):
        """A pod as NetworkPolicies see it."""
        template = self.of("Deployment")[service]["spec"]["template"]
        return Peer(NAMESPACE, template["metadata"]["labels"])

    def admits(self, start, end, port, protocol="TCP"):
        """Whether policies let `start` open a connection to `end`: both ends have to."""
        return self._lets(end, start, port, protocol, "ingress") and self._lets(start, end, port, protocol, "egress")

    def _lets(self, pod, other, port, protocol, way):
        if pod.namespace != NAMESPACE:
            return True
        policies = [it["spec"] for it in self.of("NetworkPolicy").values() if pod.matches(it["spec"]["podSelector"])]
        policies = [it for it in policies if way.capitalize() in it["policyTypes"]]
        if not policies:
            return True
        rules = [rule for it in policies for rule in it.get(way) or []]
        return any(_rule(rule, other, port, protocol, "from" if way == "ingress" else "to") for rule in rules)


class Peer:
    """One end of a connection: a pod, or an address outside of the cluster (then without labels)."""

    def __init__(self, namespace, labels=None, address=None):
        self.namespace, self.labels, self.address = namespace, labels or {}, address

    def matches(self, selector):
        return _selects(selector, self.labels)


def _selects(selector, labels):
    assert set(selector) <= {"matchLabels"}, "the tests know no other selector"
    return (selector.get("matchLabels") or {}).items() <= labels.items()


def _rule(rule, other, port, protocol, key):
    peers = rule.get(key) or []
    ports = rule.get("ports") or []
    # Without peers or ports a rule would mean all of them.
    fits = not ports or any((it.get("protocol", "TCP"), it["port"]) == (protocol, port) for it in ports)
    return fits and (not peers or any(_peer(it, other) for it in peers))


def _peer(peer, other):
    if "ipBlock" in peer:
        block = peer["ipBlock"]
        inside = lambda network: other.address and ip_address(other.address) in ip_network(network)
        return bool(inside(block["cidr"])) and not any(inside(it) for it in block.get("except") or [])
    if other.address:
        return False
    in_namespace = (
        _selects(peer["namespaceSelector"], {"kubernetes.io/metadata.name": other.namespace})
        if "namespaceSelector" in peer
        else other.namespace == NAMESPACE
    )
    return in_namespace and _selects(peer.get("podSelector") or {}, other.labels)


@cache
def rendered(values):
    return Rendered(VALUES[values])
