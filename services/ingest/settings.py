"""Settings of ingest."""

from collections.abc import Mapping
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator

from services.ingest.adapters.sealing import Seal
from services.ingest.domain.intake import Marks, Measure
from services.ingest.domain.keys import hash_of
from shared.settings import Port, Settings

DEMO_KEY = "demo-key"


class IngestSettings(Settings):
    """What ingest needs beside the settings of all services."""

    ingest_port: Port = Field(8001, validation_alias="INGEST_PORT", description="Port of ingest.")
    rate_per_second: int = Field(
        1000,
        ge=0,
        validation_alias="INGEST_RATE_PER_SECOND",
        description="Articles per second and publisher, over all replicas; 0 is no limit.",
    )
    lag_high_s: float = Field(
        1800,
        gt=0,
        validation_alias="INGEST_LAG_HIGH_S",
        description="Answer 503 once an event waited this long to be tried.",
    )
    lag_low_s: float = Field(
        900,
        ge=0,
        validation_alias="INGEST_LAG_LOW_S",
        description="Take articles in again below this.",
    )
    memory_high: float = Field(
        0.85,
        gt=0,
        le=1,
        validation_alias="INGEST_MEMORY_HIGH",
        description="Answer 503 above this share of Redis' maxmemory.",
    )
    memory_low: float = Field(
        0.75,
        ge=0,
        validation_alias="INGEST_MEMORY_LOW",
        description="Take articles in again below this.",
    )
    first_key_hash: str | None = Field(
        None,
        validation_alias="DATELINE_FIRST_KEY_HASH",
        description="publisher:sha256 of a key, kept when Redis holds none; never once revoked.",
    )
    demo_key: SecretStr | None = Field(
        None,
        validation_alias="DATELINE_DEMO_KEY",
        description="Key of the publisher demo; make run sets it.",
    )

    secrets_key: SecretStr | None = Field(
        None,
        validation_alias="DATELINE_SECRETS_KEY",
        description="Signing secrets are encrypted under this: a Fernet key; more after commas.",
    )

    @field_validator("secrets_key")
    @classmethod
    def _is_a_key(cls, key: SecretStr | None) -> SecretStr | None:
        if key:
            Seal(key.get_secret_value())
        return key

    @property
    def marks(self) -> Mapping[Measure, Marks]:
        return {
            "lag": Marks(self.lag_high_s, self.lag_low_s),
            "memory": Marks(self.memory_high, self.memory_low),
        }

    @model_validator(mode="after")
    def _refuse_marks_out_of_order(self) -> Self:
        for name, marks in self.marks.items():
            if marks.low > marks.high:
                raise ValueError(f"INGEST_{name.upper()}_LOW: must not be above the high mark")
        return self

    @model_validator(mode="after")
    def _refuse_demo_key(self) -> Self:
        if self.profile == "production" and self.demo_key:
            raise ValueError("DATELINE_DEMO_KEY: production has no demo publisher")
        if self.profile == "production" and (self.first_key_hash or "").endswith(hash_of(DEMO_KEY)):
            raise ValueError("DATELINE_FIRST_KEY_HASH: is the hash of demo-key")
        if self.profile == "production" and not self.first_key_hash:
            raise ValueError("DATELINE_FIRST_KEY_HASH: production needs a publisher's key")
        if self.first_key_hash and ":" not in self.first_key_hash:
            raise ValueError("DATELINE_FIRST_KEY_HASH: must be publisher:hash")
        return self
