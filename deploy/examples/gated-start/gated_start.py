"""The same in Python, without any file of the mesh: the collector tells its own messages by reflection.

    pip install grpcio grpcio-reflection
    gated_start.py --collector quality.mesh.svc:8443 --ca ca.crt --cert tls.crt --key tls.key \\
        --workspace acme --service shop --environment production --source scan \\
        --fact vulnerabilities/critical -- PROGRAM [ARGUMENT...]

Ends with 1 if a fact has not passed, with 3 if nobody could tell; else it is PROGRAM.
"""

import argparse
import os
import sys
import time

import grpc
from google.protobuf import descriptor_pool, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

SERVICE = "passport.collector.v1.CollectorService"
PASSED = "FACT_STATUS_PASSED"


class Untold(Exception):
    """There is no evidence that could be relied on."""


def parsed():
    parser = argparse.ArgumentParser(description="Starts PROGRAM if the facts that are named have passed.")
    for name in ["collector", "ca", "cert", "key", "workspace", "service", "environment", "source"]:
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--fact", action="append", required=True, metavar="NAME[/ITEM]")
    parser.add_argument("--artifact-digest")
    parser.add_argument("--revision")
    parser.add_argument("--timeout", type=float, default=10)
    parser.add_argument("program", nargs="+")
    return parser.parse_args()


def read(path):
    with open(path, "rb") as file:
        return file.read()


def ask(args):
    """What each source that was asked has answered."""
    credentials = grpc.ssl_channel_credentials(read(args.ca), read(args.key), read(args.cert))
    with grpc.secure_channel(args.collector, credentials) as channel:
        pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
        method = pool.FindServiceByName(SERVICE).FindMethodByName("Collect")
        question = message_factory.GetMessageClass(method.input_type)
        answer = message_factory.GetMessageClass(method.output_type)
        call = channel.unary_unary(
            f"/{SERVICE}/Collect",
            request_serializer=question.SerializeToString,
            response_deserializer=answer.FromString,
        )
        digests = [args.artifact_digest] if args.artifact_digest else []
        # With a subject, evidence about another commit or image is never passed.
        subject = {"revision": args.revision or "", "artifact_digests": digests}
        asked = question(scope=scope(args), sources=[args.source])
        if any(subject.values()):
            asked.subject.MergeFrom(type(asked.subject)(**subject))
        return list(call(asked, timeout=args.timeout).outcomes)


def scope(args):
    return {
        "workspace_id": args.workspace,
        "service": args.service,
        "environment": args.environment,
    }


def evidence_of(outcomes, args):
    """The evidence of the one source that was asked about the one scope."""
    if len(outcomes) != 1:
        raise Untold("not one outcome for one source")
    kind = outcomes[0].WhichOneof("kind")
    if kind == "failure":
        failure = outcomes[0].failure
        raise Untold(f"{word(failure, 'code')} of {failure.source}: {failure.message}")
    if kind != "evidence":
        raise Untold("an outcome of neither kind")
    evidence = outcomes[0].evidence
    about = {name: getattr(evidence.scope, name) for name in scope(args)}
    if evidence.source != args.source or about != scope(args):
        raise Untold("the evidence is about something else")
    return evidence


def word(message, field):
    """The name of an enum's value; of one that this collector does not list, its number."""
    number = getattr(message, field)
    value = message.DESCRIPTOR.fields_by_name[field].enum_type.values_by_number.get(number)
    return value.name if value else str(number)


def against(wanted, evidence, now):
    """What speaks against a fact that is wanted. NAME alone means all of its items."""
    name, slash, item = wanted.partition("/")
    facts = [it for it in evidence.facts if it.name == name and (not slash or it.item == item)]
    if not facts:
        return [f"{wanted} is not among the facts"]
    reasons = []
    for fact in facts:
        if word(fact, "status") != PASSED:
            value = fact.value.text or "no value"
            reasons.append(f"{wanted} is {word(fact, 'status')}: {value}, {word(fact, 'reason')}")
        elif not holds(fact, evidence, now):
            reasons.append(f"{wanted} has passed, too long ago")
    return reasons


def holds(fact, evidence, now):
    if not fact.HasField("observed_at") or not evidence.freshness.HasField("max_age"):
        return False
    observed_at = fact.observed_at.seconds + fact.observed_at.nanos / 1e9
    return now - observed_at < evidence.freshness.max_age.seconds


def held(reasons, code):
    for reason in reasons:
        print(f"gated-start: not started: {reason}", file=sys.stderr)
    sys.exit(code)


def main():
    args = parsed()
    try:
        evidence = evidence_of(ask(args), args)
    except grpc.RpcError as error:
        held([f"nobody could tell: the collector says {error.code().name}: {error.details()}"], 3)
    except (OSError, Untold) as error:
        held([f"nobody could tell: {error}"], 3)
    reasons = [it for wanted in args.fact for it in against(wanted, evidence, time.time())]
    if reasons:
        held(reasons, 1)
    os.execvp(args.program[0], args.program)


if __name__ == "__main__":
    main()
