"""Who reaches whom, by the NetworkPolicies of the chart. They are read here as Kubernetes documents them; no
cluster enforces them in this test."""

import pytest
from chart import COLLECTORS, VALUES, Peer, Rendered, rendered

MESH, OTLP, DNS = 8443, 4318, 53
OUTSIDE = Peer(None, address="203.0.113.7")


@pytest.fixture(params=VALUES)
def release(request):
    return rendered(request.param)


def collectors(release):
    return sorted(release.services() - {"gateway"})


def test_the_gateway_reaches_every_collector_and_no_collector_another(release):
    for start in sorted(release.services()):
        for end in collectors(release):
            reaches = release.admits(release.pod(start), release.pod(end), MESH)
            assert reaches == (start == "gateway"), f"{start} to {end}"


def test_no_collector_reaches_the_gateway(release):
    for start in collectors(release):
        assert not release.admits(release.pod(start), release.pod("gateway"), MESH)


def test_a_foreign_pod_reaches_no_collector_even_with_the_gateways_labels(release):
    disguised = Peer("elsewhere", release.pod("gateway").labels)
    for start in (Peer("elsewhere", {"app": "curious"}), Peer("mesh", {"app": "curious"}), disguised, OUTSIDE):
        for end in collectors(release):
            assert not release.admits(start, release.pod(end), MESH)


def test_no_other_port_is_open(release):
    for end in sorted(release.services()):
        for port in (22, 80, OTLP, 8080, 9090):
            assert not release.admits(release.pod("gateway"), release.pod(end), port)


def test_senders_of_otlp_reach_the_metrics_collector_alone():
    full = rendered("full")
    sender = Peer("shop", {"app": "checkout-api"})
    reached = {(end, port) for end in full.services() for port in (MESH, OTLP) if full.admits(sender, full.pod(end), port)}
    # There the collector itself is not served.
    assert reached == {("metrics", OTLP)}
    default = rendered("default")
    assert not any(default.admits(sender, default.pod(end), port) for end in COLLECTORS for port in (MESH, OTLP))


def test_a_direct_client_reaches_the_collector_that_names_it():
    full = rendered("full")
    reached = lambda start: {end for end in full.services() if full.admits(start, full.pod(end), MESH)}
    assert reached(Peer("canary", {"app": "canary"})) == {"metrics"}
    assert reached(Peer("canary", {"app": "other"})) == set()


def test_callers_reach_the_gateway_from_where_the_values_say():
    default, full = rendered("default"), rendered("full")
    assert default.admits(Peer("ci"), default.pod("gateway"), MESH)
    assert not default.admits(OUTSIDE, default.pod("gateway"), MESH)
    assert full.admits(Peer("ci"), full.pod("gateway"), MESH)
    assert not full.admits(Peer("shop"), full.pod("gateway"), MESH)
    assert full.admits(Peer(None, address="198.51.100.9"), full.pod("gateway"), MESH)


def test_an_empty_list_of_callers_is_nobody():
    release = Rendered({"gateway": {"allowFrom": []}})
    for start in (Peer("ci"), Peer("mesh"), OUTSIDE):
        assert not release.admits(start, release.pod("gateway"), MESH)


def test_nobody_leaves_the_cluster_unless_the_values_say_so():
    default = rendered("default")
    for start in sorted(default.services()):
        for end in (OUTSIDE, Peer(None, address="10.20.0.1"), Peer(None, address="169.254.169.254")):
            for port in (80, 443, 5432):
                assert not default.admits(default.pod(start), end, port)


def test_each_service_leaves_to_what_its_own_values_open():
    full = rendered("full")
    opened = {
        ("metrics", "10.20.0.1", 5432),
        ("quality", "10.20.0.1", 5432),
        ("quality", "10.20.9.1", 5432),
        ("gateway", "10.20.0.1", 5432),
        ("gateway", "10.20.9.1", 5432),
        ("gateway", "192.0.2.5", 443),
        ("runtime", "10.96.0.1", 443),
    }
    asked = [(start, address, port) for start in full.services() for _, address, port in opened]
    reached = {it for it in asked if full.admits(full.pod(it[0]), Peer(None, address=it[1]), it[2])}
    assert reached == opened


def test_a_provider_in_the_cluster_is_reached_by_its_own_collector():
    full = rendered("full")
    prometheus = Peer("monitoring", {"app": "prometheus"})
    reached = {start for start in full.services() if full.admits(full.pod(start), prometheus, 9090)}
    assert reached == {"metrics"}


def test_names_can_be_asked_for(release):
    server = Peer("kube-system", {"k8s-app": "kube-dns"})
    for start in sorted(release.services()):
        for protocol in ("UDP", "TCP"):
            assert release.admits(release.pod(start), server, DNS, protocol)
        assert not release.admits(release.pod(start), Peer("kube-system", {"k8s-app": "other"}), DNS, "UDP")
