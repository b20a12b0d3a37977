"""Words that editors hold equal when readers ask."""

from typing import Any

from fastapi import APIRouter, Request, Response

from services.ingest.api.doorkeeper import Doorkeeper
from services.ingest.api.preparation import Preparation
from services.ingest.api.requests import only_parameters, read_sent, unavailable
from services.ingest.domain.synonyms import SynonymSet, SynonymsInput
from services.ingest.ports import PartUnavailableError, Synonyms
from shared.http import PROBLEM_RESPONSES

PATH = "/v1/synonyms"
BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/SynonymsInput"}}},
    }
}


def synonym_routes(
    doorkeeper: Doorkeeper, preparation: Preparation, synonyms: Synonyms
) -> APIRouter:
    router = APIRouter(tags=["editors"], responses=PROBLEM_RESPONSES)

    @router.get(PATH, response_model=SynonymsInput, response_model_exclude_none=True)
    async def get_synonyms(request: Request) -> Any:  # noqa: ANN401  (the model, or what it is of)
        """All sets of synonyms."""
        await doorkeeper.admit(request, "edit")
        only_parameters(request)
        try:
            return await synonyms.get()
        except PartUnavailableError as error:
            raise unavailable() from error

    @router.put(
        PATH,
        response_model=SynonymsInput,
        response_model_exclude_none=True,
        openapi_extra=BODY,
    )
    async def put_synonyms(request: Request) -> Response | SynonymsInput:
        """Replace all sets; search uses them within a minute."""
        await doorkeeper.admit(request, "edit")
        only_parameters(request)
        body, _ = await read_sent(request)
        wanted = await preparation.input(body, SynonymsInput, SynonymSet, what="synonyms")
        try:
            await synonyms.replace(wanted)
        except PartUnavailableError as error:
            raise unavailable() from error
        return wanted

    return router
