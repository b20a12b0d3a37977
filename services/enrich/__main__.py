"""`python -m services.enrich`."""

from services.enrich.app import create_app
from services.enrich.settings import EnrichSettings
from shared.server import serve

if __name__ == "__main__":
    serve("enrich", EnrichSettings, create_app, lambda settings: settings.port)
