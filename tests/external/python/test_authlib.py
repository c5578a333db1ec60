"""An application and a resource server written with Authlib: logins with PKCE, the ways in which a client authenticates,
tokens through their life, access tokens in the form of RFC 9068, and clients that register themselves."""

import unittest
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import ory_client
import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc6749 import ResourceProtector
from authlib.oauth2.rfc6750.errors import InsufficientScopeError, InvalidTokenError
from authlib.oauth2.rfc7523 import ClientSecretJWT, PrivateKeyJWT
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from login_application import ADMIN, PUBLIC, REDIRECT_URI, SCOPE, Browser, accept_consent, accept_login, api, parameter

API = "https://api.example/notes"
METADATA = requests.get(f"{PUBLIC}/.well-known/openid-configuration", timeout=10).json()
TOKEN_ENDPOINT = METADATA["token_endpoint"]
INTROSPECTION_ENDPOINT = f"{ADMIN}/admin/oauth2/introspect"


def keys_of_the_server():
    return KeySet.import_key_set(requests.get(METADATA["jwks_uri"], timeout=10).json())


def new_client(**metadata):
    """A client as the administrator makes it; what it is told about itself."""
    body = {
        "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "scope": f"{SCOPE} notes.read",
        **metadata,
    }
    answer = requests.post(f"{ADMIN}/admin/clients", json=body, timeout=10)
    assert answer.status_code == 201, answer.text
    return answer.json()


def session(client, method, secret=None, **options):
    """Authlib's session of a client that authenticates by `method`."""
    made = OAuth2Session(
        client["client_id"],
        client.get("client_secret", secret),
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
        redirect_uri=REDIRECT_URI,
        code_challenge_method="S256",
        **options,
    )
    made.register_client_auth_method(ClientSecretJWT(TOKEN_ENDPOINT))
    return made


def with_key(key, algorithm, client=None):
    """A client that authenticates with a key, registered unless it is given."""
    jwk = {**key.as_dict(private=False), "use": "sig", "alg": algorithm}
    client = client or new_client(
        token_endpoint_auth_method="private_key_jwt",
        token_endpoint_auth_signing_alg=algorithm,
        jwks={"keys": [jwk]},
    )
    made = session(client, "private_key_jwt", secret=key)
    headers = {"kid": jwk["kid"]}
    made.register_client_auth_method(PrivateKeyJWT(TOKEN_ENDPOINT, alg=algorithm, headers=headers))
    return made


def new_key(kind=ECKey, size="P-256"):
    return kind.generate_key(size, parameters={"kid": generate_token(8)})


def log_in(own, **parameters):
    """A person agrees to what the application of this session asks for; the address at which they come back, the
    state, and the verifier."""
    verifier = generate_token(48)
    scope = parameters.pop("scope", SCOPE)
    address, state = own.create_authorization_url(
        METADATA["authorization_endpoint"], code_verifier=verifier, scope=scope, **parameters
    )
    admin = api(ory_client.OAuth2Api, ADMIN)
    browser = Browser()
    page = browser.follow(address)
    client = SimpleNamespace(client_id=own.client_id)
    page = browser.follow(accept_login(admin, parameter(page, "login_challenge"), client, "ada"))
    return browser.follow(accept_consent(admin, parameter(page, "consent_challenge"), "ada")), state, verifier


def redeem(own, callback, state, verifier):
    return own.fetch_token(TOKEN_ENDPOINT, authorization_response=callback, state=state, code_verifier=verifier)


def introspect(own, token):
    return own.introspect_token(INTROSPECTION_ENDPOINT, token=token).json()


