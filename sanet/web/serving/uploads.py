"""Taking uploads, in place of Gradio 6.31, which takes a thousand files at a time and keeps what breaks off midway."""

import os
from contextlib import suppress
from pathlib import Path

from gradio.route_utils import GradioMultiPartParser, GradioUploadFile
from gradio.routes import file_upload_statuses
from gradio_client.utils import strip_invalid_filename_characters
from starlette.concurrency import run_in_threadpool
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sanet.errors import RefusedError
from sanet.image.decode import MAX_BYTES
from sanet.web.serving.addresses import API
from sanet.web.serving.calls import is_session
from sanet.web.serving.clearing import UploadFolder
from sanet.web.serving.limits import Limits
from sanet.web.serving.refusals import RequestRefusedError

MOST_FIELDS, MOST_LETTERS = 8, 4096  # of a form beside its files
FILE_TOO_LARGE = "The file has more than {most} MB; larger ones are not accepted."
TOO_MANY_FILES = "At most {most} files can be uploaded together."
NO_UPLOAD = "The upload cannot be read; try again."


class Parser(GradioMultiPartParser):
    """Gradio's, with an end to everything, and with nothing left behind."""

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._current_part.file is None:
            if len(self._current_part.data) + end - start > MOST_LETTERS:
                raise MultiPartException(NO_UPLOAD)
            self._current_part.data += data[start:end]
        else:
            super().on_part_data(data, start, end)

    def discard(self) -> None:
        """Delete what has come."""
        for file in self._files_to_close_on_error:
            file.close()
            with suppress(OSError):
                os.unlink(file.name)


def upload_route(limits: Limits, folder: UploadFolder) -> Route:
    """To the same effect as Gradio's own: files under their hash, and their paths as the answer."""

    async def upload(request: Request) -> Response:
        await run_in_threadpool(folder.check_room)
        parser = _parser(request, folder.path, limits)
        try:
            form = await parser.parse()
            files = [file for file in form.getlist("files") if isinstance(file, GradioUploadFile)]
            if not files:
                raise RequestRefusedError(400, RefusedError(NO_UPLOAD))
            folder.note_arrival(sum(file.size or 0 for file in files))
            return JSONResponse([await run_in_threadpool(_put, file, folder.path) for file in files])
        except MultiPartException as error:
            raise _refusal(error, limits) from error
        except ClientDisconnect:
            return Response(status_code=400)  # to nobody
        finally:  # what was put in its place is no longer there
            await run_in_threadpool(parser.discard)

    return Route(f"{API}/upload", upload, methods=["POST"])


def largest_file(limits: Limits) -> int:
    """In bytes: a clip or a picture, whichever may be larger; what is too large for a picture, its reader says."""
    return max(MAX_BYTES, limits.clip_bytes)


def _parser(request: Request, folder: Path, limits: Limits) -> Parser:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise RequestRefusedError(400, RefusedError(NO_UPLOAD))
    given = request.query_params.get("upload_id")
    upload_id = given if is_session(given) else None
    if upload_id:
        file_upload_statuses.track(upload_id)
    return Parser(
        request.headers,
        request.stream(),
        max_files=limits.upload_files,
        max_fields=MOST_FIELDS,
        upload_dir=folder,
        upload_id=upload_id,
        upload_progress=file_upload_statuses if upload_id else None,
        max_file_size=largest_file(limits),
    )


def _put(file: GradioUploadFile, folder: Path) -> str:
    """Under its hash and its own name, as Gradio has it."""
    name = strip_invalid_filename_characters(Path(file.filename or "").name)
    place = folder / file.sha.hexdigest() / (name if name.strip(".") else "file")
    file.file.close()
    place.parent.mkdir(exist_ok=True)
    os.replace(file.file.name, place)
    return str(place)


def _refusal(error: MultiPartException, limits: Limits) -> RequestRefusedError:
    if "size exceeded" in error.message:
        return RequestRefusedError(413, RefusedError(FILE_TOO_LARGE, most=largest_file(limits) // 1_000_000))
    if "Too many files" in error.message:
        return RequestRefusedError(413, RefusedError(TOO_MANY_FILES, most=limits.upload_files))
    return RequestRefusedError(400, RefusedError(NO_UPLOAD))
