"""Retrieval with deep features as they are: index a collection, ask it by picture or region, measure it.

`indexing.index_job` makes an `Index`; `query` asks it; `evaluation` measures mean average precision where
there are labels. Nothing here needs torch in the server: networks run in OpenVINO.
"""

from wsl_core.transfer.retrieval.card import IndexCard, Indexed
from wsl_core.transfer.retrieval.descriptor import Descriptor, Look
from wsl_core.transfer.retrieval.evaluation import JOB as EVALUATION_JOB
from wsl_core.transfer.retrieval.index import Index
from wsl_core.transfer.retrieval.indexing import JOB as INDEX_JOB
from wsl_core.transfer.retrieval.measurement import Ranked, Retrieval, measure
from wsl_core.transfer.retrieval.parameters import (
    PIXELS,
    DescriptorParameters,
    IndexParameters,
    QueryParameters,
    RetrievalParameters,
)
from wsl_core.transfer.retrieval.projection import Projection
from wsl_core.transfer.retrieval.query import (
    Heat,
    Neighbour,
    Pair,
    ask,
    ask_entry,
    heat,
    nearest,
    pairs,
    vector,
)

__all__ = [
    "EVALUATION_JOB", "INDEX_JOB", "PIXELS", "Descriptor", "DescriptorParameters", "Heat", "Index",
    "IndexCard", "IndexParameters", "Indexed", "Look", "Neighbour", "Pair", "Projection", "QueryParameters",
    "Ranked", "Retrieval", "RetrievalParameters", "ask", "ask_entry", "heat", "measure", "nearest", "pairs",
    "vector",
]  # fmt: skip
