"""Billing: credit accounts that other services open, charge and top up."""

from flask import Blueprint, request

from proof import through_gate
from entries import entered

PLANS = ("free", "pro", "team")

routes = Blueprint("billing", __name__)

_accounts = {}
_ledger = []


@routes.get("/stats/subscription_count")
@entered
@through_gate
def subscription_count():
    """How many accounts each plan has."""
    counts = {plan: 0 for plan in PLANS}
    for account in _accounts.values():
        counts[account["plan"]] += 1
    return {"total": len(_accounts), "plans": counts}


@routes.get("/stats/revenue")
@entered
@through_gate
def revenue():
    """How many credits users have spent."""
    return {"credits": -sum(entry["amount"] for entry in _ledger if entry["amount"] < 0)}


@routes.post("/account")
@entered
@through_gate
def create_account():
    """Opens an account with no credits."""
    body = request.get_json(silent=True) or {}
    user, plan = body.get("user_id"), body.get("plan", "free")
    if not isinstance(user, str) or not user or plan not in PLANS:
        return {"error": "user_id and a known plan are needed"}, 400
    if user in _accounts:
        return {"error": "account exists"}, 409
    _accounts[user] = {"plan": plan, "credits": 0}
    return {"user_id": user, "plan": plan, "credits": 0}, 201


@routes.get("/balance/<user_id>")
@entered
@through_gate
def balance(user_id):
    """The credits of one user."""
    account = _accounts.get(user_id)
    if account is None:
        return {"error": "no such account"}, 404
    return {"user_id": user_id, "credits": account["credits"]}


@routes.post("/deduct")
@entered
@through_gate
def deduct():
    """Takes credits, never more than there are."""
    return _book(sign=-1)


@routes.post("/top_up")
@entered
@through_gate
def top_up():
    """Adds credits."""
    return _book(sign=1)


@routes.post("/internal/close_month")
@entered
@through_gate
def close_month():
    """Gives each account its plan's credits. Run on the machine itself, never through the gate."""
    for account in _accounts.values():
        account["credits"] += {"free": 0, "pro": 100, "team": 1000}[account["plan"]]
    return {"accounts": len(_accounts)}


def state():
    """What the witness shows of billing."""
    return {
        "accounts": len(_accounts),
        "credits": sum(account["credits"] for account in _accounts.values()),
        "entries": len(_ledger),
        "last_entry": _ledger[-1] if _ledger else None,
    }


def reset():
    """Forgets everything."""
    _accounts.clear()
    _ledger.clear()


def _book(sign):
    body = request.get_json(silent=True) or {}
    user, amount = body.get("user_id"), body.get("amount")
    if type(amount) is not int or amount <= 0:
        return {"error": "amount must be a whole number above zero"}, 400
    # Who acts for a user touches that user's account only.
    acting_for = request.headers.get("X-User-ID")
    if acting_for is not None and acting_for != user:
        return {"error": "not this user's account"}, 409
    account = _accounts.get(user)
    if account is None:
        return {"error": "no such account"}, 404
    if account["credits"] + sign * amount < 0:
        return {"error": "not enough credits"}, 402
    account["credits"] += sign * amount
    _ledger.append(
        {
            "user_id": user,
            "amount": sign * amount,
            "service": request.headers.get("X-Caller"),
            "acting_for": acting_for,
        }
    )
    return {"user_id": user, "credits": account["credits"]}
