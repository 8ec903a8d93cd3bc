"""A stand-in for the API server of a cluster, on loopback: `server.py PORT`.

Storage, discovery, merging of patches and the HTTP of it are kmock's, which others wrote. kmock says of itself that it
keeps JSON objects and no more, and asks to be inherited from for the rest. What is added here, as the page "Kubernetes
API Concepts" has it, is no more than the connectors rest on:

- metadata: `uid`, `creationTimestamp`, `resourceVersion`, and `generation`, which rises with each change of `spec`;
- `/status` changes nothing but the status;
- lists have their kind, a `resourceVersion`, `labelSelector`, `limit` and `continue`;
- an absent object and an unknown kind are told apart;
- the core group's version is `v1`;
- what is written must be as the official schemas say: of Kubernetes' own kinds from the package kubernetes-validate
  (strictly), of custom resources from the definitions that this repository carries.

It authenticates and authorizes nobody, and has no controllers: what a controller would write, the tests write.
"""

import asyncio
import base64
import itertools
import json
import re
import sys
import uuid
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import attrs
import jsonschema
import kmock
import kubernetes_validate
import kubernetes_validate.utils

ROOT = Path(__file__).resolve().parents[2]
VERSION = "1.30"
# It reads the schemas of a version anew for each object.
kubernetes_validate.utils.schema_contents = cache(kubernetes_validate.utils.schema_contents)

# Kind by group, version and plural; with the definition of a custom resource.
KINDS = {
    ("", "v1", "pods"): "Pod",
    ("", "v1", "namespaces"): "Namespace",
    ("", "v1", "secrets"): "Secret",
    ("apps", "v1", "deployments"): "Deployment",
    ("apps", "v1", "replicasets"): "ReplicaSet",
    ("apps", "v1", "statefulsets"): "StatefulSet",
    ("apps", "v1", "daemonsets"): "DaemonSet",
    ("batch", "v1", "jobs"): "Job",
    ("batch", "v1", "cronjobs"): "CronJob",
    ("autoscaling", "v2", "horizontalpodautoscalers"): "HorizontalPodAutoscaler",
    ("policy", "v1", "poddisruptionbudgets"): "PodDisruptionBudget",
    ("argoproj.io", "v1alpha1", "rollouts"): "Rollout",
    ("argoproj.io", "v1alpha1", "analysisruns"): "AnalysisRun",
    ("argoproj.io", "v1alpha1", "applications"): "Application",
    ("flagger.app", "v1beta1", "canaries"): "Canary",
    ("kustomize.toolkit.fluxcd.io", "v1", "kustomizations"): "Kustomization",
    ("helm.toolkit.fluxcd.io", "v2", "helmreleases"): "HelmRelease",
    ("source.toolkit.fluxcd.io", "v1", "gitrepositories"): "GitRepository",
}
DEFINITIONS = {
    "Rollout": "services/runtime/src/connectors/argo_rollouts/testdata/Rollout.json",
    "AnalysisRun": "services/runtime/src/connectors/argo_rollouts/testdata/AnalysisRun.json",
    "Application": "services/cicd/src/connectors/argo_cd/testdata/application-v1alpha1.schema.json",
    "Canary": "services/runtime/src/connectors/flagger/testdata/Canary.json",
    "Kustomization": "services/cicd/src/connectors/flux/testdata/Kustomization.json",
    "HelmRelease": "services/cicd/src/connectors/flux/testdata/HelmRelease.json",
    "GitRepository": "services/cicd/src/connectors/flux/testdata/GitRepository.json",
}


@cache
def definition(kind, version):
    """Of a file that holds several versions the one that is meant; a file of one has its keywords at the top."""
    found = json.loads((ROOT / DEFINITIONS[kind]).read_text())
    return jsonschema.Draft202012Validator(found if "properties" in found else found[version])


def validate(obj):
    """What the official description says against an object."""
    kind = obj.get("kind")
    if kind in DEFINITIONS:
        schema = definition(kind, obj["apiVersion"].rpartition("/")[2])
        return [f"{'.'.join(map(str, it.absolute_path))}: {it.message}" for it in schema.iter_errors(obj)]
    try:
        kubernetes_validate.validate(obj, VERSION, strict=True)
    except kubernetes_validate.ValidationError as error:
        return [str(error.message)]
    return []


def status(code, reason, message, request=None, name=None):
    details = None
    if request is not None and request.resource is not None:
        resource = request.resource
        details = {"name": name or request.name, "group": resource.group, "kind": resource.plural}
        details = {key: it for key, it in details.items() if it}
    return kmock.KubernetesError(status=code, reason=reason, message=message, details=details or {"causes": []})


def selects(selector, labels):
    """A label selector as it stands in a query."""
    return all(term_selects(it.strip(), labels) for it in re.split(r",(?![^(]*\))", selector) if it.strip())


