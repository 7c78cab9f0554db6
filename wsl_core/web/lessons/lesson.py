"""A lesson: stations in a state, each with a question, with controls hidden or held; all of it in one word.

The word goes into a link. It is the lesson's JSON without defaults, compressed, in characters that an address
takes as they are; nothing is kept on the server.
"""

import base64
import binascii
import json
import zlib

from pydantic import BaseModel, ConfigDict, Field, ValidationError

MOST_STEPS, LONGEST = 24, 600  # steps of a lesson, and characters of a text in it
MOST_BYTES = 400_000  # of a lesson's JSON: more than the longest texts of all steps need


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LessonStep(_Part):
    """A place to stop at, as `wsl_core.lecture.Step` has it, and what the teacher makes of it."""

    station: str = Field(description="Last part of the address of its page.")
    link: dict[str, str] = Field({}, description="State of that page; all else is as it begins.")
    title: str = Field("", max_length=LONGEST)
    sentence: str = Field("", max_length=LONGEST)
    question: str = Field("", max_length=LONGEST, description="The teacher's own.")
    hidden: tuple[str, ...] = Field((), description="Controls that are not drawn.")
    frozen: tuple[str, ...] = Field((), description="Controls that are drawn and cannot be moved.")


class Lesson(_Part):
    """All of it."""

    title: str = Field("", max_length=LONGEST)
    steps: tuple[LessonStep, ...] = Field((), max_length=MOST_STEPS)

    def packed(self) -> str:
        """The word that stands for this lesson in a link."""
        text = json.dumps(self.bare(), ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")

    def bare(self) -> dict[str, object]:
        """What is not a default, for JSON."""
        return self.model_dump(mode="json", exclude_defaults=True)


def unpacked(word: str) -> Lesson:
    """The lesson that a link's word stands for.

    Raises:
        ValueError: it stands for none, or was cut off on its way.
    """
    try:
        data = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
        loose = zlib.decompressobj()
        text = loose.decompress(data, MOST_BYTES)
        if not loose.eof or loose.unused_data:
            raise ValueError("the word is cut off, or holds more than a lesson")
        return Lesson.model_validate(json.loads(text))
    except (
        binascii.Error,
        zlib.error,
        UnicodeDecodeError,
        ValidationError,
        RecursionError,
    ) as error:
        raise ValueError(str(error)) from None
