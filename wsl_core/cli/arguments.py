"""Pydantic fields as command-line arguments: type, range, default and sentence are declared once."""

import argparse
import json
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from wsl_core.errors import ParameterError

Model = TypeVar("Model", bound=BaseModel)
ONE_OF = "one of"
Arguments = argparse._ActionsContainer  # a parser, or a group of one


def add(parser: Arguments, model: type[BaseModel], metavars: Mapping[str, str | None]) -> None:
    """Add `--field` for fields of a model.

    Args:
        parser: or a group of one.
        model: declares the fields.
        metavars: the fields to add, and what the help calls their values; None for a switch.
    """
    for name, metavar in metavars.items():
        field = model.model_fields[name]
        sentence = str(field.description).rstrip(".")
        if field.annotation is bool:
            parser.add_argument(
                flag(name),
                action="store_true",
                default=argparse.SUPPRESS,
                help=_plain(sentence + "."),
            )
            continue
        facts = "; ".join(filter(None, (accepted(field), _default(field))))
        parser.add_argument(
            flag(name),
            metavar=metavar,
            # Left to the model: argparse would take `--top 1` for not given if 1 were its default.
            default=argparse.SUPPRESS,
            type=str if field.annotation in (str, str | None) else _whole_number_or_text,
            help=_plain(f"{sentence} ({facts})." if facts else f"{sentence}."),
        )


def add_json(parser: Arguments, what: str) -> None:
    """Add `--json`, which every command has."""
    parser.add_argument(
        "--json",
        action="store_true",
        help=f"Print {what} as one JSON object on standard output, and nothing else there.",
    )


def read(model: type[Model], args: argparse.Namespace) -> Model:
    """The model from the arguments that were given; defaults for fields that are no arguments.

    Raises:
        ParameterError: a value outside its field's range or of another type.
    """
    given = {name: value for name, value in vars(args).items() if name in model.model_fields}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        raise refused(flag(name), given[name], accepted(model.model_fields[name])) from None


def refused(name: str, value: object, range_: str) -> ParameterError:
    """The sentence for a value that an argument does not accept."""
    what = f"a number {range_}" if range_.startswith(("from", "to")) else range_
    return ParameterError(f"{name} {value} is not accepted. Accepted is {what or 'a number'}.")


def accepted(field: FieldInfo) -> str:
    """The declared range or choices of a field, in words; empty where none are declared."""
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    literal = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    if sentence := extra.get("accepted"):
        return str(sentence)
    choices: Any = literal or extra.get("choices")
    if choices:
        return f"{ONE_OF} {', '.join(map(str, choices))}"
    bounds = {
        kind: getattr(bound, kind)
        for bound in field.metadata
        for kind in ("ge", "gt", "le", "lt")
        if hasattr(bound, kind)
    }
    words = {"ge": "from {}", "gt": "from above {}", "le": "to {}", "lt": "to below {}"}
    return " ".join(words[kind].format(bound) for kind, bound in bounds.items())


def printed(result: Mapping[str, Any]) -> None:
    """Print a result as JSON; ASCII, so that no file name is too odd for any terminal or pipe."""
    print(json.dumps(result, indent=1, allow_nan=False))


def flag(name: str) -> str:
    """The argument of a field."""
    return f"--{name.replace('_', '-')}"


def _default(field: FieldInfo) -> str:
    """The default in words; empty where there is none, or nothing is the default."""
    if field.is_required() or field.default in (None, "", ()):
        return ""
    default = field.default
    return f"default {','.join(map(str, default)) if isinstance(default, tuple) else default}"


def _whole_number_or_text(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text  # the model, or whoever knows the field, says what is accepted


def _plain(text: str) -> str:
    return text.replace("%", "%%")  # argparse fills in what follows a percent sign
