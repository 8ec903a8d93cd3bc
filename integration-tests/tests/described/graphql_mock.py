"""A mock of a provider, made from its published GraphQL schema.

`graphql_mock.py SCHEMA LOG UPSTREAM...` listens on a free port of loopback for each upstream and prints them
on one line. A request that the schema does not know gets 400 and the reason. Any other is executed: where the
upstream gives data without errors, they are answered as a server of this schema would; where that can't be, or
the upstream answers otherwise, as the upstream does. LOG gets a line of JSON for each request.
"""

import http.client
import http.server
import json
import sys
import threading

from graphql import GraphQLError, OperationDefinitionNode, build_schema, execute_sync, parse, validate
from graphql.execution.values import get_variable_values

LOGGING = threading.Lock()


def asked_of(schema, body):
    """The document of a body, its operation's name and the variables.

    Raises GraphQLError where the schema does not know them.
    """
    if not isinstance(body, dict) or set(body) != {"operationName", "query", "variables"}:
        raise GraphQLError("the body is not operationName, query and variables")
    document = parse(body["query"])
    for error in validate(schema, document):
        raise error
    named = {
        it.name.value: it
        for it in document.definitions
        if isinstance(it, OperationDefinitionNode) and it.name
    }
    operation = named.get(body["operationName"])
    if operation is None:
        raise GraphQLError(f"no operation {body['operationName']}")
    declared = operation.variable_definitions or ()
    values = get_variable_values(schema, declared, body["variables"])
    for error in values if isinstance(values, list) else []:
        raise error
    unknown = set(body["variables"]) - {it.variable.name.value for it in declared}
    if unknown:
        raise GraphQLError(f"variables that are not declared: {sorted(unknown)}")
    return document, body["operationName"], body["variables"]


def executed(schema, asked, answer):
    """What a server of the schema answers that holds the upstream's data, and why it could not."""
    if not isinstance(answer, dict) or "data" not in answer or answer.get("errors"):
        return answer, None
    document, operation, variables = asked
    result = execute_sync(
        schema,
        document,
        root_value=answer["data"],
        variable_values=variables,
        operation_name=operation,
    )
    if result.errors:
        return answer, "; ".join(it.message for it in result.errors)
    return {"data": result.data}, None


def handler(schema, log, number, upstream):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            text = self.rfile.read(int(self.headers["content-length"] or 0))
            line = {"upstream": number, "operation": None, "refused": None, "unlike": None}
            try:
                asked = asked_of(schema, json.loads(text))
                line["operation"] = asked[1]
                status, headers, body = forwarded(upstream, self.path, self.headers, text)
                if status == 200:
                    answer, line["unlike"] = executed(schema, asked, json.loads(body))
                    body = json.dumps(answer).encode()
            except GraphQLError as error:
                line["refused"] = error.message
                code = {"code": "GRAPHQL_VALIDATION_FAILED"}
                refusal = {"errors": [{"message": error.message, "extensions": code}]}
                status, headers, body = 400, {}, json.dumps(refusal).encode()
            except ValueError as error:
                line["unlike"] = f"no JSON: {error}"
            with LOGGING, open(log, "a", encoding="utf-8") as file:
                print(json.dumps(line), file=file)
            self.answer(status, headers, body)

        def answer(self, status, headers, body):
            # Its own date: what the upstream answers is of another day.
            own = ("transfer-encoding", "content-length", "connection", "date", "content-type")
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in own:
                    self.send_header(name, value)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Handler


def forwarded(upstream, target, headers, body):
    connection = http.client.HTTPConnection(upstream, timeout=10)
    try:
        connection.request("POST", target, body=body, headers=dict(headers))
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def main(schema, log, *upstreams):
    with open(schema, encoding="utf-8") as file:
        built = build_schema(file.read())
    servers = [
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(built, log, number, upstream))
        for number, upstream in enumerate(upstreams)
    ]
    for server in servers:
        threading.Thread(target=server.serve_forever).start()
    print(*(server.server_address[1] for server in servers), flush=True)


main(*sys.argv[1:])