class Applications(unittest.TestCase):
    def refused(self, error, call, *arguments, **named):
        """Calls what the server must refuse with this code."""
        with self.assertRaises(OAuthError) as caught:
            call(*arguments, **named)
        self.assertEqual(caught.exception.error, error)

    def test_person_logs_in_with_pkce(self):
        own = session(new_client(token_endpoint_auth_method="none", client_secret=None), "none")
        nonce = generate_token(16)
        callback, state, verifier = log_in(own, nonce=nonce)
        self.assertEqual(parse_qs(urlsplit(callback).query)["iss"], [PUBLIC])
        tokens = redeem(own, callback, state, verifier)
        self.assertEqual((tokens["token_type"], tokens["scope"]), ("bearer", SCOPE))

        text = tokens["id_token"]
        decoded = jwt.decode(text, keys_of_the_server(), algorithms=["RS256"])
        expected = {"iss": PUBLIC, "aud": own.client_id, "sub": "ada", "nonce": nonce}
        options = {name: {"essential": True, "value": value} for name, value in expected.items()}
        given = {"nonce": nonce, "client_id": own.client_id, "access_token": tokens["access_token"]}
        identity = CodeIDToken(decoded.claims, decoded.header, options, given)
        identity.validate()
        self.assertEqual((identity["sub"], identity["team"]), ("ada", "north"))

        user = own.get(METADATA["userinfo_endpoint"]).json()
        self.assertEqual((user["sub"], user["name"]), ("ada", "Ada Lovelace"))

    def test_another_verifier_uses_up_the_code(self):
        own = session(new_client(token_endpoint_auth_method="none", client_secret=None), "none")
        callback, state, verifier = log_in(own)
        self.refused("invalid_grant", redeem, own, callback, state, generate_token(48))
        self.refused("invalid_grant", redeem, own, callback, state, verifier)

    def test_tokens_are_refreshed_and_revoked(self):
        own = with_key(new_key(), "ES256")
        tokens = redeem(own, *log_in(own))
        first = dict(tokens)
        second = dict(own.refresh_token(TOKEN_ENDPOINT, refresh_token=first["refresh_token"]))
        self.assertNotEqual(second["access_token"], first["access_token"])
        self.assertNotEqual(second["refresh_token"], first["refresh_token"])
        narrower = dict(own.refresh_token(TOKEN_ENDPOINT, refresh_token=second["refresh_token"], scope="openid"))
        self.assertEqual(narrower["scope"], "openid")
        wider = {"refresh_token": narrower["refresh_token"], "scope": f"{SCOPE} notes.read"}
        self.refused("invalid_scope", own.refresh_token, TOKEN_ENDPOINT, **wider)

        shown = introspect(own, narrower["access_token"])
        self.assertEqual((shown["active"], shown["sub"], shown["scope"]), (True, "ada", "openid"))
        revoked = own.revoke_token(METADATA["revocation_endpoint"], narrower["refresh_token"], "refresh_token")
        self.assertEqual(revoked.status_code, 200)
        for token in (narrower["access_token"], narrower["refresh_token"], second["access_token"]):
            self.assertEqual(introspect(own, token), {"active": False})
        again = {"refresh_token": narrower["refresh_token"]}
        self.refused("invalid_grant", own.refresh_token, TOKEN_ENDPOINT, **again)

    def test_client_authenticates_as_registered(self):
        for method in ("client_secret_basic", "client_secret_post", "client_secret_jwt"):
            with self.subTest(method):
                client = new_client(token_endpoint_auth_method=method)
                tokens = session(client, method).fetch_token(
                    TOKEN_ENDPOINT, grant_type="client_credentials", scope="notes.read"
                )
                self.assertEqual(tokens["scope"], "notes.read")
                guess = session({**client, "client_secret": "g" * 32}, method)
                self.refused("invalid_client", guess.fetch_token, TOKEN_ENDPOINT, grant_type="client_credentials")
        for kind, size, algorithm in (
            (RSAKey, 2048, "RS256"),
            (RSAKey, 2048, "PS256"),
            (ECKey, "P-256", "ES256"),
            (ECKey, "P-384", "ES384"),
        ):
            with self.subTest(algorithm):
                own = with_key(new_key(kind, size), algorithm)
                tokens = own.fetch_token(TOKEN_ENDPOINT, grant_type="client_credentials", scope="notes.read")
                self.assertEqual(introspect(own, tokens["access_token"])["sub"], own.client_id)
                stranger = with_key(new_key(kind, size), algorithm, {"client_id": own.client_id})
                self.refused("invalid_client", stranger.fetch_token, TOKEN_ENDPOINT, grant_type="client_credentials")

    def test_client_manages_its_registration(self):
        wanted = {"client_name": "Notes", "redirect_uris": [REDIRECT_URI], "scope": SCOPE}
        answer = requests.post(METADATA["registration_endpoint"], json=wanted, timeout=10)
        self.assertEqual(answer.status_code, 201)
        client = answer.json()

        def manager(token):
            return OAuth2Session(token={"access_token": token, "token_type": "bearer"})

        address = client["registration_client_uri"]
        token = client["registration_access_token"]
        read = manager(token).get(address)
        self.assertEqual((read.status_code, read.json()["client_name"]), (200, "Notes"))
        changed = manager(token).put(address, json={**wanted, "client_id": client["client_id"], "client_name": "Diary"})
        self.assertEqual((changed.status_code, changed.json()["client_name"]), (200, "Diary"))
        # The token is another one from now on.
        self.assertEqual(manager(token).get(address).status_code, 401)
        token = changed.json()["registration_access_token"]
        self.assertEqual(manager(token).get(address).json()["client_name"], "Diary")
        wrong = {**wanted, "client_id": client["client_id"], "redirect_uris": ["javascript:alert(1)"]}
        refused = manager(token).put(address, json=wrong)
        self.assertEqual((refused.status_code, refused.json()["error"]), (400, "invalid_redirect_uri"))
        self.assertEqual(manager(token).delete(address).status_code, 204)
        self.assertEqual(manager(token).get(address).status_code, 401)


