"""Runs a scenario through Python's imaplib: host and port as arguments, the scenario as JSON on standard input."""

import imaplib
import json
import sys


def given(value):
    """A value of the scenario: {"b": …} is bytes, latin1."""
    if isinstance(value, dict):
        return value["b"].encode("latin-1")
    return value


def told(value):
    """A result, as JSON: bytes as {"b": …}, tuples as lists."""
    if isinstance(value, bytes):
        return {"b": value.decode("latin-1")}
    if isinstance(value, (list, tuple)):
        return [told(item) for item in value]
    return value


def outcome(call):
    try:
        return told(call())
    except Exception as error:
        name = type(error).__name__
        return {"error": name if isinstance(error, imaplib.IMAP4.error) else "other", "message": str(error)}


def main():
    scenario = json.load(sys.stdin)
    results = []
    client = None

    def connect():
        nonlocal client
        client = imaplib.IMAP4(sys.argv[1], int(sys.argv[2]), timeout=10)
        return [client.state, client.PROTOCOL_VERSION, client.welcome]

    results.append(outcome(connect))
    if client is not None:
        for method, *args in scenario["calls"]:
            args = [given(arg) for arg in args]
            if method == "authenticate":
                reply = args.pop()
                args.append(lambda challenge: reply)
            results.append([outcome(lambda: getattr(client, method)(*args)), client.state])
        try:
            client.shutdown()
        except OSError:
            pass
    json.dump(results, sys.stdout)


main()
