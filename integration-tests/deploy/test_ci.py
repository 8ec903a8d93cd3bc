"""Everything of deploy/ci: it is what the other side's schema wants, and it does what it says, against a gateway."""

import http.server
import json
import os
import re
import shlex
import stat
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

import jsonschema
import kubernetes_validate
import pytest
import yaml
from chart import DEPLOY

CI = DEPLOY / "ci"
PASSPORT = DEPLOY.parent / os.environ.get("CARGO_TARGET_DIR", "target") / "debug/passport"
SCHEMAS = Path(__file__).parent / "schemas"
GOOD, FAILING = "0123456789abcdef0123456789abcdef01234567", "f" * 40
SCOPE = ["--workspace", "workspace-acme-prod", "--service", "checkout-api", "--environment", "production"]


def document(path):
    return yaml.safe_load((CI / path).read_text())


def check_schema(name, *files):
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{name}", *map(str, files)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def closed(schema):
    """The same schema, which a cluster would only prune by: keys that it does not know are refused."""
    if isinstance(schema, list):
        return [closed(it) for it in schema]
    if not isinstance(schema, dict):
        return schema
    done = {key: closed(value) for key, value in schema.items()}
    is_open = "additionalProperties" in done or done.get("x-kubernetes-preserve-unknown-fields")
    if isinstance(done.get("properties"), dict) and done.get("type") == "object" and not is_open:
        done["additionalProperties"] = False
    return done


def validate(instance, schema):
    jsonschema.validate(instance, closed(json.loads((SCHEMAS / schema).read_text())))


# --- a gateway


def made(*arguments):
    """What `passport token` prints: the secret, and its entry."""
    done = subprocess.run([PASSPORT, "token", *arguments, *SCOPE], capture_output=True, text=True, check=True)
    return done.stdout.strip(), yaml.safe_load(done.stderr)["gateway"]


