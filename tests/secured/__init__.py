"""An OpenSearch with TLS and users, for real: `make test-secured`."""
