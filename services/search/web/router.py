"""The routes of the reading site and of its files."""

from fastapi import APIRouter, BackgroundTasks, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from services.search.web.api_client import ApiClient, ApiError
from services.search.web.feeds import MEDIA_TYPES, create_router as create_feeds
from services.search.web.pages import STATIC, Pages
from services.search.web.site import Site
from shared.http import PROBLEM_JSON, ProblemError, address_problem, problem_response

GET = ["GET", "HEAD"]
FILES = {*(f"/{name}" for name in MEDIA_TYPES), "/sitemap.xml"}
SUGGESTIONS = 8
KEEP = "public, max-age=86400"
FOR_MACHINES = ("/v1/", "/1/", "/health/", "/static/")


def create_router(app: FastAPI, site: Site | None = None, key: str = "") -> APIRouter:
    """The pages and their static files; they ask `app` like any frontend does, with this key."""
    site = site or Site()
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    api = ApiClient(app, key)
    pages = Pages(api, site)
    _add_pages(router, pages, api, site)
    _add_comforts(router, api)
    _add_files(router, app, site)
    router.include_router(create_feeds(api, site))
    _install_problems(app, pages)
    return router


def _add_pages(router: APIRouter, pages: Pages, api: ApiClient, site: Site) -> None:
    @router.api_route("/", methods=GET)
    async def home() -> Response:
        return await pages.home()

    @router.api_route("/section/{path:path}", methods=GET)
    async def section(path: str, page: str = "1") -> Response:
        return await pages.section(path, page)

    @router.api_route("/tag/{slug:path}", methods=GET)
    async def tag(slug: str, page: str = "1") -> Response:
        return await pages.tag(slug, page)

    @router.api_route("/author/{name:path}", methods=GET)
    async def author(name: str, page: str = "1") -> Response:
        return await pages.author(name, page)

    @router.api_route("/story/{story_id}", methods=GET)
    async def story(story_id: str) -> Response:
        return await pages.story(story_id)

    @router.api_route("/article/{article_id}", methods=GET)
    async def article(request: Request, article_id: str, after: BackgroundTasks) -> Response:
        response = await pages.article(article_id, site.base(str(request.base_url)))
        if request.method == "GET" and "sec-purpose" not in request.headers:
            # Once the page is on its way: counting slows no reader.
            after.add_task(api.count_view, request, article_id)
            response.background = after
        return response

    @router.api_route("/search", methods=GET)
    async def search(request: Request) -> Response:
        return await pages.search(request)


def _add_comforts(router: APIRouter, api: ApiClient) -> None:
    """What the pages' script asks: the query API may want a key, and a script keeps none."""

    @router.post("/article/{article_id}/views")
    async def view(request: Request, article_id: str) -> Response:
        """A view of a page that came from a cache."""
        return Response(status_code=await api.count_view(request, article_id))

    @router.get("/suggest")
    async def suggest(q: str = "") -> Response:
        """What may be meant, while it is typed."""
        return JSONResponse(await api.get("/v1/suggest", q=q, limit=SUGGESTIONS))


def _add_files(router: APIRouter, app: FastAPI, site: Site) -> None:
    @router.api_route("/theme/{name}", methods=GET)
    async def theme(name: str) -> Response:
        """The publisher's own logo and stylesheet."""
        file = site.files.get(name)
        if file is None:
            raise HTTPException(404)
        headers = {"Cache-Control": "max-age=300", "X-Content-Type-Options": "nosniff"}
        return Response(file.content, media_type=file.media_type, headers=headers)

    app.mount("/static", _KeptFiles(directory=STATIC), name="static")


class _KeptFiles(StaticFiles):
    """Browsers keep them for a day; ours change their address when they change."""

    async def get_response(self, path: str, scope: object) -> Response:
        response = await super().get_response(path, scope)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = KEEP
        return response


def _install_problems(app: FastAPI, pages: Pages) -> None:
    @app.exception_handler(ApiError)
    async def on_problem(request: Request, error: ApiError) -> Response:
        """A reader gets a page, a program what the API said."""
        if request.url.path in FILES and not error.body:
            problem = ProblemError(error.status, "too_long", "The question is too long.")
            return problem_response(problem, request.url.path)
        if request.url.path in FILES:
            return Response(
                error.body, error.status, media_type=PROBLEM_JSON, headers=error.headers
            )
        return await pages.problem(error.status, error.headers)

    @app.exception_handler(404)
    async def on_unknown_address(request: Request, error: HTTPException) -> Response:
        """A reader gets a page, a program a problem."""
        path = request.url.path
        if "text/html" in request.headers.get("accept", "") and not path.startswith(FOR_MACHINES):
            return await pages.problem(404)
        return problem_response(address_problem(request, error), path)
