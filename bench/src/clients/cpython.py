"""CPython's imaplib: the same tasks, one measurement a process. Writes one line of JSON, as child.mjs does."""

import base64
import gc
import imaplib
import io
import json
import re
import resource
import ssl
import sys
import time

METADATA = "(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)"
imaplib._MAXLINE = 1 << 30  # a SEARCH with a million hits is one line


class Meter:
    def __init__(self):
        self.result = {}
        self.extra = {}

    def start(self):
        usage = resource.getrusage(resource.RUSAGE_SELF)
        self.cpu = usage.ru_utime + usage.ru_stime
        self.wall = time.perf_counter()

    def stop(self):
        wall = time.perf_counter() - self.wall
        usage = resource.getrusage(resource.RUSAGE_SELF)
        self.result = {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime - self.cpu, "peak": peak_memory()}


def peak_memory():
    try:
        with open("/proc/self/status") as status:
            return int(re.search(r"^VmHWM:\s+(\d+) kB", status.read(), re.M).group(1)) * 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def resident_memory():
    with open("/proc/self/status") as status:
        return int(re.search(r"^VmRSS:\s+(\d+) kB", status.read(), re.M).group(1)) * 1024


def connect(job):
    if job["secure"]:
        context = ssl.create_default_context(cafile=job["ca"])
        client = imaplib.IMAP4_SSL("localhost", job["port"], ssl_context=context)
    else:
        client = imaplib.IMAP4(job["host"], job["port"])
    client.login(job["user"], job["password"])
    if "mailbox" in job:
        expect(client.select(job["mailbox"], readonly=True))
    return client


def expect(answer):
    if answer[0] != "OK":
        raise SystemExit("server said %r" % (answer,))
    return answer[1]


def size_of(data):
    total = 0
    for item in data:
        total += len(item[0]) + len(item[1]) if isinstance(item, tuple) else len(item)
    return total


def metadata_raw(job, meter):
    client = connect(job)
    meter.start()
    data = expect(client.fetch("1:*", METADATA))
    size = size_of(data)
    meter.stop()
    text = b"".join(item[0] if isinstance(item, tuple) else item for item in data)
    return {
        "messages": len(re.findall(rb"\(UID \d+ FLAGS", text)),
        "uids": sum(map(int, re.findall(rb"\(UID (\d+) FLAGS", text))),
        "sizes": sum(map(int, re.findall(rb" RFC822\.SIZE (\d+)", text))),
        "bytes": size,
    }


def bodies(job, meter):
    client = connect(job)
    step = job.get("atOnce", job["count"])
    messages = size = 0
    meter.start()
    for first in range(1, job["count"] + 1, step):
        data = expect(client.uid("FETCH", "%d:%d" % (first, first + step - 1), "(UID BODY.PEEK[])"))
        found = [item for item in data if isinstance(item, tuple)]
        messages += len(found)
        size += sum(len(item[1]) for item in found)
    meter.stop()
    return {"messages": messages, "bytes": size}


def flags_each(job, meter):
    client = connect(job)
    uids = messages = 0
    meter.start()
    for n in range(1, job["count"] + 1):
        data = expect(client.uid("FETCH", str(n), "(FLAGS)"))
        messages += len(data)
        uids += int(data[0].split(b"UID ", 1)[1].split(b" ", 1)[0])
    meter.stop()
    return {"messages": messages, "uids": uids}


