"""Billing and filesystem in one Flask app, as gunicorn serves it."""

from flask import Flask

import billing
import filesystem
import witness


def create_app():
    """Builds the app with an empty memory."""
    app = Flask(__name__)
    app.json.sort_keys = False
    app.register_blueprint(billing.routes)
    app.register_blueprint(filesystem.routes)
    app.register_blueprint(witness.routes)

    @app.get("/healthz")
    def healthz():
        return {"status": "ok"}

    return app


app = create_app()
