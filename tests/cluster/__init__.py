"""Three OpenSearch nodes with replicas: `make test-cluster`."""
