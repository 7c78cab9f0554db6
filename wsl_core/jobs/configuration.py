"""The configuration of a job as its parameters: plain values in, a checked model out, or a sentence."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from wsl_core.errors import ParameterError

Model = TypeVar("Model", bound=BaseModel)
BRANCHES = ("int", "float", "str", "bool")
SHOWN = 60  # characters of a value that is said again


def configured(model: type[Model], config: object, what: str) -> Model:
    """The parameters of a job.

    Args:
        model: of the parameters.
        config: plain values, as they lie in the run's folder.
        what: is configured, for the sentence: "training".

    Raises:
        ParameterError: names the first field that is not accepted.
    """
    try:
        return model.model_validate(config)
    except ValidationError as error:
        first = error.errors()[0]
        # Pydantic goes on to name the branch of a union, int or tuple[...]: a visitor asked for a field.
        parts = [str(part) for part in first["loc"]]
        where = ".".join(part for part in parts if part not in BRANCHES and "[" not in part)
        found = repr(first["input"])
        raise ParameterError(
            f"The {what}'s {where or 'configuration'}{f' {found}' * (len(found) <= SHOWN)} is not accepted: "
            f"{first['msg'].lower()}. Correct it."
        ) from None
