"""An MCP client that a person uses, written with either line of the official SDK: what it keeps, and the person's browser."""

import base64
import json
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urljoin, urlsplit

from mcp import ClientSession
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientMetadata

try:
    import httpx2 as http
    from mcp.shared.auth import AuthorizationCodeResult
except ImportError:
    import httpx as http

    AuthorizationCodeResult = None

REDIRECT_URI = "http://127.0.0.1:33419/callback"
MOST_REDIRECTS = 20


def claims(tokens):
    payload = tokens.access_token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


class Keeper:
    """What the SDK wants to have kept."""

    def __init__(self, client=None, tokens=None):
        self.client = client
        self.tokens = tokens
        self.registrations = 0

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.registrations += self.client is None or client.client_id != self.client.client_id
        self.client = client


async def visit(browser, address, redirect_uri):
    """Follows redirects until one leads to the client; the parameters that it has."""
    for _ in range(MOST_REDIRECTS):
        if address.startswith(redirect_uri):
            answered = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
            assert "code" in answered, address
            return answered
        answer = await browser.get(address, follow_redirects=False)
        assert answer.is_redirect, f"{address} answered {answer.status_code}: {answer.text}"
        address = urljoin(address, answer.headers["location"])
    raise AssertionError(f"more than {MOST_REDIRECTS} redirects, the last to {address}")


@asynccontextmanager
async def session(server, provider):
    async with http.AsyncClient(auth=provider, timeout=30) as client:
        async with streamable_http_client(server, http_client=client) as streams:
            async with ClientSession(*streams[:2]) as opened:
                await opened.initialize()
                yield opened


async def call(server, provider, name, **arguments):
    """The text that a tool answers."""
    async with session(server, provider) as opened:
        answer = await opened.call_tool(name, arguments)
    assert not getattr(answer, "is_error", getattr(answer, "isError", None)), answer
    return answer.content[0].text


class Application:
    def __init__(self, server, keeper=None, document=None, **metadata):
        self.server = server
        self.keeper = keeper or Keeper()
        self.authorizations = []
        self._browser = http.AsyncClient()
        self.provider = OAuthClientProvider(
            server_url=server,
            client_metadata=OAuthClientMetadata(
                client_name="A client of the SDK", redirect_uris=[REDIRECT_URI], **metadata
            ),
            storage=self.keeper,
            redirect_handler=self._go,
            callback_handler=self._come_back,
            client_metadata_url=document,
        )

    async def _go(self, address):
        self.authorizations.append(address)

    async def _come_back(self):
        answered = await visit(self._browser, self.authorizations[-1], REDIRECT_URI)
        if AuthorizationCodeResult is None:
            return answered["code"], answered.get("state")
        return AuthorizationCodeResult(**{name: answered.get(name) for name in ("code", "state", "iss")})

    async def call(self, name, **arguments):
        return await call(self.server, self.provider, name, **arguments)

    async def close(self):
        await self._browser.aclose()


