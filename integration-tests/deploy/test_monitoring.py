"""The alerts and the dashboard, against what real processes show under /metrics."""

import contextlib
import http.server
import json
import re
import socket
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest
import yaml
from chart import DEPLOY, rendered
from test_other import BUILT, run

ALERTS = DEPLOY / "prometheus/alerts.yaml"
RULES = yaml.safe_load(ALERTS.read_text())["groups"][0]["rules"]
BOARD = json.loads((DEPLOY / "grafana/passport-mesh.json").read_text())
QUERIES = {it["alert"]: it["expr"] for it in RULES} | {
    f"{panel['title']} {target['refId']}": target["expr"] for panel in BOARD["panels"] for target in panel["targets"]
}
# Labels that Prometheus itself gives.
SCRAPED = {"job", "instance"}
SCOPE = {"workspaceId": "acme", "service": "shop", "environment": "live"}
CONFIGURATION = """
workspaces:
  acme: {{ services: {{ shop: {{ environments: {{ live: {{ sources: {{
    prom: {{ connector: prometheus, endpoint: "http://127.0.0.1:{provider}", scope: {{ labels: {{ app: shop }} }}, max_age: 5m,
      queries: {{ error_rate: {{ promql: 'sum(errors{{${{scope}}}})', unit: ratio, threshold: "< 1%" }} }} }},
    scan: {{ connector: trivy, scope: {{ artifact: example.com/shop }} }} }} }} }} }} }} }}
addresses: {{ allow: [127.0.0.0/8] }}
gateway: {{ tls: {{ certificate: {tls}/tls.crt, key: {tls}/tls.key }} }}
collectors:
  metrics: {{ address: "http://127.0.0.1:{metrics}" }}
  quality: {{ address: "http://127.0.0.1:{quality}" }}
"""


# --- real processes


def free_port():
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


