"""A client of Passport Mesh that is made of what gRPC itself offers and of nothing of ours: stubs
that protoc generates from the protos, and, without any file, reflection.

    GATEWAY_TOKEN=… COLLECTOR_TOKEN=… client.py GATEWAY COLLECTOR STUBS REPORT

Addresses are host:port, STUBS is the folder of the generated stubs, REPORT a report of Trivy. Prints
one JSON object: what each call answered.
"""

import json
import os
import sys
from datetime import datetime, timezone

import grpc
from google.protobuf import descriptor_pool, json_format, message_factory
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from grpc_status import rpc_status

SCOPE = {
    "workspace_id": "workspace-acme-prod",
    "service": "checkout-api",
    "environment": "production",
}
SECONDS = 10


def bearer(variable):
    return [("authorization", "Bearer " + os.environ[variable])]


def facts(evidence):
    return {
        "/".join(filter(None, [evidence.source, fact.name, fact.item])): [
            fact_pb2.FactStatus.Name(fact.status),
            fact.value.text,
        ]
        for fact in evidence.facts
    }


def outcomes(evidence, failures):
    all_facts = {}
    for one in evidence:
        all_facts.update(facts(one))
    codes = {one.source: reason_pb2.FailureCode.Name(one.code) for one in failures}
    return {"facts": all_facts, "failures": codes}


def streamed(answers):
    kinds = [(answer.outcome.WhichOneof("kind"), answer.outcome) for answer in answers]
    return outcomes(
        [outcome.evidence for kind, outcome in kinds if kind == "evidence"],
        [outcome.failure for kind, outcome in kinds if kind == "failure"],
    )


def refused(call, *args, **kwargs):
    """What a call that must fail says, in the standard details of errors."""
    try:
        call(*args, **kwargs)
    except grpc.RpcError as error:
        status = rpc_status.from_call(error)
        said = {"code": error.code().name, "details": {}}
        for detail in status.details if status else []:
            info = error_details_pb2.ErrorInfo()
            if detail.Unpack(info):
                said["details"] = {"reason": info.reason, "domain": info.domain}
        return said
    return {"code": "OK"}


def ask_the_gateway(channel, report):
    stub = gateway_pb2_grpc.GatewayServiceStub(channel)
    scope = scope_pb2.Scope(**SCOPE)
    question = gateway_pb2.CollectEvidenceRequest(scope=scope, sources=["prom"])
    known = {"metadata": bearer("GATEWAY_TOKEN"), "timeout": SECONDS}
    collected = stub.CollectEvidence(question, **known)
    stream = stub.StreamEvidence(gateway_pb2.StreamEvidenceRequest(collect=question), **known)
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    header = collector_pb2.Header(name="passport-observed-at", value=now.encode())
    delivery = gateway_pb2.IngestEvidenceRequest(
        scope=scope, source="scan", headers=[header], body=report
    )
    said = {
        "collected": outcomes(collected.evidence, collected.failures),
        "streamed": streamed(stream),
        "ingested": [stub.IngestEvidence(delivery, **known) for _ in range(2)],
        "connectors": stub.ListConnectors(gateway_pb2.ListConnectorsRequest(), **known),
        "sources": stub.ListSources(gateway_pb2.ListSourcesRequest(scope=scope), **known),
    }
    said["ingested"] = [collector_pb2.IngestResult.Name(it.result) for it in said["ingested"]]
    said["connectors"] = [it.id for it in said["connectors"].connectors]
    said["sources"] = {
        it.name: collector_pb2.SourceState.Name(it.state) for it in said["sources"].sources
    }
    everything = stub.CollectEvidence(gateway_pb2.CollectEvidenceRequest(scope=scope), **known)
    said["everything"] = outcomes(everything.evidence, everything.failures)
    other = scope_pb2.Scope(workspace_id="workspace-acme-prod", service="other", environment="x")
    foreign = gateway_pb2.CollectEvidenceRequest(scope=other)
    said["denied"] = refused(stub.CollectEvidence, foreign, **known)
    said["unknown"] = refused(stub.CollectEvidence, question, timeout=SECONDS)
    return said


def ask_a_collector(channel):
    stub = collector_pb2_grpc.CollectorServiceStub(channel)
    question = collector_pb2.CollectRequest(scope=scope_pb2.Scope(**SCOPE))
    known = {"metadata": bearer("COLLECTOR_TOKEN"), "timeout": SECONDS}
    return {
        "collected": streamed(
            collector_pb2.CollectStreamResponse(outcome=it)
            for it in stub.Collect(question, **known).outcomes
        ),
        "unknown": refused(stub.Collect, question, timeout=SECONDS),
    }


def ask_by_reflection(channel):
    """The same question by somebody who has no file of the mesh."""
    database = ProtoReflectionDescriptorDatabase(channel)
    pool = descriptor_pool.DescriptorPool(database)
    name = "passport.gateway.v1.GatewayService"
    method = pool.FindServiceByName(name).FindMethodByName("CollectEvidence")
    question = message_factory.GetMessageClass(method.input_type)
    answer = message_factory.GetMessageClass(method.output_type)
    call = channel.unary_unary(
        f"/{name}/CollectEvidence",
        request_serializer=question.SerializeToString,
        response_deserializer=answer.FromString,
    )
    asked = question(scope=SCOPE, sources=["prom"])
    answered = call(asked, metadata=bearer("GATEWAY_TOKEN"), timeout=SECONDS)
    return {
        "services": sorted(database.get_services()),
        "collected": json_format.MessageToDict(answered, descriptor_pool=pool),
    }


def health(channel, service):
    stub = health_pb2_grpc.HealthStub(channel)
    answer = stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=SECONDS)
    return health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)


def main(gateway, collector, report):
    with open(report, "rb") as file:
        body = file.read()
    with grpc.insecure_channel(gateway) as channel:
        said = {
            "reflection": ask_by_reflection(channel),
            "health": [health(channel, it) for it in ["", "passport.gateway.v1.GatewayService"]],
            "gateway": ask_the_gateway(channel, body),
        }
    with grpc.insecure_channel(collector) as channel:
        said["collector"] = ask_a_collector(channel)
        said["collector"]["health"] = health(channel, "passport.collector.v1.CollectorService")
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    GATEWAY, COLLECTOR, STUBS, REPORT = sys.argv[1:]
    sys.path.insert(0, STUBS)
    from passport.collector.v1 import collector_pb2, collector_pb2_grpc
    from passport.evidence.v1 import fact_pb2, reason_pb2, scope_pb2
    from passport.gateway.v1 import gateway_pb2, gateway_pb2_grpc

    main(GATEWAY, COLLECTOR, REPORT)
