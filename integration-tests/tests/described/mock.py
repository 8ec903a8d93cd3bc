"""A mock of a provider, made from its published OpenAPI description.

`mock.py DESCRIPTION LOG UPSTREAM...` listens on a free port of loopback for each upstream and prints them
on one line. A request that the description knows is answered by the upstream; any other gets 422 and the
reason. LOG gets a line of JSON for each request.
"""

import http.client
import http.server
import json
import sys
import threading
import urllib.parse

from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing.requests import MockRequest

HOST = "http://provider.example"
LOGGING = threading.Lock()


def described(description):
    """The description, of a provider at HOST, with or without the context path of its own servers."""
    description["servers"] = [{"url": HOST}, {"url": HOST + "/api/v3"}]
    return OpenAPI.from_dict(description)


def refused(api, method, target, headers):
    """Why the description does not know a request; None: it does."""
    parts = urllib.parse.urlsplit(target)
    pairs = urllib.parse.parse_qsl(parts.query, keep_blank_values=True)
    request = MockRequest(
        HOST, method.lower(), parts.path, args=dict(pairs), headers=dict(headers)
    )
    try:
        known = api.unmarshal_request(request)
        known.raise_for_errors()
    except OpenAPIError as error:
        return f"{error}: {error.__cause__}"
    unknown = {name for name, _ in pairs} - set(known.parameters.query)
    doubled = len(pairs) != len(dict(pairs))
    return f"query: unknown {sorted(unknown)}" if unknown or doubled else None


def handler(api, log, number, upstream):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            why = refused(api, self.command, self.path, self.headers)
            line = {"upstream": number, "target": self.path, "refused": why}
            with LOGGING, open(log, "a", encoding="utf-8") as file:
                print(json.dumps(line), file=file)
            if why is None:
                self.answer(*asked(upstream, self.path, self.headers))
            else:
                self.answer(422, {"content-type": "text/plain"}, why.encode())

        do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

        def answer(self, status, headers, body):
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                    self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Handler


def asked(upstream, target, headers):
    connection = http.client.HTTPConnection(upstream, timeout=10)
    try:
        connection.request("GET", target, headers=dict(headers))
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def main(description, log, *upstreams):
    with open(description, encoding="utf-8") as file:
        api = described(json.load(file))
    servers = [
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(api, log, number, upstream))
        for number, upstream in enumerate(upstreams)
    ]
    for server in servers:
        threading.Thread(target=server.serve_forever).start()
    print(*(server.server_address[1] for server in servers), flush=True)


main(*sys.argv[1:])
