"""The operators' command line and the launcher of `make run`.

Reads the settings of the services and their public interfaces; writes only through ingest.
"""