def term_selects(term, labels):
    if found := re.fullmatch(r"(\S+) (in|notin) \(([^)]*)\)", term):
        key, operator, values = found.groups()
        return (labels.get(key) in values.split(",")) == (operator == "in")
    if found := re.fullmatch(r"([^!=\s]+)(==|=|!=)([^=]*)", term):
        key, operator, value = found.groups()
        return (labels.get(key) != value) if operator == "!=" else (labels.get(key) == value)
    return term[1:] not in labels if term.startswith("!") else term in labels


def merged(old, patch):
    """JSON Merge Patch, as kmock makes it."""
    if not isinstance(old, dict) or not isinstance(patch, dict):
        return patch
    kept = {key: it for key, it in old.items() if key not in patch}
    return kept | {key: merged(old.get(key), it) for key, it in patch.items() if it is not None}


@attrs.define(kw_only=True)
class Cluster(kmock.KubernetesEmulator):
    _revisions = attrs.field(factory=lambda: itertools.count(100), init=False)
    _revision = attrs.field(default=100, init=False)

    def _next(self):
        self._revision = next(self._revisions)
        return str(self._revision)

    def _stored(self, request):
        found = [obj for (resource, namespace, name), obj in self.objects.items()
                 if (resource, namespace, name) == (request.resource, request.namespace, request.name)]
        return found[0].last.raw if found and not found[0].deleted else None

    async def _handle(self, request):
        if request.action in (kmock.action.CREATE, kmock.action.UPDATE):
            try:
                self._admit(request)
            except kmock.KubernetesError as error:
                return await self._render_error(error)
        return await super()._handle(request)

    def _admit(self, request):
        data = request.data
        if request.action == kmock.action.CREATE:
            meta = data.setdefault("metadata", {})
            if request.namespace:
                meta["namespace"] = request.namespace
            meta["uid"] = str(uuid.uuid4())
            meta["creationTimestamp"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            meta["generation"] = 1
            whole = data
        else:
            old = self._stored(request)
            if old is None:
                raise status(404, "NotFound", "not found", request)
            for key in [it for it in data if request.subresource == "status" and it != "status"]:
                del data[key]
            whole = merged(old, data)
            meta = data.setdefault("metadata", {})
            if whole.get("spec") != old.get("spec"):
                meta["generation"] = old["metadata"]["generation"] + 1
        if wrong := validate(whole):
            raise status(422, "Invalid", "; ".join(wrong), request, data.get("metadata", {}).get("name"))
        meta["resourceVersion"] = self._next()

    async def _serve_version(self, request):
        """The core group has no name, which kmock writes as an empty one."""
        found = await super()._serve_version(request)
        return found | {"groupVersion": found["groupVersion"].lstrip("/")}

    async def _serve_fetch(self, request):
        found = self._stored(request)
        if found is None:
            self._known(request)
            message = f'{request.resource.plural} "{request.name}" not found'
            raise status(404, "NotFound", message, request)
        return found

    def _known(self, request):
        """Of a kind that is not known the server does not repeat a name."""
        resource = request.resource
        if (resource.group, resource.version, resource.plural) not in KINDS:
            raise status(404, "NotFound", "the server could not find the requested resource")

    async def _serve_list(self, request):
        self._known(request)
        resource = request.resource
        params = request.params
        found = [obj.last.raw for (of, namespace, _), obj in self.objects.items()
                 if of == resource and request.namespace in (None, namespace) and not obj.deleted]
        found = [it for it in found if selects(params.get("labelSelector", ""), it["metadata"].get("labels") or {})]
        found.sort(key=lambda it: (it["metadata"].get("namespace", ""), it["metadata"]["name"]))
        start, revision = 0, self._revision
        if token := params.get("continue"):
            start, revision = json.loads(base64.urlsafe_b64decode(token))
            if revision != self._revision:
                raise status(410, "Expired", "the provided continue parameter is too old")
        size = int(params.get("limit") or 0) or len(found)
        metadata = {"resourceVersion": str(revision)}
        if left := len(found[start + size:]):
            metadata["continue"] = base64.urlsafe_b64encode(json.dumps([start + size, revision]).encode()).decode()
            metadata["remainingItemCount"] = left
        version = "/".join(filter(None, (resource.group, resource.version)))
        kind = KINDS[resource.group, resource.version, resource.plural]
        return {"kind": f"{kind}List", "apiVersion": version, "metadata": metadata, "items": found[start:start + size]}


async def serve(port):
    cluster = Cluster()
    for (group, version, plural), kind in KINDS.items():
        info = kmock.ResourceInfo(
            kind=kind,
            singular=kind.lower(),
            namespaced=kind != "Namespace",
            verbs={"get", "list", "create", "patch", "delete"},
            subresources=set() if kind in ("Secret", "Namespace") else {"status"},
        )
        cluster.resources[kmock.resource(group, version, plural)] = info
    async with cluster, kmock.Server(cluster, port=port):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
