"""Lists as people write them: a text with commas, a number alone, or a list of JSON, as a tuple."""


def listed(value: object) -> object:
    """For a field of several values; what is no list is left as it is, for the field to refuse."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (value,)
    return tuple(value) if isinstance(value, list) else value
