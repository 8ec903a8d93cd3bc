"""The compose file, the units, the certificates, the image and every example of a configuration."""

import os
import re
import shutil
import subprocess

import pytest
import yaml
from chart import COLLECTORS, DEPLOY, VALUES, rendered

SERVICES = COLLECTORS | {"gateway"}
BUILT = DEPLOY.parent / os.environ.get("CARGO_TARGET_DIR", "target") / "debug"


def run(*command, **more):
    done = subprocess.run([str(it) for it in command], capture_output=True, text=True, **more)
    return done.returncode, done.stdout + done.stderr


# --- configurations


@pytest.mark.parametrize("example", sorted(DEPLOY.glob("*/passport.yaml")), ids=lambda it: it.parent.name)
def test_every_example_of_a_configuration_is_good(example):
    code, said = run(BUILT / "passport", "config", "check", example)
    assert code == 0, said


@pytest.mark.parametrize("values", VALUES)
def test_what_the_chart_writes_is_a_good_configuration(values, tmp_path):
    config = yaml.safe_load(rendered(values).configuration())
    env = dict(os.environ)
    if "in_cluster" in config.get("addresses", {}):
        env |= in_a_pod(config, tmp_path)
    file = tmp_path / "passport.yaml"
    file.write_text(yaml.safe_dump(config))
    code, said = run(BUILT / "passport", "config", "check", file, env=env)
    assert code == 0, said


