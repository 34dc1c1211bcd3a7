"""A small OpenID provider on a port of its own, which says what a test wants."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

KEY = ec.generate_private_key(ec.SECP256R1())


class Provider:
    """`claims` go over what it proves by itself; it remembers each code's challenge and nonce."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.claims: dict[str, Any] = {}
        self.left_out: set[str] = set()
        self.key, self.algorithm = KEY, "ES256"
        self.codes: dict[str, dict[str, str]] = {}

    def configuration(self) -> dict[str, Any]:
        names = ("authorization", "token")
        return {f"{name}_endpoint": f"{self.url}/{name}" for name in names} | {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/keys",
        }

    def authorize(self, location: str) -> dict[str, str]:
        """What the browser brings back from the address that it was sent to."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return {"code": code, "state": query["state"]}

    def tokens(self, form: dict[str, str]) -> dict[str, Any] | None:
        asked = self.codes.pop(form["code"], None)
        verifier = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge:
            return None
        half = hashlib.sha256(b"access").digest()[:16]
        now = int(time.time())
        proved = {"iss": self.url, "sub": "1", "aud": asked["client_id"], "nonce": asked["nonce"]}
        proved |= {"iat": now, "exp": now + 60, "email": "alice@example.com"}
        proved |= {"email_verified": True, "name": "Alice"}
        proved |= {"at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode()}
        proved = {k: v for k, v in (proved | self.claims).items() if k not in self.left_out}
        token = jwt.encode(proved, self.key, self.algorithm, headers={"kid": "one"})
        return {"id_token": token, "access_token": "access"}


@contextmanager
def running() -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            key = json.loads(ECAlgorithm.to_jwk(KEY.public_key())) | {"kid": "one"}
            is_keys = self.path == "/keys"
            self._answer({"keys": [key]} if is_keys else provider.configuration())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(provider.tokens(form))

        def _answer(self, body: Any) -> None:
            self.send_response(200 if body else 400)
            self.end_headers()
            self.wfile.write(json.dumps(body or {"error": "invalid_grant"}).encode())

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
