"""A mail server of aiosmtpd for tests: TLS and a login are wanted, and every message is written down.

usage: server.py PORT PORT_OF_TLS CERTIFICATE KEY PASSWORD BOX

On the first port TLS begins by STARTTLS, on the second with the first byte. Each message becomes a line of JSON
in the file BOX. Mailboxes that begin with `nobody` are not known.
"""

import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Box:
    def __init__(self, path):
        self.path = path

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session, envelope):
        message = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "login": session.auth_data,
            "tls": server.transport.get_extra_info("sslcontext") is not None,
            "text": envelope.content.decode("ascii"),
        }
        with open(self.path, "a", encoding="utf-8") as box:
            box.write(json.dumps(message) + "\n")
        return "250 2.0.0 Ok: queued as 6ltgNFKSir"


async def main(port, port_of_tls, certificate, key, password, box):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    handler = Box(box)

    def authenticator(server, session, envelope, mechanism, data):
        is_known = (data.login, data.password) == (b"release", password.encode())
        return AuthResult(success=is_known, handled=is_known, auth_data=data.login.decode())

    common = {"authenticator": authenticator, "auth_required": True, "hostname": "localhost"}

    def starttls():
        return SMTP(handler, tls_context=context, require_starttls=True, **common)

    def implicit():
        return SMTP(handler, auth_require_tls=False, **common)

    loop = asyncio.get_running_loop()
    await loop.create_server(starttls, "127.0.0.1", int(port))
    await loop.create_server(implicit, "127.0.0.1", int(port_of_tls), ssl=context)
    await asyncio.Event().wait()


asyncio.run(main(*sys.argv[1:]))
