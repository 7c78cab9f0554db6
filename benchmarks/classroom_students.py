"""Students of the load test: each brings a photograph, changes ten controls, and starts one training."""

import asyncio
import contextlib
import io
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from benchmarks.visitor import Tab
from wsl_core.images import gallery

PAGE, TRAINING = "activation_maps", ("adaptation", "chapter=train")
OWN, UPLOADER = ("Picture from", "Your own"), "Drop a picture, choose one, or click here and paste"
PRESET = "Digits → dimmed digits"
RELATIVE = 0.5  # a pause is drawn from this much below to this much above its mean

CHANGES = (  # in each student's own order; the last four ask for a new forward pass
    ("Opacity", (0.2, 0.4, 0.8, 1.0)),
    ("Opacity", (0.3, 0.5, 0.7, 0.9)),
    ("Threshold", (0.3, 0.5, 0.7)),
    ("Drawing", ("cells",)),
    ("Own scale", (True,)),
    ("Show", ("two classes", "difference")),
    ("Picture size", ("321", "641")),
    ("Picture size", ("225", "449")),
    ("Mirror", (True,)),
    ("Mirror", (False,)),
)


@dataclass
class Lesson:
    """What thirty students have in common.

    Attributes:
        url: of the server.
        students: how many come.
        pause: mean seconds between two changes of a student.
        changes: how many each makes.
    """

    url: str
    students: int
    pause: float
    changes: int = len(CHANGES)


@dataclass
class Student:
    """What one of them met.

    Attributes:
        upload_s: from choosing the file to the page with it.
        repaints_s: from each change to the end of the run that answers it.
        errors: in words.
        run: the training that was started, empty if none was.
        received: bytes by all its tabs.
    """

    upload_s: float = 0.0
    repaints_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    run: str = ""
    received: int = 0


def photograph(number: int, size: tuple[int, int]) -> bytes:
    """A JPEG of (width, height) px that nobody else has: about 3 MB at 4000 x 3000, as phones make them."""
    names = list(gallery.names())
    draw = np.random.default_rng(number)
    scene = Image.fromarray(gallery.load(names[number % len(names)]).pixels)
    pixels = np.asarray(scene.convert("RGB").resize(size, Image.Resampling.BICUBIC), np.int16)
    left, top = (int(draw.integers(0, side // 2)) for side in size)
    grain = draw.integers(-9, 10, (*pixels.shape[:2], 1), dtype=np.int16)
    pixels = np.roll(pixels, (top, left), (0, 1)) + grain
    file = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=85)
    return file.getvalue()


async def attend(lesson: Lesson, number: int, photo: bytes, ready: asyncio.Barrier) -> Student:
    """One student's lesson, from the first page to the last tab closed."""
    draw, student = random.Random(number), Student()
    async with _tab(lesson, student, PAGE) as tab, contextlib.AsyncExitStack() as later:
        await ready.wait()
        await asyncio.sleep(lesson.pause * draw.random())
        await tab.set(*OWN)
        student.upload_s = await tab.bring(UPLOADER, f"{number}.jpg", photo)
        changes = draw.sample(CHANGES, len(CHANGES))[: lesson.changes]
        for at, (label, values) in enumerate(changes):
            await asyncio.sleep(lesson.pause * draw.uniform(1 - RELATIVE, 1 + RELATIVE))
            if at == number % max(1, min(4, lesson.changes)):
                # In a tab of its own, where it is watched while the first tab goes on.
                training = await later.enter_async_context(_tab(lesson, student, *TRAINING))
                await training.press(PRESET)
                student.run = training.link.get("run", "")
            student.repaints_s.append(await tab.set(label, draw.choice(values)))
        if not student.run:
            student.errors.append("No training was started.")
    return student


@contextlib.asynccontextmanager
async def _tab(lesson: Lesson, student: Student, page: str, link: str = "") -> AsyncIterator[Tab]:
    """A tab whose errors and bytes are told to its student."""
    async with Tab.open(lesson.url, page, link) as tab:
        try:
            yield tab
        finally:
            student.errors += tab.errors
            student.received += tab.received


async def together(lesson: Lesson, photos: list[bytes]) -> list[Student]:
    """All students at once; what breaks one of them off is an error of its own."""
    ready = asyncio.Barrier(lesson.students)
    lessons = (attend(lesson, number, photo, ready) for number, photo in enumerate(photos))
    found = await asyncio.gather(*lessons, return_exceptions=True)
    return [
        one if isinstance(one, Student) else Student(errors=[f"{type(one).__name__}: {one}"])
        for one in found
    ]
