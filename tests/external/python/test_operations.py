"""Ory's generated SDK for Python (`ory-client`) drives a Symbolon server through all eight operations of its
`OidcApi`."""

import json
import unittest
from datetime import datetime

import ory_client
from ory_client.exceptions import ApiException

from holder import Holder, claims_of, key_of_did
from login_application import PUBLIC, api, tokens_of

METADATA = {
    "client_name": "Weather",
    "redirect_uris": ["https://app.example/callback"],
    "grant_types": ["authorization_code", "refresh_token"],
    "contacts": ["ops@app.example"],
}


def oidc(token=None):
    return api(ory_client.OidcApi, PUBLIC, access_token=token)


def metadata(**changes):
    return ory_client.OAuth2Client(**{**METADATA, **changes})


class Operations(unittest.TestCase):
    def registered(self):
        client = oidc().create_oidc_dynamic_client(metadata())
        return client, client.client_id, client.registration_access_token

    def refusal(self, status, call, *arguments):
        """Calls what must be refused with this status; the body."""
        with self.assertRaises(ApiException) as caught:
            call(*arguments)
        self.assertEqual(caught.exception.status, status)
        return json.loads(caught.exception.body)

    def test_discover_oidc_configuration(self):
        document = oidc().discover_oidc_configuration()
        self.assertEqual(document.issuer, PUBLIC)
        self.assertEqual(document.authorization_endpoint, f"{PUBLIC}/oauth2/auth")
        self.assertEqual(document.registration_endpoint, f"{PUBLIC}/oauth2/register")
        self.assertEqual(document.device_authorization_endpoint, f"{PUBLIC}/oauth2/device/auth")
        self.assertEqual(document.id_token_signed_response_alg, ["RS256"])
        self.assertEqual(document.userinfo_signed_response_alg, ["RS256"])
        self.assertEqual(document.credentials_supported_draft_00[0].format, "jwt_vc_json")

    def test_create_oidc_dynamic_client(self):
        client, client_id, _ = self.registered()
        self.assertEqual(client.client_name, "Weather")
        self.assertEqual(client.redirect_uris, METADATA["redirect_uris"])
        self.assertEqual(client.token_endpoint_auth_method, "client_secret_basic")
        self.assertEqual(client.registration_client_uri, f"{PUBLIC}/oauth2/register/{client_id}")
        self.assertGreaterEqual(len(client.client_secret), 26)
        self.assertIsInstance(client.created_at, datetime)
        wrong = metadata(redirect_uris=["https://app.example/#fragment"])
        body = self.refusal(400, oidc().create_oidc_dynamic_client, wrong)
        self.assertEqual(body["error"], "invalid_redirect_uri")

    def test_get_oidc_dynamic_client(self):
        _, client_id, token = self.registered()
        read = oidc(token).get_oidc_dynamic_client(client_id)
        self.assertEqual((read.client_id, read.contacts), (client_id, METADATA["contacts"]))
        self.assertIsNone(read.client_secret)
        self.refusal(401, oidc().get_oidc_dynamic_client, client_id)
        self.refusal(401, oidc("made-up").get_oidc_dynamic_client, client_id)

    def test_set_oidc_dynamic_client(self):
        _, client_id, token = self.registered()
        wanted = oidc(token).get_oidc_dynamic_client(client_id)
        wanted.client_name = "Weather 2"
        changed = oidc(token).set_oidc_dynamic_client(client_id, wanted)
        self.assertEqual(changed.client_name, "Weather 2")
        self.assertNotEqual(changed.registration_access_token, token)
        self.refusal(401, oidc(token).set_oidc_dynamic_client, client_id, wanted)
        again = oidc(changed.registration_access_token).get_oidc_dynamic_client(client_id)
        again.updated_at = wanted.updated_at
        self.assertEqual(again, wanted)

    def test_delete_oidc_dynamic_client(self):
        _, client_id, token = self.registered()
        self.assertIsNone(oidc(token).delete_oidc_dynamic_client(client_id))
        self.refusal(401, oidc(token).get_oidc_dynamic_client, client_id)

    def test_get_oidc_user_info(self):
        token = tokens_of("python-userinfo").access_token
        user = oidc(token).get_oidc_user_info()
        self.assertEqual((user.sub, user.name), ("python-userinfo", "Ada Lovelace"))
        self.assertIs(user.email_verified, True)
        self.assertEqual(user.additional_properties["team"], "north")
        self.refusal(401, oidc().get_oidc_user_info)

    def test_create_verifiable_credential(self):
        authenticated = oidc()
        # The SDK sends no token here by itself.
        token = tokens_of("python-credential").access_token
        authenticated.api_client.set_default_header("Authorization", f"Bearer {token}")
        ask = authenticated.create_verifiable_credential
        body = ory_client.CreateVerifiableCredentialRequestBody(format="jwt_vc_json")
        primed = self.refusal(400, ask, body)
        self.assertEqual((primed["error"], primed["c_nonce_expires_in"]), ("missing_proof", 3600))
        holder = Holder()
        body.proof = ory_client.VerifiableCredentialProof(proof_type="jwt", jwt=holder.proof(primed["c_nonce"]))
        issued = ask(body)
        self.assertEqual(issued.format, "jwt_vc_json")
        credential = claims_of(issued.credential_draft_00)
        self.assertEqual(credential["iss"], PUBLIC)
        self.assertEqual(key_of_did(credential["sub"])["x"], holder.jwk["x"])
        self.assertEqual(credential["vc"]["type"], ["VerifiableCredential", "UserInfoCredential"])
        self.assertEqual(credential["vc"]["credentialSubject"]["name"], "Ada Lovelace")
        self.refusal(401, oidc().create_verifiable_credential)

    def test_revoke_oidc_session(self):
        # Nobody is logged in: the redirect leads to a page that answers.
        self.assertIsNone(oidc().revoke_oidc_session())


if __name__ == "__main__":
    unittest.main()
