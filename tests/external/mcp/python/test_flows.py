"""The official SDK for Python, in whichever line is installed, from the first request without a token to a step-up, a
refresh and a revocation."""

import asyncio
import os
import unittest
from urllib.parse import urlencode

from administration import administer
from application import REDIRECT_URI, Application, Keeper, claims
from mcp.shared.auth import OAuthClientInformationFull

ISSUER = os.environ["ISSUER"]
DOCUMENT = os.environ["DOCUMENT"]
BRIEF_RESOURCE = os.environ["BRIEF_RESOURCE"]
RESOURCES = [os.environ["ROOT_RESOURCE"], os.environ["PATH_RESOURCE"]]


def registered_before(**metadata):
    """A client that an operator has registered, as the SDK keeps it."""
    created = administer(
        "POST",
        "/admin/clients",
        {
            "client_name": "Registered before",
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "scope": "notes.read notes.write offline_access",
            "security_profile": "oauth21",
            **metadata,
        },
    )
    names = ("client_id", "client_secret", "redirect_uris", "token_endpoint_auth_method")
    return OAuthClientInformationFull(**{name: created[name] for name in names if created.get(name)})


class Flows(unittest.IsolatedAsyncioTestCase):
    def application(self, *arguments, **metadata):
        application = Application(*arguments, **metadata)
        self.addAsyncCleanup(application.close)
        return application

    async def check_flow(self, application):
        self.assertIn("Water the plants", await application.call("list_notes"))
        tokens = application.keeper.tokens
        self.assertEqual(claims(tokens)["aud"], [application.server])
        self.assertEqual(claims(tokens)["iss"], ISSUER)
        self.assertTrue(tokens.refresh_token)
        self.assertEqual(len(application.authorizations), 1)
        self.assertIn("notes", await application.call("add_note", text="Buy milk"))
        self.assertLessEqual({"notes.read", "notes.write"}, set(claims(application.keeper.tokens)["scope"].split()))
        self.assertLessEqual(len(application.authorizations), 2)
        self.assertLessEqual(application.keeper.registrations, 1)

    async def test_registers_itself_with_each_method(self):
        methods = [{}] + [
            {"token_endpoint_auth_method": method} for method in ("none", "client_secret_basic", "client_secret_post")
        ]
        for method in methods:
            for server in RESOURCES:
                with self.subTest(method=method, server=server):
                    await self.check_flow(self.application(server, **method))

    async def test_has_a_document(self):
        for server in RESOURCES:
            with self.subTest(server=server):
                application = self.application(server, document=DOCUMENT)
                await self.check_flow(application)
                self.assertEqual(application.keeper.client.client_id, DOCUMENT)

    async def test_is_registered_before(self):
        for method in ("none", "client_secret_basic"):
            for server in RESOURCES:
                with self.subTest(method=method, server=server):
                    client = registered_before(token_endpoint_auth_method=method)
                    await self.check_flow(self.application(server, Keeper(client)))

    async def test_refreshes_an_expired_token_without_the_person(self):
        application = self.application(BRIEF_RESOURCE, token_endpoint_auth_method="none")
        await application.call("list_notes")
        first = application.keeper.tokens
        await asyncio.sleep(2.5)
        await application.call("list_notes")
        self.assertNotEqual(application.keeper.tokens.access_token, first.access_token)
        self.assertNotEqual(application.keeper.tokens.refresh_token, first.refresh_token)
        self.assertEqual(len(application.authorizations), 1)

    async def test_refreshes_in_two_windows_at_once_and_both_go_on(self):
        first = self.application(BRIEF_RESOURCE, token_endpoint_auth_method="none")
        await first.call("list_notes")
        # As after a start: the SDK knows when a token ends only as long as it runs, so it is told to look again.
        windows = [
            self.application(BRIEF_RESOURCE, Keeper(first.keeper.client, first.keeper.tokens), token_endpoint_auth_method="none")
            for _ in range(2)
        ]
        for _ in range(2):
            await asyncio.sleep(2.5)
            for window in windows:
                window.provider.context.token_expiry_time = 1
                window.provider.context.oauth_metadata = first.provider.context.oauth_metadata
                window.provider.context.protected_resource_metadata = first.provider.context.protected_resource_metadata
            await asyncio.gather(*(window.call("list_notes") for window in windows))
        self.assertEqual([window.authorizations for window in windows], [[], []])

    async def test_asks_the_person_again_after_a_revocation(self):
        application = self.application(BRIEF_RESOURCE)
        await application.call("list_notes")
        query = urlencode({"subject": "ada", "client": application.keeper.client.client_id})
        administer("DELETE", f"/admin/oauth2/auth/sessions/consent?{query}")
        await asyncio.sleep(2.5)
        await application.call("list_notes")
        self.assertEqual(len(application.authorizations), 2)
        self.assertEqual(application.keeper.registrations, 1)


if __name__ == "__main__":
    unittest.main()
