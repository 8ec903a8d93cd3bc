"""Verifies an attestation with nothing of ours: the envelope with securesystemslib, the statement with
in-toto-attestation, and the digests of its evidence with what Python brings.

    verify.py ENVELOPE PUBLIC_KEY

Prints one JSON object: what was verified. Ends with an error where the signature does not fit.
"""

import hashlib
import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from google.protobuf import json_format
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def key_of(pem):
    public = load_pem_public_key(pem)
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return SSlibKey.from_crypto(public, keyid=sha256(der))


def statement_of(payload):
    read = json_format.Parse(payload, statement_pb2.Statement())
    statement = Statement.copy_from_pb(read)
    statement.validate()
    return statement.pb


def is_bound(evidence, digest):
    text = json.dumps(evidence, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()) == digest


def main(envelope, public_key):
    key = key_of(Path(public_key).read_bytes())
    envelope = Envelope.from_dict(json.loads(Path(envelope).read_bytes()))
    verified = envelope.verify([key], threshold=1)
    statement = statement_of(envelope.payload)
    predicate = json.loads(envelope.payload)["predicate"]
    evidence = zip(predicate["passport"]["evidence"], predicate["evidence"], strict=True)
    said = {
        "keys": list(verified),
        "payloadType": envelope.payload_type,
        "subject": [[it.name, dict(it.digest)] for it in statement.subject],
        "predicateType": statement.predicate_type,
        "decision": statement.predicate["passport"]["decision"],
        "bound": {of["source"]: is_bound(it, of["digest"]) for it, of in evidence},
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
