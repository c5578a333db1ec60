"""An MCP client that a person uses, written with either line of the official SDK: what it keeps, and the person's browser."""

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
        """Follows redirects until one leads to the client."""
        address = self.authorizations[-1]
        for _ in range(MOST_REDIRECTS):
            if address.startswith(REDIRECT_URI):
                answered = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
                assert "code" in answered, address
                if AuthorizationCodeResult is None:
                    return answered["code"], answered.get("state")
                return AuthorizationCodeResult(**{name: answered.get(name) for name in ("code", "state", "iss")})
            answer = await self._browser.get(address, follow_redirects=False)
            assert answer.is_redirect, f"{address} answered {answer.status_code}: {answer.text}"
            address = urljoin(address, answer.headers["location"])
        raise AssertionError(f"more than {MOST_REDIRECTS} redirects, the last to {address}")

    @asynccontextmanager
    async def session(self):
        async with http.AsyncClient(auth=self.provider, timeout=30) as client:
            async with streamable_http_client(self.server, http_client=client) as streams:
                async with ClientSession(*streams[:2]) as session:
                    await session.initialize()
                    yield session

    async def call(self, name, **arguments):
        """The text that a tool answers."""
        async with self.session() as session:
            answer = await session.call_tool(name, arguments)
        assert not getattr(answer, "is_error", getattr(answer, "isError", None)), answer
        return answer.content[0].text

    async def close(self):
        await self._browser.aclose()


