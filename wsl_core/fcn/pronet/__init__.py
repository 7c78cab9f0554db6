"""ProNet (Sun et al., CVPR 2016): a pipeline that proposes boxes, then looks at the best again.

No pooling scheme, but what is built with one: streams at several scales with LSE pooling, whose cells are
boxes, and a second stage that scores crops of the best boxes. `ProNet.load(...).look(network, photo)`.

The paper's, as far as its abstract and a figure's caption could be read: streams with shared weights at
several scales, LSE pooling of each, every cell a box with a confidence; the best boxes are cropped and
scored by a second stage trained on the harder instances; image labels only; a point is the centre of the
best box. Ours, since nothing else could be read: every number in `ProNetParameters`; both stages are
linear on one frozen network, where the paper has larger networks for the crops; the means that join
streams and stages; and the second stage's instances, which are the crops of a picture as one bag.
"""

from wsl_core.fcn.pronet.maps import ProNetMaps
from wsl_core.fcn.pronet.parameters import ABOUT, SIZES, ProNetParameters, ProNetRequest
from wsl_core.fcn.pronet.pipeline import AnyHead, ProNet, load, of

__all__ = [
    "ABOUT", "SIZES", "AnyHead", "ProNet", "ProNetMaps", "ProNetParameters", "ProNetRequest", "load", "of",
]  # fmt: skip
