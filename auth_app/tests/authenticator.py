"""A device with a passkey, made of its parts."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData
from fido2.webauthn import CollectedClientData as ClientData

VERIFIED = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


@dataclass
class Authenticator:
    """Answers as a browser would that shows a page of `origin`."""

    origin: str
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = b"a credential of sixteen bytes!!"
    flags: AuthenticatorData.FLAG = VERIFIED

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        key = options["publicKey"]
        public = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(b"\0" * 16, self.credential_id, public)
        about = AuthenticatorData.create(
            self._host(key["rp"]["id"]), self.flags | AuthenticatorData.FLAG.AT, 0, credential
        )
        made = AttestationObject.create("none", about, {})
        client = self._client(ClientData.TYPE.CREATE, key["challenge"])
        return self._answer(clientDataJSON=client, attestationObject=bytes(made))

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        key = options["publicKey"]
        about = AuthenticatorData.create(self._host(key["rpId"]), self.flags, 0)
        client = self._client(ClientData.TYPE.GET, key["challenge"])
        signed = bytes(about) + hashlib.sha256(client).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=client, authenticatorData=bytes(about), signature=signature
        )

    def _host(self, rp_id: str) -> bytes:
        return hashlib.sha256(rp_id.encode()).digest()

    def _client(self, kind: Any, challenge: str) -> bytes:
        return bytes(ClientData.create(kind, websafe_decode(challenge), self.origin))

    def _answer(self, **response: bytes) -> dict[str, Any]:
        name = websafe_encode(self.credential_id)
        encoded = {key: websafe_encode(value) for key, value in response.items()}
        return {"id": name, "rawId": name, "type": "public-key", "response": encoded}