class Gateway:
    """`passport up`, whose policy lets commits go, blocks one of `f`s and holds one that is not named.

    It was handed a report of a scanner with few findings, which the thresholds may find too many.
    """

    def __init__(self, folder, thresholds):
        self.token, tokens = made("new", "--id", "ci", "--verb", "evaluate", "--verb", "ingest")
        self.hook, hooks = made("hook", "--id", "flagger")
        rule = {"name": "known", "that": f'subject.revision != "{FAILING}"', "otherwise": "block", "next": "mend it"}
        policy = {"bind": ["revision"], "require": [{"source": "scan", "facts": ["vulnerabilities"], "not_applicable": "allow"}], "rules": [rule]}
        example = yaml.safe_load((DEPLOY / "examples/passport.yaml").read_text())
        example = example["workspaces"]["workspace-acme-prod"]["services"]["checkout-api"]
        source = example["environments"]["production"]["sources"]["scan"] | {"thresholds": thresholds}
        environment = {"mode": "enforce", "sources": {"scan": source}, "policy": policy}
        services = {"checkout-api": {"environments": {"production": environment}}}
        configuration = {"gateway": tokens | hooks, "workspaces": {"workspace-acme-prod": {"services": services}}}
        (folder / "passport.yaml").write_text(json.dumps(configuration))
        arguments = ["up", "--listen", "127.0.0.1:0", "--config", "passport.yaml"]
        self.process = subprocess.Popen(
            [PASSPORT, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if found := re.match(r"passport listens on (\S+?)/?$", line):
                self.url = found[1]
                break
        else:
            raise AssertionError("".join(lines))
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        observed_at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        report = ["--observed-at", observed_at, DEPLOY / "examples/trivy-report.json"]
        subprocess.run(
            [PASSPORT, "ingest", "--source", "scan", *SCOPE, *report],
            env=clean(PASSPORT_GATEWAY=self.url, PASSPORT_TOKEN=self.token),
            check=True,
            capture_output=True,
        )

    def post(self, path, body):
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


@contextmanager
def up(folder, thresholds):
    started = Gateway(folder, thresholds)
    try:
        yield started
    finally:
        started.process.terminate()
        started.process.wait(20)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with up(tmp_path_factory.mktemp("gateway"), {}) as started:
        yield started


@pytest.fixture(scope="module")
def strict_gateway(tmp_path_factory):
    """One for which the report of the scanner says no."""
    with up(tmp_path_factory.mktemp("strict"), {"vulnerabilities": {"low": "= 0"}}) as started:
        yield started


def clean(**variables):
    """An environment with the built command on its path, and nothing that a developer has set for it."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PASSPORT_", "GITHUB_", "CI_"))}
    return kept | {"PATH": f"{PASSPORT.parent}:{os.environ['PATH']}"} | variables


def shell(script, folder, **variables):
    """Runs a script as the CI systems do, and gives its exit code and what it said."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=clean(**variables), capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


# --- commands


def is_understood(arguments):
    """Whether the command takes these arguments: it gets as far as to a gateway that is not there."""
    done = subprocess.run(
        [PASSPORT, *arguments],
        env=clean(PASSPORT_GATEWAY="http://127.0.0.1:1"),
        capture_output=True,
        text=True,
    )
    return done.returncode in (0, 3)


def commands_told():
    """Commands that comments of the files tell a reader to type."""
    for file in sorted(it for it in CI.rglob("*") if it.is_file()):
        lines = iter(file.read_text().splitlines())
        for line in lines:
            bare = line.strip().lstrip("#/ ")
            if not bare.startswith("passport token"):
                continue
            while bare.endswith("\\"):
                bare = bare.removesuffix("\\") + next(lines).strip().lstrip("#/ ")
            yield pytest.param(bare, id=f"{file.parent.name}: {bare[:24]}")


@pytest.mark.parametrize("command", list(commands_told()))
def test_every_command_that_a_comment_tells_is_one(command):
    arguments = shlex.split(command.replace("…", "acme"))[1:]
    assert is_understood(arguments), command
    assert not is_understood([*arguments, "--no-such-flag"])


# --- GitHub Actions


def test_the_action_and_its_example_are_what_github_takes():
    check_schema("github-actions", CI / "github-actions/action.yml")
    check_schema("github-workflows", CI / "github-actions/example.yml")


def test_the_example_gives_the_action_what_it_wants_and_asks_for_no_more_rights():
    action, example = document("github-actions/action.yml"), document("github-actions/example.yml")
    job = example["jobs"]["release"]
    (gate,) = [step for step in job["steps"] if step.get("id") == "gate"]
    wanted = {name for name, it in action["inputs"].items() if it["required"]}
    assert wanted <= set(gate["with"]) <= set(action["inputs"])
    assert job["permissions"] == {"contents": "read", "id-token": "write"}
    # YAML 1.1 reads `on` as true.
    assert set(example[True]) == {"workflow_dispatch"}
    for step in job["steps"]:
        for output in re.findall(r"steps\.gate\.outputs\.([\w-]+)", json.dumps(step)):
            assert output in action["outputs"]


def test_no_input_is_a_part_of_the_script():
    (step,) = document("github-actions/action.yml")["runs"]["steps"]
    assert "${{" not in step["run"]
    script = (CI / "github-actions/gate.sh").read_text()
    assert "${{" not in script
    for name in step["env"]:
        assert name in script, f"{name} is given and not used"


class IdTokens(http.server.BaseHTTPRequestHandler):
    """GitHub's endpoint for tokens of jobs."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers["Authorization"]))
        body = json.dumps({"value": self.server.token, "count": 1}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def id_tokens(token):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), IdTokens)
    server.token, server.asked = token, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server, f"http://127.0.0.1:{server.server_port}/token?api-version=2.0"
    finally:
        server.shutdown()


# Docker as far as the step uses it: the image holds the built command, and folders are mounted where they are.
DOCKER = """#!/usr/bin/env bash
set -euo pipefail
[[ $1 == run ]] && shift
variables=()
while [[ $1 == --* ]]; do
    case $1 in
    --rm) shift ;;
    --user) [[ $2 == "$(id -u):$(id -g)" ]]; shift 2 ;;
    --env) variables+=("$2=${!2}"); shift 2 ;;
    --volume) [[ -d ${2%%:*} && ${2%%:*} == "${2##*:}" ]]; shift 2 ;;
    *) echo "docker: unknown flag $1" >&2; exit 125 ;;
    esac
