"""Signs the payload of an envelope again, with securesystemslib.

    sign.py ENVELOPE PRIVATE_KEY

Prints the new envelope. Its signature names the key as securesystemslib does where nobody says how.
"""

import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner


def main(envelope, private_key):
    key = load_pem_private_key(Path(private_key).read_bytes(), password=None)
    envelope = Envelope.from_dict(json.loads(Path(envelope).read_bytes()))
    envelope.signatures.clear()
    envelope.sign(CryptoSigner(key))
    print(json.dumps(envelope.to_dict()))


if __name__ == "__main__":
    main(*sys.argv[1:])
