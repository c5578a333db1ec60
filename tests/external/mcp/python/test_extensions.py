"""What MCP has beyond a person in a browser, with the official SDK for Python: clients for themselves (both lines), and clients
that a company's identity provider vouches for (the second line)."""

import os
import unittest
from urllib.parse import urlencode

import jwt
from administration import administer
from application import REDIRECT_URI, Keeper, call, claims, http, visit
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from mcp.client.auth.extensions.client_credentials import (
    ClientCredentialsOAuthProvider,
    PrivateKeyJWTOAuthProvider,
    SignedJWTParameters,
)

try:
    from mcp.client.auth.extensions.identity_assertion import IdentityAssertionOAuthProvider
except ImportError:
    IdentityAssertionOAuthProvider = None

FIRST_LINE = IdentityAssertionOAuthProvider is None
ISSUER = os.environ["ISSUER"]
PROVIDER = os.environ["PROVIDER"]
CHAT_SECRET = os.environ["CHAT_SECRET"]
RESOURCES = [os.environ["ROOT_RESOURCE"], os.environ["PATH_RESOURCE"]]


def program(**metadata):
    """A client for itself, as the operator registers it."""
    common = {"grant_types": ["client_credentials"], "response_types": [], "scope": "notes.read"}
    return administer("POST", "/admin/clients", {**common, **metadata})


class ClientsForThemselves(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.key = rsa.generate_private_key(65537, 2048)

    async def check(self, server, provider, client_id):
        self.assertIn("Water the plants", await call(server, provider, "list_notes"))
        tokens = provider.context.current_tokens
        said = claims(tokens)
        self.assertEqual(
            [said[name] for name in ("iss", "aud", "client_id", "sub", "scope")],
            [ISSUER, [server], client_id, client_id, "notes.read"],
        )
        self.assertIsNone(tokens.refresh_token)

    async def test_with_a_secret(self):
        # In the first line client_secret_post comes without the client's id, which no server can take.
        for method in ("client_secret_basic",) if FIRST_LINE else ("client_secret_basic", "client_secret_post"):
            for server in RESOURCES:
                with self.subTest(method=method, server=server):
                    client = program(token_endpoint_auth_method=method)
                    provider = ClientCredentialsOAuthProvider(
                        server, Keeper(), client["client_id"], client["client_secret"], method, "notes.read", ISSUER
                    )
                    await self.check(server, provider, client["client_id"])

    async def test_with_a_key(self):
        jwk = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        pem = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        for server in RESOURCES:
            with self.subTest(server=server):
                keys = {"keys": [{**jwk, "kid": "one", "use": "sig", "alg": "RS256"}]}
                client_id = program(token_endpoint_auth_method="private_key_jwt", jwks=keys)["client_id"]
                sign = SignedJWTParameters(issuer=client_id, subject=client_id, signing_key=pem).create_assertion_provider()

                async def assertion(audience, sign=sign):
                    # The first line has a slash behind an issuer without a path, which is another name.
                    self.assertEqual(audience.removesuffix("/") if FIRST_LINE else audience, ISSUER)
                    return await sign(ISSUER)

                provider = PrivateKeyJWTOAuthProvider(server, Keeper(), client_id, assertion, "notes.read", ISSUER)
                await self.check(server, provider, client_id)


class VouchedFor(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.browser = http.AsyncClient()
        self.addAsyncCleanup(self.browser.aclose)
        self.assertions = []

    async def ask_the_provider(self, **form):
        """The answer of its token endpoint to the client `chat`."""
        form.update(client_id="chat", client_secret=CHAT_SECRET)
        answer = await self.browser.post(f"{PROVIDER}/oauth2/token", data=form)
        self.assertEqual(answer.status_code, 200, answer.text)
        return answer.json()

    async def log_in(self):
        """The ID token that the client `chat` has after the person logged in at the identity provider."""
        asked = {"client_id": "chat", "response_type": "code", "scope": "openid", "state": "a state of the client"}
        query = urlencode({**asked, "redirect_uri": REDIRECT_URI})
        answered = await visit(self.browser, f"{PROVIDER}/oauth2/auth?{query}", REDIRECT_URI)
        tokens = await self.ask_the_provider(
            grant_type="authorization_code", code=answered["code"], redirect_uri=REDIRECT_URI
        )
        return tokens["id_token"]

    async def vouch(self, audience, resource):
        answered = await self.ask_the_provider(
            grant_type="urn:ietf:params:oauth:grant-type:token-exchange",
            requested_token_type="urn:ietf:params:oauth:token-type:id-jag",
            subject_token=await self.log_in(),
            subject_token_type="urn:ietf:params:oauth:token-type:id_token",
            audience=audience,
            resource=resource,
        )
        self.assertions.append(answered["access_token"])
        return self.assertions[-1]

    async def test_a_company_s_identity_provider_vouches(self):
        for server in RESOURCES:
            with self.subTest(server=server):
                keeper = Keeper()
                provider = IdentityAssertionOAuthProvider(
                    server, keeper, "chat-at-notes", CHAT_SECRET, ISSUER, self.vouch,
                    token_endpoint_auth_method="client_secret_basic",
                )
                self.assertIn("Water the plants", await call(server, provider, "list_notes"))
                said = claims(keeper.tokens)
                self.assertEqual(
                    [said[name] for name in ("iss", "aud", "client_id", "sub")],
                    [ISSUER, [server], "chat-at-notes", "ada"],
                )
                self.assertIsNone(keeper.tokens.refresh_token)
        self.assertEqual(len(self.assertions), len(RESOURCES))


def load_tests(loader, tests, _pattern):
    """The first line of the SDK has no provider for identity assertions, so that there is nothing to test."""
    if not FIRST_LINE:
        return tests
    return unittest.TestSuite(
        loader.loadTestsFromTestCase(case)
        for case in list(globals().values())
        if isinstance(case, type) and issubclass(case, unittest.TestCase) and case is not VouchedFor
    )


if __name__ == "__main__":
    unittest.main()
