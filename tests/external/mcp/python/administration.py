"""What an operator does over the admin port."""

import json
import os
from urllib.request import Request, urlopen

ADMIN = os.environ["ADMIN"]


def administer(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(ADMIN + path, data, {"content-type": "application/json"}, method=method)) as answer:
        return json.loads(answer.read() or "null")
