"""What the schema says about resumable uploads. Imported by `core.schema`, as `docs` is."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from video_app.api import replacing, resumable, tus
from video_app.api.arrival_serializers import ArrivalSerializer, DescriptionSerializer
from video_app.api.docs import VIDEO, document


def _header(name: str, description: str = "", *, required: bool = True) -> OpenApiParameter:
    return OpenApiParameter(
        name, str, OpenApiParameter.HEADER, required=required, description=description
    )


TUS = _header("Tus-Resumable", "`1.0.0`; else 412.")
OVERRIDE = _header(
    "X-HTTP-Method-Override", "`PATCH`, `DELETE` or `HEAD` on a POST.", required=False
)
CHECKSUM = _header(
    "Upload-Checksum", "`sha1`, `sha256` or `md5`, and base64; else 460.", required=False
)
BYTES: Any = {tus.BODY_TYPE: {"type": "string", "format": "binary"}}
TAGS = ["uploads"]


class AdminSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "video_app.api.resumable.AdminSession"
    name = "adminSession"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


document(
    resumable.UploadsView,
    get=extend_schema(
        operation_id="list_uploads",
        parameters=[OpenApiParameter("finished", bool, description="Also those that are whole.")],
        responses=ArrivalSerializer(many=True),
        description="One's own unfinished uploads, the oldest first.",
        tags=TAGS,
    ),
    post=extend_schema(
        operation_id="begin_upload",
        parameters=[
            TUS,
            _header("Upload-Length", "Bytes of the file."),
            _header(
                "Upload-Metadata",
                "Pairs of key and base64: `filename`, and perhaps `filetype`, `title`, "
                "`description`, `category`, `published`, `year`, `series`, `season`, `episode`, "
                "`fingerprint` (the sender's own), `video` (the film to get another source).",
            ),
            OVERRIDE,
        ],
        request=BYTES,
        responses={201: ArrivalSerializer},
        description="tus 1.0: creation, perhaps with the first bytes. Its draft exists from now "
        "on; it is published, if that is wanted, with the last byte.",
        tags=TAGS,
    ),
)
document(
    resumable.UploadView,
    get=extend_schema(operation_id="get_upload", responses=ArrivalSerializer, tags=TAGS),
    patch=extend_schema(
        operation_id="continue_upload",
        parameters=[
            _header("Tus-Resumable", "`1.0.0`, with bytes.", required=False),
            _header("Upload-Offset", "Where these bytes begin.", required=False),
            CHECKSUM,
        ],
        request=BYTES | {"application/json": DescriptionSerializer},
        responses={
            204: OpenApiResponse(description="The bytes are stored: `Upload-Offset` is new."),
            200: ArrivalSerializer,
        },
        description="The next bytes (tus 1.0), or as JSON what the draft is called. 409: another "
        "offset, which HEAD tells; 423: a newer request goes on with it.",
        tags=TAGS,
    ),
    delete=extend_schema(
        operation_id="end_upload",
        parameters=[TUS],
        responses={204: None},
        description="What has come of an unfinished one is removed, with its draft.",
        tags=TAGS,
    ),
)
document(
    replacing.GoBackView,
    get=extend_schema(
        operation_id="get_former_source",
        parameters=[VIDEO],
        responses=replacing.FormerSourceSerializer,
        tags=TAGS,
    ),
    post=extend_schema(
        operation_id="go_back",
        parameters=[VIDEO],
        request=None,
        responses=replacing.WentBackSerializer,
        tags=TAGS,
    ),
)
