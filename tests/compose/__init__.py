"""The production shape on a Docker Engine: `make test-compose`, no part of `make test`."""
