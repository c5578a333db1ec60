"""A login application written with the generated SDK: it accepts the login and the consent of one flow, and gives the
tokens that come of it."""

import os
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlencode, urlsplit

import ory_client
import urllib3

PUBLIC = os.environ["PUBLIC"]
ADMIN = os.environ["ADMIN"]
REDIRECT_URI = "http://127.0.0.1:5555/callback"
SCOPE = "openid offline"


class Browser:
    """A browser as far as a flow needs one: it keeps cookies and goes where it is sent, one step at a time."""

    def __init__(self):
        self._http = urllib3.PoolManager()
        self._cookies = SimpleCookie()

    def follow(self, address):
        """Opens an address that must answer with a redirect; where it leads."""
        cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in self._cookies.items())
        answer = self._http.request("GET", address, headers={"Cookie": cookie}, redirect=False)
        for header in answer.headers.getlist("set-cookie"):
            self._cookies.load(header)
        assert answer.status in (302, 303), f"{address} answered {answer.status}"
        return answer.headers["location"]


def api(kind, host, **credentials):
    """An API of the SDK for one of the listeners."""
    return kind(ory_client.ApiClient(ory_client.Configuration(host=host, **credentials)))


def parameter(address, name):
    """A parameter in the query of an address."""
    values = parse_qs(urlsplit(address).query).get(name)
    assert values, f"no {name} in {address}"
    return values[0]


def tokens_of(subject):
    """A whole flow of a new client and `subject`."""
    admin = api(ory_client.OAuth2Api, ADMIN)
    client = admin.create_o_auth2_client(
        ory_client.OAuth2Client(
            redirect_uris=[REDIRECT_URI], grant_types=["authorization_code", "refresh_token"], scope=SCOPE
        )
    )
    request = {
        "client_id": client.client_id,
        "response_type": "code",
        "redirect_uri": REDIRECT_URI,
        "scope": SCOPE,
        "state": "state-of-the-client",
    }
    browser = Browser()
    page = browser.follow(f"{PUBLIC}/oauth2/auth?{urlencode(request)}")
    page = browser.follow(accept_login(admin, parameter(page, "login_challenge"), client, subject))
    callback = browser.follow(accept_consent(admin, parameter(page, "consent_challenge"), subject))
    public = api(ory_client.OAuth2Api, PUBLIC, username=client.client_id, password=client.client_secret)
    return public.oauth2_token_exchange(
        "authorization_code", code=parameter(callback, "code"), redirect_uri=REDIRECT_URI
    )


def accept_login(admin, challenge, client, subject):
    request = admin.get_o_auth2_login_request(challenge)
    assert (request.challenge, request.client.client_id) == (challenge, client.client_id)
    assert (request.skip, request.subject) == (False, "")
    return admin.accept_o_auth2_login_request(
        challenge, ory_client.AcceptOAuth2LoginRequest(subject=subject)
    ).redirect_to


def accept_consent(admin, challenge, subject):
    request = admin.get_o_auth2_consent_request(challenge)
    assert (request.subject, request.requested_scope) == (subject, SCOPE.split())
    claims = {"name": "Ada Lovelace", "email_verified": True, "team": "north"}
    accepted = ory_client.AcceptOAuth2ConsentRequest(
        grant_scope=request.requested_scope,
        session=ory_client.AcceptOAuth2ConsentRequestSession(id_token=claims),
    )
    return admin.accept_o_auth2_consent_request(challenge, accepted).redirect_to
