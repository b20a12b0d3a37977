"""`python -m services.ingest`."""

from services.ingest.app import create_app
from services.ingest.settings import IngestSettings
from shared.server import serve

if __name__ == "__main__":
    serve("ingest", IngestSettings, create_app, lambda settings: settings.ingest_port)
