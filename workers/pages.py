"""The built dashboard, served beside the API: every path that is no file is the application itself."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, Response
from starlette.responses import PlainTextResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from utils.errors import NotFound

_OURS = ("api", "hooks", "assets", "u")


class Assets(StaticFiles):
    """Files whose names hold a hash of their content: kept by browsers for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        if answer.status_code == 200:
            answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer


def serve_dashboard(app: FastAPI, built: Path) -> None:
    """Adds the dashboard when it is built; mount it last, it answers for every path that is left."""
    if not (built / "index.html").is_file():
        return
    app.mount("/assets", Assets(directory=built / "assets", check_dir=False), name="assets")
    files = {path.name: path for path in built.iterdir() if path.is_file()}

    @app.get("/{path:path}", include_in_schema=False)
    async def show_page(path: str) -> Response:
        if path.split("/")[0] in _OURS:
            raise NotFound("There is nothing at this address")  # not repeated: it may name a person
        page = files.get(path, files["index.html"])
        return FileResponse(page, headers={"Cache-Control": "no-cache"})


def refuse_robots(app: FastAPI) -> None:
    """Nothing here is for search engines."""

    @app.get("/robots.txt", include_in_schema=False)
    async def show_robots() -> Response:
        return PlainTextResponse("User-agent: *\nDisallow: /\n")
