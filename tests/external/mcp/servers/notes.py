import os
from urllib.parse import urlsplit

import httpx2
import jwt
import uvicorn
from mcp.server import MCPServer
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.transport_security import TransportSecuritySettings

ISSUER = os.environ.get("ISSUER", "https://login.example.com")
RESOURCE = os.environ.get("RESOURCE", "https://notes.example.com/mcp")
PORT = int(os.environ.get("PORT", "3000"))

# What the authorization server says of itself (RFC 8414). The path of an issuer comes after the well-known part.
issuer, resource = urlsplit(ISSUER), urlsplit(RESOURCE)
well_known = f"{issuer.scheme}://{issuer.netloc}/.well-known/oauth-authorization-server{issuer.path.rstrip('/')}"
keys = jwt.PyJWKClient(httpx2.get(well_known).raise_for_status().json()["jwks_uri"])


class Verifier:
    """Signature, issuer, audience, type and times of an access token (RFC 9068 §4)."""

    async def verify_token(self, token):
        try:
            if jwt.get_unverified_header(token).get("typ") != "at+jwt":
                return None
            key = keys.get_signing_key_from_jwt(token).key
            required = {"require": ["exp", "iss", "aud", "sub", "client_id"]}
            algorithms = ["RS256", "ES256", "PS256", "EdDSA"]
            claims = jwt.decode(token, key, algorithms, required, audience=RESOURCE, issuer=ISSUER)
        except jwt.PyJWTError:
            return None
        scopes = claims.get("scope", "").split()
        return AccessToken(token=token, client_id=claims["client_id"], scopes=scopes, expires_at=claims["exp"], resource=RESOURCE)


server = MCPServer(
    "notes",
    token_verifier=Verifier(),
    auth=AuthSettings(
        issuer_url=ISSUER, resource_server_url=RESOURCE, required_scopes=["notes.read"], validate_token_resource=True
    ),
)
notes = ["Water the plants"]


@server.tool()
def list_notes() -> str:
    """All notes"""
    return "\n".join(notes)


@server.tool()
def add_note(text: str) -> str:
    """Writes a note down"""
    if "notes.write" not in get_access_token().scopes:
        raise ValueError("this needs the scope notes.write")
    notes.append(text)
    return f"{len(notes)} notes"


if __name__ == "__main__":
    hosts = TransportSecuritySettings(allowed_hosts=[resource.netloc])
    path = resource.path or "/"
    app = server.streamable_http_app(streamable_http_path=path, transport_security=hosts, host="0.0.0.0")
    uvicorn.run(app, host="0.0.0.0", port=PORT, log_level="warning")
