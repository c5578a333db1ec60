"""A login, consent and logout page in Python, without libraries. ADMIN is Symbolon's admin port, PORT is ours."""

import json
import os
from hmac import compare_digest
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

ADMIN = os.environ.get("ADMIN", "http://127.0.0.1:4445")

# Your own accounts come here. Passwords belong hashed into a database.
PEOPLE = {"alice": {"password": "wonderland", "name": "Alice Liddell"}}


class Fault(Exception):
    """What a person is told when it does not go on."""


def ask(kind, challenge, answer=None, body=None):
    """Asks the admin port about a challenge of this kind, or answers it with `accept` or `reject`."""
    path = f"{kind}/{answer}" if answer else kind
    request = Request(f"{ADMIN}/admin/oauth2/auth/requests/{path}?{urlencode({kind + '_challenge': challenge})}")
    if answer:
        request.method, request.data = "PUT", json.dumps(body or {}).encode()
        request.add_header("Content-Type", "application/json")
    try:
        with urlopen(request) as response:
            return json.load(response)
    except HTTPError as refusal:
        result = json.load(refusal)
        # 410: it was answered before, and says where to go on.
        if refusal.code == 410:
            return result
        raise Fault(result.get("error_description") or result["error"]) from None


def form(kind, challenge, content):
    return f"""<!doctype html><meta charset="utf-8"><title>{kind}</title>
<form method="post" action="/{kind}"><input type="hidden" name="challenge" value="{escape(challenge)}">{content}</form>"""


def login_form(challenge, fault=""):
    return form("login", challenge, f"""<p role="alert">{fault}</p>
<label>Name <input name="username" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button>""")


def grant(challenge, request):
    person = PEOPLE.get(request["subject"], {})
    return ask("consent", challenge, "accept", {
        "grant_scope": request["requested_scope"],
        "grant_access_token_audience": request["requested_access_token_audience"],
        "remember": True,
        "session": {"id_token": {"name": person.get("name")}},
    })


def show_login(challenge):
    request = ask("login", challenge)
    if "redirect_to" in request:
        return request
    # Somebody who is known from an earlier login must be accepted as that person.
    if request["skip"]:
        return ask("login", challenge, "accept", {"subject": request["subject"]})
    return login_form(challenge)


def show_consent(challenge):
    request = ask("consent", challenge)
    if "redirect_to" in request:
        return request
    client = request["client"]
    if request["skip"] or client.get("skip_consent"):
        return grant(challenge, request)
    scopes = "".join(f"<li>{escape(scope)}" for scope in request["requested_scope"])
    return form("consent", challenge, f"""<p>{escape(client.get("client_name") or client["client_id"])} asks for</p>
<ul>{scopes}</ul><button name="answer" value="allow">Allow</button> <button name="answer" value="refuse">Refuse</button>""")


def receive_login(challenge, fields):
    name = fields.get("username", "")
    password = PEOPLE.get(name, {}).get("password", "")
    if not password or not compare_digest(password.encode(), fields.get("password", "").encode()):
        return login_form(challenge, "That is not right.")
    return ask("login", challenge, "accept", {"subject": name, "remember": True, "remember_for": 3600})


def receive_consent(challenge, fields):
    if fields.get("answer") != "allow":
        return ask("consent", challenge, "reject", {"error": "access_denied"})
    request = ask("consent", challenge)
    return request if "redirect_to" in request else grant(challenge, request)


SHOW = {
    "login": show_login,
    "consent": show_consent,
    "logout": lambda challenge: form("logout", challenge, "<button>Sign out</button>"),
}
RECEIVE = {
    "login": receive_login,
    "consent": receive_consent,
    "logout": lambda challenge, fields: ask("logout", challenge, "accept"),
}


class Pages(BaseHTTPRequestHandler):
    def log_message(self, format, *arguments):
        """Addresses have challenges in them, which are not for logs."""

    def do_GET(self):
        url = urlsplit(self.path)
        kind = url.path[1:]
        challenge = parse_qs(url.query).get(f"{kind}_challenge", [""])[0]
        self.answer(kind, SHOW, challenge)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        fields = {name: values[0] for name, values in parse_qs(body).items()}
        self.answer(self.path[1:], RECEIVE, fields.get("challenge", ""), fields)

    def answer(self, kind, pages, *arguments):
        try:
            result = pages[kind](*arguments) if kind in pages else "<!doctype html><title>Nothing is here</title>"
            status = 303 if "redirect_to" in result and isinstance(result, dict) else 200
        except Fault as fault:
            status, result = 400, escape(str(fault))
        self.send_response(status)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        self.send_header("Content-Type", "text/html; charset=utf-8")
        if status == 303:
            self.send_header("Location", result["redirect_to"])
        self.end_headers()
        if status != 303:
            self.wfile.write(result.encode())


ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "3000"))), Pages).serve_forever()