class KeysOfTheServer(JWTBearerTokenValidator):
    def get_jwks(self):
        return keys_of_the_server()


class ResourceServer(unittest.TestCase):
    """Resources that Authlib protects: it verifies JWT access tokens by RFC 9068 §4."""

    def allowed(self, token, scope, resource=API, issuer=PUBLIC):
        """The claims of the token, if the resource may be read with it."""
        protector = ResourceProtector()
        protector.register_token_validator(KeysOfTheServer(issuer=issuer, resource_server=resource))
        request = SimpleNamespace(headers={"Authorization": f"Bearer {token}"})
        return protector.validate_request([scope], request)

    def test_resource_is_read_with_the_right_token(self):
        client = new_client(audience=[API], access_token_strategy="rfc9068")
        own = session(client, "client_secret_basic")
        token = own.fetch_token(
            TOKEN_ENDPOINT, grant_type="client_credentials", scope="notes.read", audience=API
        )["access_token"]
        claims = self.allowed(token, "notes.read")
        expected = (client["client_id"], client["client_id"], [API], "notes.read")
        self.assertEqual((claims["sub"], claims["client_id"], claims["aud"], claims["scope"]), expected)
        self.assertEqual(claims.header["typ"], "at+jwt")
        with self.assertRaises(InsufficientScopeError):
            self.allowed(token, "notes.write")
        with self.assertRaises(InvalidTokenError):
            self.allowed(token, "notes.read", resource="https://api.example/accounts")
        with self.assertRaises(InvalidTokenError):
            self.allowed(token, "notes.read", issuer="https://attacker.example")
        head, body, signature = token.split(".")
        with self.assertRaises(InvalidTokenError):
            self.allowed(f"{head}.{body}.{signature[::-1]}", "notes.read")

    def test_persons_token_says_who_and_how(self):
        client = new_client(access_token_strategy="rfc9068")
        own = session(client, "client_secret_basic")
        tokens = redeem(own, *log_in(own))
        # Nobody asked for an audience: the server's own resources.
        claims = self.allowed(tokens["access_token"], "openid", resource=PUBLIC)
        self.assertEqual((claims["sub"], claims["client_id"]), ("ada", client["client_id"]))
        self.assertIn("auth_time", claims)
        # An ID token is none, though the same keys have signed it.
        with self.assertRaises(InvalidTokenError):
            self.allowed(tokens["id_token"], "openid", resource=client["client_id"])


if __name__ == "__main__":
    unittest.main()
