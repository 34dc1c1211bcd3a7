"""Signing in by an OpenID provider; off without an issuer."""

from core.settings.env import env

# As the provider spells it in its tokens; /oidc/callback/ is where it sends people back.
OIDC_ISSUER: str = env.str("OIDC_ISSUER", default="")
OIDC_CLIENT_ID: str = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET: str = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_SCOPES: str = env.str("OIDC_SCOPES", default="openid email profile")
# What the button says.
OIDC_NAME: str = env.str("OIDC_NAME", default="your organisation")
# Whether who has no account here gets one at first sight.
OIDC_CREATE_USERS = env.bool("OIDC_CREATE_USERS", default=True)
# Members of this group are staff, at each sign-in; empty: the provider says nothing of it.
OIDC_STAFF_GROUP: str = env.str("OIDC_STAFF_GROUP", default="")
OIDC_GROUPS_CLAIM: str = env.str("OIDC_GROUPS_CLAIM", default="groups")
