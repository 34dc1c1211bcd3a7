"""The settings: one module per subject, every value read through `env`."""

from core.settings.api import *
from core.settings.base import *
from core.settings.bucket import *
from core.settings.database import *
from core.settings.frontends import *
from core.settings.logs import *
from core.settings.mail import *
from core.settings.media import *
from core.settings.oidc import *
from core.settings.queues import *
from core.settings.security import *
from core.settings.server import *
