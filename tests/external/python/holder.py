"""The holder of a credential: a key pair, and the proof that it is theirs (OpenID Connect UserInfo Verifiable
Credentials, draft 00)."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256


class Holder:
    def __init__(self):
        self._key = generate_private_key(SECP256R1())

    @property
    def jwk(self):
        """The public key."""
        point = self._key.public_key().public_numbers()
        return {"kty": "EC", "crv": "P-256", "x": coordinate(point.x), "y": coordinate(point.y)}

    def proof(self, nonce):
        """A signed JWT over the nonce."""
        header = {"alg": "ES256", "typ": "openid4vci-proof+jwt", "jwk": self.jwk}
        message = ".".join(encode(json.dumps(part).encode()) for part in (header, {"nonce": nonce}))
        r, s = decode_dss_signature(self._key.sign(message.encode(), ECDSA(SHA256())))
        return f"{message}.{encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def coordinate(number):
    return encode(number.to_bytes(32, "big"))


def encode(content):
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def decode(text):
    return json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def claims_of(token):
    """The claims of a JWT, unverified."""
    return decode(token.split(".")[1])


def key_of_did(did):
    """The key in a `did:jwk`."""
    return decode(did.removeprefix("did:jwk:"))
