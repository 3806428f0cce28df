"""A request -> the bytes of the clip that it carries, in memory only."""

from typing import Final

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from service.errors import BadRequest, EmptyBody, UnsupportedMedia

FIELD: Final = "clip"
_RAW: Final = ("video/", "application/octet-stream")


class _MemoryParser(MultiPartParser):
    spool_max_size = 1 << 40  # bytes kept in memory: a clip never touches a disk, and BodyLimit bounds it


async def read_upload(request: Request) -> bytes:
    """The clip of a multipart field `clip` or of a raw video body.

    Raises EmptyBody, BadRequest, UnsupportedMedia, and BodyTooLarge through `service.middleware.BodyLimit`.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if _is_empty(request):
        data = b""
    elif kind == "multipart/form-data":
        data = await _from_form(request)
    elif kind.startswith(_RAW) or not kind:
        data = await _body(request)
    else:
        raise UnsupportedMedia(
            f"send multipart/form-data with the field `{FIELD}`, or the video itself with its Content-Type "
            f"(video/mp4), not {kind}"
        )
    if not data:
        raise EmptyBody(f"send a video in the multipart field `{FIELD}`, or as the body")
    return data


async def _from_form(request: Request) -> bytes:
    try:
        form = await _MemoryParser(request.headers, request.stream(), max_files=1, max_fields=8).parse()
    except ClientDisconnect as error:
        raise BadRequest("the body ended early") from error
    except MultiPartException as error:
        raise BadRequest(f"the multipart body cannot be read: {error}") from error
    try:
        clip = form.get(FIELD)
        if not isinstance(clip, UploadFile):
            raise BadRequest(f"the multipart body has no file in the field `{FIELD}`")
        return await clip.read()
    finally:
        await form.close()


async def _body(request: Request) -> bytes:
    try:
        return await request.body()
    except ClientDisconnect as error:
        raise BadRequest("the body ended early") from error


def _is_empty(request: Request) -> bool:
    return request.headers.get("content-length") == "0"
