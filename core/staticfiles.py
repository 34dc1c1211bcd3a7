"""How static files are stored for production."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModules(CompressedManifestStaticFilesStorage):
    """Names files by their content, in the imports of JavaScript modules too.

    Without the latter a browser could join one release's page with another's modules.
    """

    support_js_module_import_aggregation = True
