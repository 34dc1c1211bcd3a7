"""The settings: one module per subject, every value read through `env`."""

from core.settings.api import *  # noqa: F403
from core.settings.base import *  # noqa: F403
from core.settings.database import *  # noqa: F403
from core.settings.logs import *  # noqa: F403
from core.settings.mail import *  # noqa: F403
from core.settings.media import *  # noqa: F403
from core.settings.queues import *  # noqa: F403
from core.settings.security import *  # noqa: F403