class Provider(http.server.BaseHTTPRequestHandler):
    """A Prometheus that has one number, and the time of now for it."""

    def do_GET(self):
        value = str(int(time.time())) if "timestamp" in self.path else "0.001"
        result = [{"metric": {}, "value": [int(time.time()), value]}]
        body = json.dumps({"status": "success", "data": {"resultType": "vector", "result": result}}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def provider(port):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def process(name, file, port, log):
    command = [BUILT / f"passport-{name}", "--config", file, "--listen", f"127.0.0.1:{port}"]
    with open(log, "w") as out, subprocess.Popen(command, stdout=out, stderr=out, cwd=file.parent) as it:
        try:
            deadline = time.monotonic() + 30
            while "listens on" not in log.read_text():
                assert it.poll() is None and time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
            yield
        finally:
            it.kill()


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Labels and their values by metric, of a gateway and two collectors that were asked, and pushed to, once."""
    folder = tmp_path_factory.mktemp("monitoring")
    code, said = run(DEPLOY / "certificates/new.sh", folder / "certificates", "acme.example", "gateway")
    assert code == 0, said
    ports = {name: free_port() for name in ("gateway", "metrics", "quality", "provider")}
    file = folder / "passport.yaml"
    file.write_text(CONFIGURATION.format(tls=folder / "certificates/gateway", **ports))
    trusted = ssl.create_default_context(cafile=folder / "certificates/gateway/ca.crt")
    gateway = f"https://localhost:{ports['gateway']}"
    read = lambda url, data=None: urllib.request.urlopen(
        urllib.request.Request(url, data, {"content-type": "application/json"}),
        timeout=30,
        context=trusted if url.startswith("https") else None,
    ).read().decode()
    with (
        provider(ports["provider"]),
        process("quality", file, ports["quality"], folder / "quality.log"),
        process("metrics", file, ports["metrics"], folder / "metrics.log"),
        process("gateway", file, ports["gateway"], folder / "gateway.log"),
    ):
        collected = json.loads(read(f"{gateway}/v1/evidence/collect", json.dumps({"scope": SCOPE}).encode()))
        assert {it["source"]: it["freshness"]["observedAt"] for it in collected["evidence"]}["prom"], collected
        read(f"{gateway}/v1/gate/evaluate", json.dumps({"scope": SCOPE}).encode())
        # This source takes no deliveries: a refusal, so that such a request is there too.
        with pytest.raises(urllib.error.HTTPError):
            read(f"{gateway}/v1/evidence/ingest/prom?{urllib.parse.urlencode(SCOPE)}", b"{}")
        collectors = [f"http://127.0.0.1:{ports[name]}" for name in ("metrics", "quality")]
        return labels("".join(read(f"{url}/metrics") for url in [gateway, *collectors]))


def labels(text):
    found = {}
    for name, inside in re.findall(r"^(passport_\w+)(?:\{(.*)\})? \S+$", text, re.M):
        of = found.setdefault(name, {})
        for label, value in re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', inside):
            of.setdefault(label, set()).add(value)
    return found


# --- what is named exists


def named(query):
    """Every metric of a query, with its conditions and the labels that it is summed by."""
    wanted = {it.strip() for by in re.findall(r"\bby\s*\(([^)]*)\)", query) for it in by.split(",")}
    for name, inside in re.findall(r"(passport_\w+)(?:\{([^}]*)\})?", query):
        yield name, re.findall(r'(\w+)(=~|!=|!~|=)"([^"]*)"', inside), wanted


@pytest.mark.parametrize("name", QUERIES)
def test_every_metric_and_label_of_a_query_exists(name, shown):
    parts = list(named(QUERIES[name]))
    assert parts
    for metric, conditions, wanted in parts:
        assert metric in shown, metric
        missing = wanted | {label for label, _, _ in conditions}
        assert missing - SCRAPED <= set(shown[metric]), metric


@pytest.mark.parametrize("name", QUERIES)
def test_every_value_that_a_query_asks_for_can_be_had(name, shown):
    codes = (DEPLOY.parent / "proto/passport/evidence/v1/reason.proto").read_text()
    known = {"EVIDENCE", *re.findall(r"FAILURE_CODE_(\w+) = [1-9]", codes)}
    for metric, conditions, _ in named(QUERIES[name]):
        for label, sign, value in conditions:
            if sign == "=":
                assert value in (known if metric == "passport_collect_outcomes_total" else shown[metric][label])
            if sign == "=~":
                assert any(re.fullmatch(value, it) for it in shown[metric][label]), shown[metric][label]


def test_a_label_that_is_not_there_would_be_found(shown):
    ((metric, conditions, wanted),) = named('sum by (nobody) (passport_server_requests_total{method="x"})')
    assert conditions == [("method", "=", "x")]
    assert wanted - set(shown[metric]) == {"nobody"}


# --- the rules and the document


def test_promtool_reads_the_rules_and_each_fires_and_stays_silent():
    code, said = run("promtool", "check", "rules", ALERTS)
    assert code == 0, said
    code, said = run("promtool", "test", "rules", DEPLOY / "prometheus/alerts.test.yaml")
    assert code == 0, said


def test_each_alert_is_tested_both_ways():
    tests = yaml.safe_load((DEPLOY / "prometheus/alerts.test.yaml").read_text())["tests"]
    checks = [check for it in tests for check in it["alert_rule_test"]]
    tested = {(it["alertname"], bool(it["exp_alerts"])) for it in checks}
    assert tested == {(it["alert"], fires) for it in RULES for fires in (True, False)}


def test_promtool_reads_every_query_of_the_dashboard(tmp_path):
    queries = [target["expr"] for panel in BOARD["panels"] for target in panel["targets"]]
    rules = [{"record": f"panel:{number}", "expr": query} for number, query in enumerate(queries)]
    (tmp_path / "panels.yaml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    code, said = run("promtool", "check", "rules", tmp_path / "panels.yaml")
    assert code == 0, said


def test_the_document_tells_of_every_alert_and_panel_and_of_no_other():
    text = (DEPLOY / "MONITORING.md").read_text()
    named = re.findall(r"^\| `(\w+)` \|", text, re.M), re.findall(r"^\| \*\*(.+?)\*\* \|", text, re.M)
    assert named == ([it["alert"] for it in RULES], [it["title"] for it in BOARD["panels"]])


# --- the chart


def test_the_chart_hands_over_both_only_where_it_is_told_to():
    assert "PrometheusRule" not in {it["kind"] for it in rendered("default").objects}
    assert "dashboard" not in rendered("default").of("ConfigMap")
    full = rendered("full")
    assert full.of("PrometheusRule")["alerts"]["spec"] == yaml.safe_load(ALERTS.read_text())
    assert full.of("PrometheusRule")["alerts"]["metadata"]["labels"]["release"] == "prometheus"
    board = full.of("ConfigMap")["dashboard"]
    assert json.loads(board["data"]["passport-mesh.json"]) == BOARD
    assert board["metadata"]["labels"]["grafana_dashboard"] == "1"
