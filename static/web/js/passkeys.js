/** Passkeys: what the API says in base64url, browsers want in bytes, and back. */

import { send } from "./api.js";

/** Only on a secure page under a name does a browser have them. */
export function hasPasskeys() {
  return Boolean(window.PublicKeyCredential) && window.isSecureContext && !/^[\d.]+$|:/.test(location.hostname);
}

export async function passkeySignIn() {
  return send("/api/login/passkey/", { method: "POST", body: await passkeyAnswer() });
}

/** Signed by a passkey that the person chooses, as the API wants it. */
export async function passkeyAnswer() {
  const { attempt, publicKey } = await send("/api/login/passkey/options/", { method: "POST" });
  const credential = await navigator.credentials.get({ publicKey: { ...publicKey, challenge: bytes(publicKey.challenge) } });
  return { attempt, credential: spelled(credential) };
}

/** A new passkey for `publicKey`, as the API wants it. */
export async function createPasskey({ publicKey }) {
  const options = {
    ...publicKey,
    challenge: bytes(publicKey.challenge),
    user: { ...publicKey.user, id: bytes(publicKey.user.id) },
    excludeCredentials: (publicKey.excludeCredentials ?? []).map((known) => ({ ...known, id: bytes(known.id) })),
  };
  return spelled(await navigator.credentials.create({ publicKey: options }));
}

const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

function spelled({ id, rawId, type, response }) {
  const parts = PARTS.filter((name) => response[name]).map((name) => [name, text(response[name])]);
  return { id, rawId: text(rawId), type, response: Object.fromEntries(parts) };
}

export function bytes(base64url) {
  const binary = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

export function text(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
