"""Settings of ingest."""

from typing import Self

from pydantic import Field, SecretStr, model_validator

from services.ingest.domain.keys import hash_of
from shared.settings import Settings

DEMO_KEY = "demo-key"


class IngestSettings(Settings):
    """What ingest needs beside the settings of all services."""

    ingest_port: int = Field(8001, validation_alias="INGEST_PORT", description="Port of ingest.")
    rate_per_second: int = Field(
        1000,
        ge=0,
        validation_alias="INGEST_RATE_PER_SECOND",
        description="Articles per second and publisher, over all replicas; 0 is no limit.",
    )
    first_key_hash: str | None = Field(
        None,
        validation_alias="DATELINE_FIRST_KEY_HASH",
        description="publisher:sha256 of a key, kept when Redis holds none.",
    )
    demo_key: SecretStr | None = Field(
        None,
        validation_alias="DATELINE_DEMO_KEY",
        description="Key of the publisher demo; make run sets it.",
    )

    @model_validator(mode="after")
    def _refuse_demo_key(self) -> Self:
        if self.profile == "production" and self.demo_key:
            raise ValueError("DATELINE_DEMO_KEY: production has no demo publisher")
        if self.profile == "production" and (self.first_key_hash or "").endswith(hash_of(DEMO_KEY)):
            raise ValueError("DATELINE_FIRST_KEY_HASH: is the hash of demo-key")
        if self.first_key_hash and ":" not in self.first_key_hash:
            raise ValueError("DATELINE_FIRST_KEY_HASH: must be publisher:hash")
        return self