def in_a_pod(config, folder):
    """What a cluster mounts into a pod that has an account, and tells it by its environment."""
    (folder / "token").write_text("a-token-of-the-cluster")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", folder / "key.pem"]
    code, said = run("openssl", "req", "-x509", *key, "-subj", "/CN=cluster", "-out", folder / "ca.crt")
    assert code == 0, said
    config["addresses"]["in_cluster"]["folder"] = str(folder)
    return {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"}


# --- compose


@pytest.fixture
def compose():
    return yaml.safe_load((DEPLOY / "compose/compose.yaml").read_text())


def test_compose_runs_all_nine_each_with_the_same_limits(compose):
    services = {name.removeprefix("passport-"): it for name, it in compose["services"].items()}
    assert set(services) == SERVICES
    for name, it in services.items():
        assert it["command"][0] == f"passport-{name}"
        assert it["healthcheck"]["test"][:3] == ["CMD", "passport", "health"]
        assert (it["read_only"], it["user"], it["cap_drop"]) == (True, "65532:65532", ["ALL"])
        assert it["networks"] == ["mesh"]


def test_in_compose_each_service_has_its_own_certificate_and_secrets(compose):
    holders = {}
    for name, it in compose["services"].items():
        service = name.removeprefix("passport-")
        assert f"./certificates/{service}:/run/passport/tls:ro" in it["volumes"]
        assert sum("certificates" in volume for volume in it["volumes"]) == 1
        for secret in it.get("secrets", []):
            holders.setdefault(secret, []).append(service)
    assert holders == {"prometheus-token": ["metrics"], "checkout-otlp-token": ["metrics"]}
    assert set(compose["secrets"]) == set(holders)


def test_in_compose_only_the_gateway_and_the_port_of_senders_are_published_on_this_machine(compose):
    published = {name: it["ports"] for name, it in compose["services"].items() if "ports" in it}
    assert published == {
        "passport-gateway": ["${PASSPORT_LISTEN:-127.0.0.1}:8443:8443"],
        "passport-metrics": ["${PASSPORT_OTLP_LISTEN:-127.0.0.1}:4318:4318"],
    }


# --- systemd


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_every_unit_is_one_of_systemd(service, tmp_path):
    template = "passport-gateway.service" if service == "gateway" else "passport-collector@.service"
    unit = template.replace("@", f"@{service}")
    text = (DEPLOY / "systemd" / template).read_text()
    # The program has to be there; its arguments and all else stay as they are.
    (tmp_path / unit).write_text(text.replace("ExecStart=/usr/bin/", f"ExecStart={BUILT}/"))
    code, said = run("systemd-analyze", "verify", "--man=no", unit, cwd=tmp_path)
    assert (code, said) == (0, "")


def test_no_unit_has_more_than_it_needs():
    for unit in ("passport-gateway.service", "passport-collector@.service"):
        _, said = run("systemd-analyze", "security", "--offline=true", DEPLOY / "systemd" / unit)
        exposure = float(re.search(r"Overall exposure level for \S+: ([0-9.]+)", said)[1])
        # Of 10, where systemd itself calls all up to 2 good.
        assert exposure < 2, said


def test_every_collector_listens_where_the_configuration_says():
    configured = yaml.safe_load((DEPLOY / "systemd/passport.yaml").read_text())["collectors"]
    assert set(configured) == COLLECTORS
    for name, it in configured.items():
        listen = (DEPLOY / f"systemd/collectors/{name}.env").read_text().splitlines()
        port = it["address"].removeprefix("https://localhost:")
        assert listen.pop(0) == f"PASSPORT_LISTEN=127.0.0.1:{port}"
        assert listen == (["PASSPORT_OTLP_LISTEN=127.0.0.1:4318"] if name == "metrics" else [])


@pytest.mark.parametrize("values", VALUES)
def test_senders_of_otlp_have_the_same_port_everywhere(compose, values):
    taken = compose["services"]["passport-metrics"]["command"]
    assert taken[taken.index("--otlp-listen") + 1] == "0.0.0.0:4318"
    for name, it in rendered(values).of("Deployment").items():
        (own,) = it["spec"]["template"]["spec"]["containers"]
        opened = {port["name"]: port["containerPort"] for port in own["ports"]}
        assert opened == {"mesh": 8443} | ({"otlp": 4318} if name == "metrics" else {})
        assert ("--otlp-listen" in own["args"]) == (name == "metrics")
    ports = rendered(values).of("Service")["metrics"]["spec"]["ports"]
    assert {port["name"]: port["port"] for port in ports} == {"mesh": 8443, "otlp": 4318}


# --- certificates


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    code, said = run(DEPLOY / "certificates/new.sh", folder, "acme.example")
    assert code == 0, said
    return folder


def test_each_service_gets_a_certificate_with_its_identity_for_both_uses(certificates):
    for name in SERVICES:
        own = certificates / name
        for purpose in ("sslserver", "sslclient"):
            code, said = run("openssl", "verify", "-purpose", purpose, "-CAfile", own / "ca.crt", own / "tls.crt")
            assert code == 0, said
        _, said = run("openssl", "x509", "-in", own / "tls.crt", "-noout", "-ext", "subjectAltName")
        assert re.findall(r"URI:(\S+?)(?:,|$)", said, re.M) == [f"spiffe://acme.example/passport-{name}"]
        assert f"DNS:passport-{name}" in said and "DNS:localhost" in said


def test_keys_are_their_owners_alone(certificates):
    keys = sorted(certificates.rglob("*.key"))
    assert len(keys) == len(SERVICES) + 1
    for key in keys:
        assert key.stat().st_mode & 0o077 == 0, key


def test_one_certificate_is_renewed_and_the_others_stay(certificates):
    shown = lambda: {it.parent.name: it.read_bytes() for it in certificates.rglob("tls.crt")}
    authority, before = (certificates / "ca.crt").read_bytes(), shown()
    run(DEPLOY / "certificates/new.sh", certificates, "acme.example", "metrics")
    after = shown()
    assert {name for name in SERVICES if before[name] != after[name]} == {"metrics"}
    assert (certificates / "ca.crt").read_bytes() == authority


# --- the image


def test_the_programs_need_nothing_but_what_the_image_has(tmp_path):
    code, said = run(DEPLOY / "container/assemble.sh", BUILT, tmp_path)
    assert code == 0, said
    for name in ["passport", *(f"passport-{it}" for it in SERVICES)]:
        # In the image's files alone, as the user that it has.
        inside = ["unshare", "--map-root-user", "chroot", tmp_path, f"/usr/bin/{name}", "--version"]
        code, said = run(*inside)
        assert code == 0, said
    shutil.rmtree(tmp_path)
