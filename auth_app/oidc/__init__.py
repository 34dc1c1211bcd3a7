"""Signing in by an OpenID provider; off unless OIDC_ISSUER is set."""
