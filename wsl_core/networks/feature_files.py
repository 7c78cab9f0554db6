"""Features that are kept in WSL_CACHE share one limit: the oldest go first, whoever made them."""

import contextlib
from pathlib import Path


def prune(root: Path, limit: float, keep: set[Path]) -> int:
    """Remove the oldest features until the rest takes at most `limit` bytes.

    Args:
        root: folder of all features.
        limit: in bytes, of the files that are not kept.
        keep: files that stay and are not counted.

    Returns:
        how many files were removed.
    """
    facts = []
    for ending in ("npy", "safetensors"):
        for path in root.glob(f"*/*/*.{ending}"):
            if path not in keep:
                with contextlib.suppress(FileNotFoundError):
                    stat = path.stat()
                    facts.append((stat.st_mtime, stat.st_size, path))
    total, removed = sum(size for _, size, _ in facts), 0
    for _, size, path in sorted(facts):
        if total <= limit:
            break
        path.unlink(missing_ok=True)
        total -= size
        removed += 1
    return removed
