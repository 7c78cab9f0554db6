"""Beyond ImageNet: class activation maps, pooling and transfer, the core behind the pages.

The way of a heat map::

    from wsl_core import images, networks

    photo = images.read("cat.jpg")
    maps = networks.load("efficientnet_lite0").class_maps(photo, size=449)

Importing this package imports neither torch nor Streamlit.
"""

__version__ = "0.1.0"
