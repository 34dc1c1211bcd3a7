"""An operation of the stream views in the schema, and what it may answer."""

from dataclasses import dataclass

from video_app.api.stream_parameters import TEXT, VIDEO, Json


def answer(content_type: str, schema: Json) -> Json:
    return {"content": {content_type: {"schema": schema}}, "description": ""}


NOT_MODIFIED = {"description": "The client has it already."}
OUTSIDE = {"description": "The range lies outside the file."}


def text_answer(content_type: str) -> Json:
    return {"200": answer(content_type, TEXT), "304": NOT_MODIFIED}


def bytes_answer(content_type: str) -> Json:
    found = answer(content_type, {"type": "string", "format": "binary"})
    return {"200": found, "206": found, "304": NOT_MODIFIED, "416": OUTSIDE}


@dataclass(frozen=True, slots=True)
class Operation:
    """A GET below `/api/video/{video_id}/`, unless its path begins with a slash."""

    path: str
    name: str
    description: str
    responses: Json
    parameters: tuple[Json, ...]
    needs_session: bool = True

    @property
    def full_path(self) -> str:
        return self.path if self.path[0] == "/" else f"/api/video/{{video_id}}/{self.path}/"

    def to_schema(self) -> Json:
        viewer: Json = {"security": [{"session": []}, {"token": ["read"]}]}
        parameters = sorted([VIDEO, *self.parameters], key=lambda one: str(one["name"]))
        return {
            "operationId": self.name,
            "description": self.description,
            "summary": self.name.replace("_", " ").capitalize(),
            "parameters": parameters,
            "tags": ["stream"],
            **(viewer if self.needs_session else {}),
            "responses": dict(self.responses),
        }
