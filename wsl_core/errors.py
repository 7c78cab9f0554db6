"""Errors as sentences for the person who sees them.

Whatever meets the outside world (a file, a link, weights, a parameter) turns what goes wrong into
one of these: what was found, what is accepted, what to do. Pages show the sentence in place, the
command line prints it and ends with status 2.
"""


class WslError(Exception):
    """A sentence for the person in front of the program."""


class ImageError(WslError):
    """A file that cannot be used as a picture."""


class ParameterError(WslError):
    """A parameter outside its declared range, or a combination that makes no sense."""


class NetworkError(WslError):
    """An unknown network, or one that cannot be built, converted or run here."""


class WeightsError(NetworkError):
    """A weights file that is missing, damaged or made for another architecture."""


class ClassNameError(WslError):
    """A class name that no class, or more than one class, answers to."""


class WordError(WslError):
    """A word without a vector, or with nothing to do with any class of a network."""


class HeadError(WslError):
    """A trained head that is missing, damaged or made for another network."""


class JobError(WslError):
    """A worker process that ended before its work was done."""


class DatasetError(WslError):
    """A labelled set that is missing, damaged, or laid out otherwise than it is published."""