done
[[ $1 == registry.example.com/passport-mesh:0.1.0 ]] && shift
exec env -i "PATH=$PATH" "${variables[@]}" "$@"
"""


def github_step(gateway, folder, *, token=None, **inputs):
    """Runs the step of the action as a runner does, and gives its code, what it said, its outputs and the summary."""
    action, example = document("github-actions/action.yml"), document("github-actions/example.yml")
    (step,) = action["runs"]["steps"]
    (gate,) = [it for it in example["jobs"]["release"]["steps"] if it.get("id") == "gate"]
    given = {name: it.get("default", "") for name, it in action["inputs"].items()} | gate["with"]
    given |= {"gateway": gateway.url, "revision": GOOD} | inputs
    variables = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda it: given[it[1]], value)
        for name, value in step["env"].items()
    }
    tools = folder / "tools"
    tools.mkdir()
    (tools / "docker").write_text(DOCKER)
    (tools / "docker").chmod(stat.S_IRWXU)
    for name in ("summary", "output"):
        (folder / name).write_text("before\n")
    with id_tokens(token or gateway.token) as (server, url):
        code, said = shell(
            step["run"],
            folder,
            PATH=f"{tools}:{PASSPORT.parent}:{os.environ['PATH']}",
            GITHUB_ACTION_PATH=str(CI / "github-actions"),
            GITHUB_STEP_SUMMARY=str(folder / "summary"),
            GITHUB_OUTPUT=str(folder / "output"),
            RUNNER_TEMP=str(folder),
            ACTIONS_ID_TOKEN_REQUEST_URL=url,
            ACTIONS_ID_TOKEN_REQUEST_TOKEN="of-the-runner",
            **variables,
        )
    ((asked, shown),) = server.asked
    assert shown == "Bearer of-the-runner"
    query = urllib.parse.parse_qs(urllib.parse.urlparse(asked).query)
    assert query == {"api-version": ["2.0"], "audience": ["https://passport.example.com"]}
    outputs = dict(line.split("=", 1) for line in (folder / "output").read_text().splitlines() if "=" in line)
    return code, said, outputs, (folder / "summary").read_text()


def test_in_github_actions_a_release_goes_and_its_summary_is_added(gateway, tmp_path):
    code, said, outputs, summary = github_step(gateway, tmp_path)
    assert code == 0, said
    assert (outputs["decision"], outputs["exit-code"]) == ("allow", "0")
    assert outputs["passport-id"] in summary
    assert summary.startswith("before\n") and "allow" in summary
    assert "<testsuite" in Path(outputs["junit"]).read_text()
    # The runner hides the token from here on.
    assert said.count(gateway.token) == said.count(f"::add-mask::{gateway.token}") == 1


def test_in_github_actions_a_decision_stops_the_job_and_is_told(gateway, tmp_path):
    code, said, outputs, summary = github_step(gateway, tmp_path, revision=FAILING)
    assert (code, outputs["decision"], outputs["exit-code"]) == (1, "block", "1"), said
    assert "block" in summary


def test_in_github_actions_what_could_not_be_decided_is_no_decision(gateway, tmp_path):
    code, said, outputs, summary = github_step(gateway, tmp_path, token="pm_of_nobody")
    assert (code, outputs["decision"], outputs["exit-code"]) == (3, "", "3"), said
    assert summary == "before\n"


def test_in_github_actions_a_job_without_the_right_to_a_token_is_told_which(tmp_path):
    code, said = shell(str(CI / "github-actions/gate.sh"), tmp_path)
    assert code == 2
    assert "id-token: write" in said


# --- GitLab CI


def gitlab_job(**inputs):
    """The file as GitLab reads it with these inputs: the header, and the job."""
    header, job = (CI / "gitlab-ci/passport-gate.yml").read_text().split("\n---\n")
    header = yaml.safe_load(header)
    declared = header["spec"]["inputs"]
    given = {name: it["default"] for name, it in declared.items() if "default" in it} | inputs
    used = set(re.findall(r"\$\[\[ inputs\.(\w+) \]\]", job))
    assert used == set(declared) == set(given)
    return header, re.sub(r"\$\[\[ inputs\.(\w+) \]\]", lambda it: given[it[1]], job)


INPUTS = {
    "gateway": "https://passport.example.com",
    "audience": "https://passport.example.com",
    "image": "registry.example.com/passport-ci:0.1.0",
    "workspace": "workspace-acme-prod",
    "service": "checkout-api",
    "environment": "production",
}


def test_the_template_is_what_gitlab_takes(tmp_path):
    header, job = gitlab_job(**INPUTS)
    (tmp_path / "job.yml").write_text(job)
    (tmp_path / "header.yml").write_text(yaml.safe_dump(header))
    check_schema("gitlab-ci", tmp_path / "job.yml", tmp_path / "header.yml")


def test_the_inclusion_that_its_comment_shows_gives_the_template_what_it_wants():
    text = (CI / "gitlab-ci/passport-gate.yml").read_text()
    comment = "\n".join(line[2:] for line in text.splitlines() if line.startswith("#   "))
    (include,) = yaml.safe_load(comment)["include"]
    assert include["inputs"] == INPUTS
    gitlab_job(**include["inputs"])


def test_no_input_of_the_template_is_a_part_of_its_script():
    _, job = (CI / "gitlab-ci/passport-gate.yml").read_text().split("\n---\n")
    assert "$[[" not in json.dumps(yaml.safe_load(job)["passport-gate"]["script"])


@pytest.mark.parametrize(("revision", "code", "decision"), [(GOOD, 0, "allow"), (FAILING, 1, "block")])
def test_in_gitlab_ci_the_job_ends_as_it_was_decided(gateway, tmp_path, revision, code, decision):
    job = yaml.safe_load(gitlab_job(**INPUTS | {"gateway": gateway.url})[1])["passport-gate"]
    assert job["id_tokens"] == {"PASSPORT_TOKEN": {"aud": INPUTS["audience"]}}
    given = job["variables"] | {"PASSPORT_TOKEN": gateway.token, "CI_COMMIT_SHA": revision}
    ended, said = shell("\n".join(job["script"]), tmp_path, **given)
    assert ended == code, said
    (summary,) = job["artifacts"]["paths"]
    assert decision in (tmp_path / summary).read_text()
    assert "<testsuite" in (tmp_path / job["artifacts"]["reports"]["junit"]).read_text()


# --- Jenkins


def jenkinsfile():
    return (CI / "jenkins/Jenkinsfile").read_text()


def test_the_jenkinsfile_is_whole():
    text = re.sub(r"//.*", "", re.sub(r"'''.*?'''|'[^'\n]*'", "''", jenkinsfile(), flags=re.S))
    assert '"' not in text, "Groovy would put values into double quotes"
    expected = []
    for letter in text:
        if letter in "([{":
            expected.append({"(": ")", "[": "]", "{": "}"}[letter])
        elif letter in ")]}":
            assert expected.pop() == letter
    assert not expected
    assert text.strip().startswith("pipeline {")
    assert re.findall(r"stage\('(\w+)'\)", jenkinsfile()) == ["Gate", "Deploy"]


def test_the_token_of_jenkins_is_bound_around_the_one_step_that_needs_it():
    bound = re.search(r"withCredentials\(\[string\(credentialsId: '[\w-]+', variable: '(\w+)'\)\]\) \{(.*?)\n {16}\}", jenkinsfile(), re.S)
    assert bound[1] == "PASSPORT_TOKEN"
    assert bound[2].strip().startswith("sh '''") and bound[2].strip().endswith("'''")


@pytest.mark.parametrize(("revision", "code", "decision"), [(GOOD, 0, "allow"), (FAILING, 1, "block")])
def test_in_jenkins_the_step_ends_as_it_was_decided(gateway, tmp_path, revision, code, decision):
    # Groovy takes a backslash before the end of a line out of such a string, with the end.
    script = re.search(r"sh '''(.*?)'''", jenkinsfile(), re.S)[1].replace("\\\n", "")
    given = {"PASSPORT_GATEWAY": gateway.url, "PASSPORT_TOKEN": gateway.token, "GIT_COMMIT": revision}
    ended, said = shell(script, tmp_path, **given)
    assert ended == code, said
    report = re.search(r"junit testResults: '([^']+)'", jenkinsfile())[1]
    assert "<testsuite" in (tmp_path / report).read_text()
    summary = re.search(r"archiveArtifacts artifacts: '([^']+)'", jenkinsfile())[1]
    assert decision in (tmp_path / summary).read_text()


# --- Kubernetes


def job_of_kubernetes():
    account, job = yaml.safe_load_all((CI / "kubernetes/gate.yaml").read_text())
    return account, job


@pytest.mark.parametrize("version", ["1.30", kubernetes_validate.latest_version()])
def test_the_job_is_what_kubernetes_takes(version):
    for it in job_of_kubernetes():
        kubernetes_validate.validate(it, version, strict=True)


def test_the_job_runs_before_argo_cd_and_helm_with_its_own_identity_alone():
    account, job = job_of_kubernetes()
    for it in (account, job):
        assert it["metadata"]["annotations"]["argocd.argoproj.io/hook"] == "PreSync"
        assert it["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    pod = job["spec"]["template"]["spec"]
    assert pod["serviceAccountName"] == account["metadata"]["name"]
    assert pod["automountServiceAccountToken"] is False
    (identity,) = [it for it in pod["volumes"] if it["name"] == "identity"]
    (token,) = identity["projected"]["sources"]
    assert token["serviceAccountToken"]["audience"] == "passport-mesh"
    (gate,) = pod["containers"]
    mounted = {it["name"]: it["mountPath"] for it in gate["volumeMounts"]}
    variables = {it["name"]: it["value"] for it in gate["env"]}
    assert variables["PASSPORT_TOKEN_FILE"] == f"{mounted['identity']}/{token['serviceAccountToken']['path']}"
    # The image has no shell, and does not need one.
    assert gate["args"][:2] == ["passport", "gate"] and "command" not in gate
    assert (job["spec"]["backoffLimit"], pod["restartPolicy"]) == (0, "Never")


@pytest.mark.parametrize(("revision", "code", "decision"), [(GOOD, 0, "allow"), (FAILING, 1, "block")])
def test_in_kubernetes_the_job_ends_as_it_was_decided(gateway, tmp_path, revision, code, decision):
    _, job = job_of_kubernetes()
    (gate,) = job["spec"]["template"]["spec"]["containers"]
    (tmp_path / "token").write_text(gateway.token)
    arguments = [it.replace(GOOD, revision) for it in gate["args"][1:]]
    done = subprocess.run(
        [PASSPORT, *arguments],
        env=clean(PASSPORT_GATEWAY=gateway.url, PASSPORT_TOKEN_FILE=str(tmp_path / "token")),
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stderr
    assert decision in done.stdout


# --- Argo Rollouts


def metric():
    (found,) = document("argo-rollouts/analysis-template.yaml")["spec"]["metrics"]
    return found


def test_the_analysis_template_is_what_argo_rollouts_takes():
    template = document("argo-rollouts/analysis-template.yaml")
    assert (template["apiVersion"], template["kind"]) == ("argoproj.io/v1alpha1", "AnalysisTemplate")
    validate(template["spec"], "argo-analysis-spec.json")
    declared = {it["name"] for it in template["spec"]["args"]}
    assert set(re.findall(r"\{\{args\.(\w+)\}\}", json.dumps(template["spec"]))) == declared
    with pytest.raises(jsonschema.ValidationError):
        validate(template["spec"] | {"metrics": [metric() | {"successCondtion": "true"}]}, "argo-analysis-spec.json")


def holds(condition, answer):
    """A condition of the only form that the template has: a field of the answer."""
    value = answer[re.fullmatch(r"result\.(\w+)", condition)[1]]
    assert isinstance(value, bool)
    return value


def measured(gateway, revision):
    """The phase of a measurement, as the web provider takes it."""
    web = metric()["provider"]["web"]
    given = {"token": gateway.token, "revision": revision, "digest": ""}
    given |= {"workspace": "workspace-acme-prod", "service": "checkout-api", "environment": "production"}

    def filled(text):
        return re.sub(r"\{\{args\.(\w+)\}\}", lambda it: given[it[1]], text)

    url = filled(web["url"]).replace("https://passport-gateway.mesh.svc", gateway.url)
    headers = {it["key"]: filled(it["value"]) for it in web["headers"]}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        result = json.load(answer)
    assert web["jsonPath"] == "{$}"
    # As it is documented where both conditions are given: fails first, and neither is inconclusive.
    if holds(metric()["failureCondition"], result):
        return "Failed"
    return "Successful" if holds(metric()["successCondition"], result) else "Inconclusive"


def test_a_measurement_is_what_its_conditions_make_of_the_answer(gateway, strict_gateway):
    assert measured(gateway, GOOD) == "Successful"
    # The commit is not named; a rule blocks, which is no evidence; the scanner says no.
    assert measured(gateway, "") == "Inconclusive"
    assert measured(gateway, FAILING) == "Inconclusive"
    assert measured(strict_gateway, GOOD) == "Failed"


# --- Flagger


def test_the_canary_is_what_flagger_takes():
    canary = document("flagger/canary.yaml")
    assert (canary["apiVersion"], canary["kind"]) == ("flagger.app/v1beta1", "Canary")
    validate(canary["spec"], "flagger-canary-spec.json")
    for webhook in canary["spec"]["analysis"]["webhooks"]:
        assert webhook["url"].endswith(f"/flagger/{webhook['type']}")


def answers(gateway, revision):
    """Statuses of the answers to the webhooks of the canary."""
    canary = document("flagger/canary.yaml")
    for webhook in canary["spec"]["analysis"]["webhooks"]:
        path = webhook["url"].removeprefix("https://passport-gateway.mesh.svc").replace("TOKEN", gateway.hook)
        payload = {
            "name": canary["metadata"]["name"],
            "namespace": canary["metadata"]["namespace"],
            "phase": "Progressing",
            "checksum": "85d557f47b",
            "metadata": webhook["metadata"] | {"revision": revision},
        }
        status, line = gateway.post(path, payload)
        assert gateway.hook not in line
        yield webhook["type"], status


def test_each_webhook_of_the_canary_is_answered(gateway, strict_gateway):
    confirm = ["confirm-rollout", "confirm-traffic-increase", "confirm-promotion"]

    def wanted(goes_on, rolls_back):
        return dict.fromkeys(confirm, goes_on) | {"rollback": rolls_back}

    assert dict(answers(gateway, GOOD)) == wanted(200, 409)
    # Nothing is taken back for a commit that is not named, or for a rule, which is no evidence.
    assert dict(answers(gateway, "")) == wanted(409, 409)
    assert dict(answers(gateway, FAILING)) == wanted(409, 409)
    assert dict(answers(strict_gateway, GOOD)) == wanted(409, 200)


# --- the image


def test_the_image_of_jobs_rests_on_that_of_the_mesh():
    ci, mesh = (CI / "Containerfile").read_text(), (DEPLOY / "container/Containerfile").read_text()
    release = re.search(r"rust:[\d.]+-(\w+)", mesh)[1]
    assert f"debian:{release}-slim" in ci, "the command needs the C library that it was linked with"
    assert "COPY --from=passport /usr/bin/passport /usr/bin/passport" in ci
