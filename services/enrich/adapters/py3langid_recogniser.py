"""Language recognition by py3langid's own model, which comes inside the package."""

import threading
from functools import cached_property

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

_NO_LANGUAGE = "zxx"


class Py3langidRecogniser:
    """The model is loaded with the first text, in half a second; one text is read at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @cached_property
    def _identifier(self) -> LanguageIdentifier:
        return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

    def __call__(self, text: str) -> tuple[str, float]:
        with self._lock:
            language, confidence = self._identifier.classify(text)
        return language, 0.0 if language == _NO_LANGUAGE else float(np.clip(confidence, 0, 1))
