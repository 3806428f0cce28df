"""A shop that wants to know whether somebody is there.

Its backend makes a session, hands the token to its own page, and reads the result itself: what the browser
says of the outcome is never believed.

    export LIVENESS_URL=http://127.0.0.1:8000 LIVENESS_KEY=lvk_...
    uvicorn --factory service.client.examples.relying_party:create_app --port 8080
"""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from fastapi import APIRouter, Cookie, Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from service.client import AsyncLivenessClient, ClientError, SessionUnknown

router = APIRouter()

_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Are you there?</title>
<script type="module" src="{service}/console/capture.js"></script>
<script type="module" src="/page.js"></script>
<liveness-capture></liveness-capture>
<p role="status"></p>
"""
_SCRIPT: Final = """const capture = document.querySelector("liveness-capture");
const { endpoint, token } = await (await fetch("/checks", { method: "POST" })).json();
capture.setAttribute("endpoint", endpoint);
capture.setAttribute("token", token);
capture.addEventListener("outcome", async () => {
  const { next } = await (await fetch("/checks/result", { method: "POST" })).json();
  document.querySelector("[role=status]").textContent = next;
});
"""
_NEXT: Final = {
    "bona_fide": "welcome",
    "attack": "we will call you back",  # not why: whoever tries to get in would learn from it
    "undecided": "try again, or come to our counter",
}


@dataclass(frozen=True, slots=True)
class Shop:
    service: str
    client: AsyncLivenessClient
    checks: dict[str, str] = field(default_factory=dict)  # visitor -> session; yours are in your database


def _shop(request: Request) -> Shop:
    shop: Shop = request.app.state.shop
    return shop


OurShop = Annotated[Shop, Depends(_shop)]


@router.get("/", response_class=HTMLResponse)
async def page(shop: OurShop) -> str:
    return _PAGE.format(service=shop.service)


@router.get("/page.js")
async def script() -> Response:
    return Response(_SCRIPT, media_type="text/javascript")


@router.post("/checks")
async def begin(shop: OurShop, response: Response) -> dict[str, str]:
    """What the page is told: where to stream to, and the token for it."""
    visitor = secrets.token_urlsafe(16)
    try:
        session = await shop.client.create_session(subject_ref=visitor)
    except ClientError as error:
        raise HTTPException(503, "come again in a minute") from error
    shop.checks[visitor] = session.session_id
    response.set_cookie("visitor", visitor, httponly=True, samesite="strict")
    return {"endpoint": session.ws_url, "token": session.client_token}


@router.post("/checks/result")
async def end(shop: OurShop, visitor: Annotated[str, Cookie()] = "") -> dict[str, Any]:
    """The page says that it is over; the service says how it ended."""
    if visitor not in shop.checks:
        raise HTTPException(404, "no check was begun")
    try:
        session = await shop.client.read_session(shop.checks[visitor])
    except SessionUnknown as error:
        raise HTTPException(404, "the check was too long ago") from error
    decision = session.verdict.decision if session.verdict else "undecided"
    return {"next": _NEXT[decision], "allowed": decision == "bona_fide"}


def create_app(url: str | None = None, api_key: str | None = None) -> FastAPI:
    """`url` and `api_key` of the service; LIVENESS_URL and LIVENESS_KEY where they are not given."""
    service = url or os.environ.get("LIVENESS_URL", "http://127.0.0.1:8000")
    shop = Shop(service, AsyncLivenessClient(service, api_key=api_key or os.environ.get("LIVENESS_KEY")))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with shop.client:
            yield

    app = FastAPI(lifespan=lifespan)
    app.state.shop = shop
    app.include_router(router)
    return app