def append(job, meter):
    client = connect(job)
    client.create(job["target"])
    head = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: appended\r\nMIME-Version: 1.0\r\n\r\n"
    line = (b"The quick brown fox jumps over the lazy dog, again and again. " * 2)[:76] + b"\r\n"
    message = (head + line * (job["size"] // len(line) + 1))[: job["size"] - 2] + b"\r\n"
    meter.start()
    for _ in range(job["count"]):
        expect(client.append(job["target"], None, None, message))
    meter.stop()
    return {}


def append_large(job, meter):
    client = connect(job)
    message = (b"x" * 76 + b"\r\n") * (job["size"] // 78 + 1)
    message = message[: job["size"] - 2] + b"\r\n"
    meter.start()
    expect(client.append(job["target"], None, None, message))
    meter.stop()
    return {}


def idle(job, meter):
    opened = [connect(job) for _ in range(job["warmUp"])]
    gc.collect()
    before = resident_memory()
    meter.start()
    opened += [connect(job) for _ in range(job["count"])]
    meter.stop()
    gc.collect()
    meter.extra["each"] = (resident_memory() - before) / job["count"]
    return {"messages": len(opened) - job["warmUp"]}


def first_row(job, meter):
    meter.start()
    client = connect(job)
    data = expect(client.uid("FETCH", "1", "(UID FLAGS)"))
    meter.stop()
    return {"uids": int(data[0].split(b"UID ", 1)[1].split(b" ", 1)[0])}


def status_many(job, meter):
    client = connect(job)
    messages = 0
    meter.start()
    for n in range(1, job["count"] + 1):
        data = expect(client.status("Box%d" % n, "(MESSAGES UIDNEXT)"))
        messages += int(data[0].split(b"MESSAGES ", 1)[1].split(b" ", 1)[0])
    meter.stop()
    return {"messages": messages}


def part(job, meter):
    client = connect(job)
    meter.start()
    data = expect(client.uid("FETCH", "1", "(UID BODY.PEEK[2])"))
    size = len(base64.b64decode(data[0][1]))
    meter.stop()
    return {"bytes": size}


def search(job, meter):
    client = connect(job)
    meter.start()
    uids = list(map(int, expect(client.uid("SEARCH", "ALL"))[0].split()))
    total = sum(uids)
    meter.stop()
    return {"messages": len(uids), "uids": total}


class Memory(imaplib.IMAP4):
    """Reads from memory what a server would have sent."""

    def __init__(self, data):
        self.data = data
        super().__init__("memory")

    def open(self, host="", port=0, timeout=None):
        self.file = io.BufferedReader(io.BytesIO(b"* PREAUTH ready\r\n"))

    def read(self, size):
        return self.file.read(size)

    def readline(self):
        return self.file.readline()

    def send(self, data):
        tag, command = data.split(b" ", 1)
        if command.startswith(b"CAPABILITY"):
            answer = b"* CAPABILITY IMAP4rev1\r\n"
        else:
            answer = self.data
        self.file = io.BytesIO(answer + tag + b" OK done\r\n")


def parser(job, meter):
    with open(job["recording"], "rb") as stored:
        stored.readline()
        data = stored.read()
    limit = job.get("limit")
    if limit is not None and len(data) > limit:
        data = data[: data.rindex(b")\r\n* ", 0, limit) + 3]
    client = Memory(data)
    client.state = "SELECTED"
    meter.start()
    rows = expect(client.fetch("1:*", METADATA))
    meter.stop()
    text = b"".join(item[0] if isinstance(item, tuple) else item for item in rows)
    return {
        "messages": len(re.findall(rb"\(UID \d+ FLAGS", text)),
        "uids": sum(map(int, re.findall(rb"\(UID (\d+) FLAGS", text))),
        "sizes": sum(map(int, re.findall(rb" RFC822\.SIZE (\d+)", text))),
    }


TASKS = {
    "metadataRaw": metadata_raw,
    "bodies": bodies,
    "literal": bodies,
    "flagsEach": flags_each,
    "append": append,
    "appendStream": append_large,
    "idle": idle,
    "firstRow": first_row,
    "statusMany": status_many,
    "part": part,
    "search": search,
    "parser": parser,
}

job = json.loads(sys.argv[1])
meter = Meter()
sums = TASKS[job["task"]](job, meter)
print(json.dumps({**meter.result, "extra": meter.extra, "sums": sums}))
