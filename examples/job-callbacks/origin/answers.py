"""The contract's answers. None of them says whether a job exists to someone who may not know."""

from fastapi.responses import JSONResponse, Response

from callbacks import Outcome


def answer(outcome: Outcome) -> Response:
    """The response for what a callback came to."""
    match outcome:
        case Outcome.APPLIED:
            return Response(status_code=204)
        case Outcome.REPLAYED:
            return JSONResponse({"status": "already applied"})
        case Outcome.UNKNOWN_JOB:
            return _fault(404, "NOT_FOUND", "Not found")
        case Outcome.CONFLICT:
            return _fault(409, "CONFLICT", "Event conflicts with the job's state")


def malformed() -> Response:
    """For a body that is no event: the contract has no 400 and no 422, so it is a conflict."""
    return _fault(409, "CONFLICT", "Event is malformed")


def unauthorized() -> Response:
    """The same bytes as the gate's own refusal."""
    return _fault(401, "UNAUTHORIZED", "Authentication required")


def _fault(status: int, code: str, message: str) -> Response:
    return JSONResponse({"code": code, "message": message}, status)
