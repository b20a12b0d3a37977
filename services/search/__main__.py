"""`python -m services.search`."""

from services.search.app import create_app
from services.search.settings import SearchSettings
from shared.server import serve

if __name__ == "__main__":
    serve("search", SearchSettings, create_app, lambda settings: settings.port)
