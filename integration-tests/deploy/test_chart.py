"""What the chart makes of its values."""

import copy
import re
import tomllib

import helm_python
import kubernetes_validate
import pytest
import yaml
from chart import CHART, COLLECTORS, DEPLOY, NAMESPACE, VALUES, Rendered, rendered

OLDEST, NEWEST = "1.30", kubernetes_validate.latest_version()


@pytest.fixture(params=VALUES)
def release(request):
    return rendered(request.param)


def container(deployment):
    (only,) = deployment["spec"]["template"]["spec"]["containers"]
    return only


def test_helm_finds_nothing_to_complain_of():
    for values in VALUES.values():
        report = helm_python.lint(CHART, values, strict=True)
        # Severity 1 informs: it would like an icon.
        assert [it for it in report["messages"] if it["severity"] > 1] == []
        assert report["errors"] == []


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_every_object_is_one_of_kubernetes(release, version):
    for it in release.objects:
        # The schemas of cert-manager's and Prometheus' own kinds are in no package.
        if it["kind"] not in ("Certificate", "PrometheusRule"):
            kubernetes_validate.validate(it, version, strict=True)


def test_the_chart_is_of_the_version_that_the_programs_have():
    workspace = tomllib.loads((DEPLOY.parent / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert (chart["version"], chart["appVersion"]) == (workspace, workspace)


def test_nine_services_are_deployed_unless_one_is_left_out():
    assert rendered("default").services() == COLLECTORS | {"gateway"}
    assert rendered("full").services() == (COLLECTORS | {"gateway"}) - {"manual"}


@pytest.mark.parametrize("kind", ["Service", "ServiceAccount", "PodDisruptionBudget"])
def test_each_service_has_its_own(release, kind):
    assert set(release.of(kind)) == release.services()


def test_a_service_scales_by_number_or_by_load():
    for it in rendered("default").of("Deployment").values():
        assert it["spec"]["replicas"] == 2
    assert rendered("default").of("HorizontalPodAutoscaler") == {}
    full = rendered("full")
    assert set(full.of("HorizontalPodAutoscaler")) == full.services()
    for it in full.of("Deployment").values():
        assert "replicas" not in it["spec"]


def test_every_service_is_asked_whether_it_lives_and_whether_it_is_ready(release):
    for name, it in release.of("Deployment").items():
        asked = {}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            command = container(it)[probe]["exec"]["command"]
            assert command[:2] == ["/usr/bin/passport", "health"], name
            asked[probe] = "--ready" in command
            # The gateway would refuse a certificate that the CA of its callers has not signed.
            shows = {"--cert=/run/passport/tls/tls.crt", "--key=/run/passport/tls/tls.key"} <= set(command)
            assert shows == (name != "gateway")
        # A database that is away is no reason to restart.
        assert asked == {"startupProbe": False, "livenessProbe": False, "readinessProbe": True}


def test_no_service_can_do_more_than_serve(release):
    for it in release.of("Deployment").values():
        pod = it["spec"]["template"]["spec"]
        of_pod, of_container = pod["securityContext"], container(it)["securityContext"]
        assert of_pod["runAsNonRoot"] and of_pod["runAsUser"] > 0
        assert of_pod["seccompProfile"] == {"type": "RuntimeDefault"}
        assert of_container == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        for host in ("hostNetwork", "hostPID", "hostIPC"):
            assert host not in pod
        assert all(set(volume) & {"secret", "configMap"} for volume in pod["volumes"])
        assert all(mount["readOnly"] for mount in container(it)["volumeMounts"])


def secrets(deployment):
    pod = deployment["spec"]["template"]["spec"]
    mounted = {it["secret"]["secretName"] for it in pod["volumes"] if "secret" in it}
    named = {it["valueFrom"]["secretKeyRef"]["name"] for it in container(deployment).get("env", [])}
    return mounted | named


def test_each_service_gets_its_own_secrets_and_nobody_elses():
    expected = {name: {f"passport-{name}-tls"} for name in rendered("full").services()}
    expected["metrics"] |= {"prometheus", "further.credentials", "checkout-otlp", "passport-metrics-database"}
    expected["quality"] |= {"passport-quality-database"}
    expected["gateway"] |= {"passport-gateway-database"}
    assert {name: secrets(it) for name, it in rendered("full").of("Deployment").items()} == expected


def test_keys_are_read_by_their_group_at_most(release):
    for it in release.of("Deployment").values():
        for volume in it["spec"]["template"]["spec"]["volumes"]:
            if "secret" in volume:
                assert volume["secret"]["defaultMode"] == 0o440


def test_nobody_is_given_rights_in_the_whole_cluster(release):
    kinds = {it["kind"] for it in release.objects}
    assert not {kind for kind in kinds if kind.startswith("Cluster")}


def test_nobody_is_known_to_the_cluster_but_collectors_with_sources_that_ask_it():
    def with_token(release):
        pods = {name: it["spec"]["template"]["spec"] for name, it in release.of("Deployment").items()}
        return {name for name, pod in pods.items() if pod["automountServiceAccountToken"]}

    assert with_token(rendered("default")) == set()
    assert [it for it in rendered("default").objects if it["kind"].startswith("Role")] == []
    assert with_token(rendered("full")) == {"runtime", "cicd"}
    for account in rendered("full").of("ServiceAccount").values():
        assert account["automountServiceAccountToken"] is False


def roles(release):
    """Rules by collector and namespace, each of which is bound to that collector's account and to nobody else's."""
    found = {}
    for it in release.objects:
        place = (it["metadata"]["name"].removeprefix("passport-"), it["metadata"].get("namespace"))
        if it["kind"] == "Role":
            found[place] = it["rules"]
        if it["kind"] == "RoleBinding":
            (subject,) = it["subjects"]
            assert (subject["name"], subject["namespace"]) == (f"passport-{place[0]}", NAMESPACE)
            assert it["roleRef"] == {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": f"passport-{place[0]}"}
    return found


def test_only_the_namespaces_of_the_sources_are_read():
    assert set(roles(rendered("full"))) == {("runtime", "shop"), ("runtime", "payments"), ("cicd", "argocd")}
    (canary, workload, pods) = roles(rendered("full"))["runtime", "payments"]
    assert canary["resourceNames"] == ["ledger"]
    assert (workload["resources"], workload["resourceNames"]) == (["daemonsets"], ["ledger-node", "ledger-node-primary"])
    assert (pods["resources"], pods["verbs"]) == (["pods"], ["list"])


# A file of `deploy/roles`, and the source that it is for, with what is named beside its object. What the connectors ask for is compared with these files by
# tests of their own.
SOURCES = {
    "kubernetes-deployment": ("runtime", "kubernetes", {"namespace": "shop", "kind": "Deployment", "name": "checkout-api"}),
    "kubernetes-statefulset": ("runtime", "kubernetes", {"namespace": "shop", "kind": "StatefulSet", "name": "orders-db"}),
    "kubernetes-daemonset": ("runtime", "kubernetes", {"namespace": "shop", "kind": "DaemonSet", "name": "log-shipper"}),
    "kubernetes-job": ("runtime", "kubernetes", {"namespace": "shop", "kind": "Job", "name": "migrate-db"}),
    "kubernetes-cronjob": ("runtime", "kubernetes", {"namespace": "shop", "kind": "CronJob", "name": "nightly-report"}),
    "kubernetes-deployment-limits": (
        "runtime",
        "kubernetes",
        {"namespace": "shop", "kind": "Deployment", "name": "checkout-api"},
        {"autoscaler": "checkout-api", "disruption_budget": "checkout-api"},
    ),
    "argo-rollouts": ("runtime", "argo-rollouts", {"namespace": "shop", "name": "checkout-api"}),
    "flagger": ("runtime", "flagger", {"namespace": "shop", "name": "checkout-api"}),
    "flux": ("cicd", "flux", {"kind": "Kustomization", "namespace": "flux-system", "name": "checkout-api"}),
    "argo-cd": ("cicd", "argo-cd", {"project": "shop", "application": "checkout-api-prod", "app_namespace": "argocd"}),
}


def test_every_role_by_itself_is_one_of_the_chart_too():
    assert {it.stem for it in (DEPLOY / "roles").glob("*.yaml")} == set(SOURCES)


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("written", ["in the configuration", "beside it"])
def test_a_source_gets_exactly_the_role_of_its_own(name, written):
    collector, connector, scope, *beside = SOURCES[name]
    source = {"connector": connector, "scope": scope, **dict(*beside)}
    if written == "beside it":
        values = {"existingConfigMap": "own", "collectors": {collector: {"inCluster": [source]}}}
    else:
        sources = {"one": {**source, "in_cluster": True}, "other": {**source, "endpoint": "https://elsewhere.example"}}
        services = {"checkout-api": {"environments": {"production": {"sources": sources}}}}
        values = {"config": {"workspaces": {"acme": {"services": services}}}}
    objects = yaml.safe_load_all((DEPLOY / "roles" / f"{name}.yaml").read_text())
    (role,) = [it for it in objects if it["kind"] == "Role"]
    assert roles(Rendered(values)) == {(collector, role["metadata"]["namespace"]): role["rules"]}


@pytest.mark.parametrize(
    ("kind", "group", "plural"),
    [
        ("Kustomization", "kustomize", "kustomizations"),
        ("HelmRelease", "helm", "helmreleases"),
        ("GitRepository", "source", "gitrepositories"),
        ("OCIRepository", "source", "ocirepositories"),
        ("HelmRepository", "source", "helmrepositories"),
        ("HelmChart", "source", "helmcharts"),
        ("Bucket", "source", "buckets"),
    ],
)
def test_each_kind_of_flux_is_written_as_its_api_does(kind, group, plural):
    source = {"connector": "flux", "scope": {"kind": kind, "namespace": "flux-system", "name": "one"}}
    ((rule,),) = roles(Rendered({"collectors": {"cicd": {"inCluster": [source]}}})).values()
    assert (rule["apiGroups"], rule["resources"]) == ([f"{group}.toolkit.fluxcd.io"], [plural])


def test_an_identity_is_the_same_in_certificate_and_configuration():
    full = rendered("full")
    configured = yaml.safe_load(full.configuration())
    shown = {}
    for name, it in full.of("Certificate").items():
        (shown[name],) = it["spec"]["uris"]
        assert it["spec"]["secretName"] == f"passport-{name}-tls"
        assert {"localhost", f"passport-{name}.{NAMESPACE}.svc"} <= set(it["spec"]["dnsNames"])
        assert {"server auth", "client auth"} <= set(it["spec"]["usages"])
    assert set(shown) == full.services()
    for name, it in configured["collectors"].items():
        assert it["identity"] == shown[name]
        assert it["address"] == f"https://passport-{name}.{NAMESPACE}.svc:8443"
        clients = {client["id"]: client["identity"] for client in it["clients"]}
        assert clients.pop("gateway") == shown["gateway"]
        assert set(clients) == ({"canary"} if name == "metrics" else set())


def test_without_cert_manager_nothing_of_it_is_asked_for():
    assert rendered("default").of("Certificate") == {}


def test_every_file_that_the_configuration_names_is_mounted(release):
    configured = yaml.safe_load(release.configuration())
    for name, it in release.of("Deployment").items():
        mounts = {mount["mountPath"] for mount in container(it)["volumeMounts"]}
        own = configured["gateway"] if name == "gateway" else configured["collectors"][name]
        for file in own["tls"].values():
            assert file.rsplit("/", 1)[0] in mounts, (name, file)


def test_a_configmap_of_ones_own_is_taken_as_it_is():
    release = Rendered({"existingConfigMap": "ours"})
    assert release.of("ConfigMap") == {}
    for it in release.of("Deployment").values():
        volumes = it["spec"]["template"]["spec"]["volumes"]
        assert {"name": "configuration", "configMap": {"name": "ours"}} in volumes


def test_a_secret_becomes_a_folder_of_its_name():
    metrics = rendered("full").of("Deployment")["metrics"]
    folders = {it["mountPath"]: it["name"] for it in container(metrics)["volumeMounts"]}
    volumes = {it["name"]: it for it in metrics["spec"]["template"]["spec"]["volumes"]}
    for secret in ("prometheus", "further.credentials"):
        name = folders[f"/run/passport/secrets/{secret}"]
        assert volumes[name]["secret"]["secretName"] == secret
        assert re.fullmatch("[a-z0-9-]{1,63}", name)


def images(release):
    return {name: container(it)["image"] for name, it in release.of("Deployment").items()}


def test_one_service_is_upgraded_and_the_others_pods_stay_as_they_are():
    before = rendered("default")
    after = Rendered({"collectors": {"metrics": {"image": {"tag": "0.2.0"}}}})
    templates = lambda release: {n: it["spec"]["template"] for n, it in release.of("Deployment").items()}
    changed = {name for name, it in templates(after).items() if templates(before)[name] != it}
    assert changed == {"metrics"}
    assert images(after)["metrics"] == "registry.example.com/passport-mesh:0.2.0"


def test_a_digest_goes_before_a_tag():
    full = images(rendered("full"))
    assert re.fullmatch(r"registry\.example\.com/acme/passport-mesh@sha256:0{64}", full["cicd"])
    # Its own tag goes before the digest of the others.
    assert full["metrics"] == "registry.example.com/acme/passport-mesh:0.1.1"


def test_pods_that_carry_a_version_would_all_be_replaced_with_the_chart(release):
    for it in release.of("Deployment").values():
        assert "app.kubernetes.io/version" not in it["spec"]["template"]["metadata"]["labels"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"colectors": {}},
        {"collectors": {"metrics": {"secret": ["prometheus"]}}},
        {"collectors": {"metrics": {"secrets": ["Prometheus"]}}},
        {"collectors": {"weather": {"enabled": True}}},
        {"collectors": {"runtime": {"inCluster": [{"connector": "flux", "scope": {}}]}}},
        {"collectors": {"runtime": {"inCluster": [{"connector": "flagger", "scope": {"namespace": "*", "name": "a"}}]}}},
        {"collectors": {"runtime": {"flaggerTargets": {"a": {"kind": "Job", "name": "a"}}}}},
        {"collectors": {"metrics": {"inCluster": []}}},
        {"collectors": {"logs": {"egress": [{"cidr": "10.0.0.0", "ports": [443]}]}}},
        {"collectors": {"logs": {"egress": [{"cidr": "10.0.0.0/8"}]}}},
        {"collectors": {"logs": {"egress": [{"ports": [443]}]}}},
        {"collectors": {"logs": {"egress": [{"cidr": "10.0.0.0/8", "peer": {"podSelector": {}}, "ports": [443]}]}}},
        {"gateway": {"allowFrom": [{}]}},
        {"gateway": {"replicas": 0}},
        {"image": {"repository": ""}},
        {"trustDomain": "spiffe://acme.example"},
        {"config": {"workspaces": ["acme"]}},
    ],
    ids=str,
)
def test_values_that_mean_nothing_are_refused(wrong):
    with pytest.raises(helm_python.HelmError):
        Rendered(copy.deepcopy(wrong))
