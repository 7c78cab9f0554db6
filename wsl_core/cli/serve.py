"""`wsl serve`: the pages for a class in the local network, with limits; prints what students type or scan."""

import argparse
import errno
import importlib.util
import os
import socket
import subprocess
import sys
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from wsl_core.cli import DONE, arguments
from wsl_core.errors import ParameterError
from wsl_core.figures import qr
from wsl_core.settings import Settings, settings, variable

APP = Path(__file__).parents[2] / "app.py"
EVERYWHERE = "0.0.0.0"
ALONE = ("127.0.0.1", "localhost")  # addresses that no other machine reaches
NOWHERE = ("192.0.2.1", 9)  # an address that is never given out: only the way to it is asked for


class Serving(BaseModel):
    """How a class is served. Where the environment sets a limit, that goes before the default here."""

    model_config = ConfigDict(frozen=True)

    address: str = Field(
        EVERYWHERE,
        description=f"Address of this machine to answer at; {EVERYWHERE} is all of them.",
    )
    port: int = Field(8501, ge=1, le=65535, description="Port to answer at.")
    megabytes: int = Field(20, ge=1, le=2000, description="Largest picture file, in megabytes.")
    trainings: int = Field(
        2, ge=1, le=64, description="Trainings at a time; the others wait for their turn."
    )
    queue: int = Field(
        60, ge=1, le=1000, description="Trainings that may wait; further ones are refused in words."
    )
    cache_megabytes: int = Field(
        400,
        ge=1,
        description="Memory for the students' pictures, and for class maps, each in megabytes; thirty "
        "photographs take 300.",
    )
    downloads: bool = Field(
        False, description="Students may have weights fetched from the network to this machine."
    )
    hosts: str = Field(
        "",
        pattern=str(Settings.model_fields["hosts"].metadata[0].pattern),
        description="Names, beside this machine's own, by which the pages may be reached, as behind a proxy.",
        json_schema_extra={"accepted": "names such as class.example, with commas and without port"},
    )


LIMITS = (
    "megabytes",
    "trainings",
    "queue",
    "cache_megabytes",
    "downloads",
)  # settings of the same name
METAVARS = {"address": "ADDRESS", "port": "N", "megabytes": "N", "trainings": "N", "queue": "N",
            "cache_megabytes": "N", "downloads": None, "hosts": "NAMES"}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    parser.description = (
        "Serve the pages to a class in the local network. Students open the address that is printed, or\n"
        "scan its code. There is no password: use it in a network that you trust, and stop it afterwards."
    )
    arguments.add(parser, Serving, METAVARS)
    arguments.add_json(parser, "addresses and limits")


def run(args: argparse.Namespace) -> int:
    """Print addresses, code and limits, then become the server; the exit status.

    Raises:
        ParameterError: a value is not accepted, the pages are not here, or the port cannot be had.
    """
    asked = arguments.read(Serving, args)
    os.environ.update(environment(asked))
    settings.cache_clear()
    limits = settings()
    _require_pages()
    _require_port(asked.address, asked.port)
    urls = _urls(asked, limits)
    if args.json:
        facts = ("megabytes", "trainings", "queue", "downloads")
        named = {"hosts": limits.hosts.split(",")}
        arguments.printed(
            {"addresses": urls} | {one: getattr(limits, one) for one in facts} | named
        )
    else:
        print(told(urls, limits))
    sys.stdout.flush()
    return _become([sys.executable, "-m", "streamlit", "run", str(APP)])


def environment(asked: Serving) -> dict[str, str]:
    """The variables that the server is started with; what the environment sets and nobody asked for stays."""
    given = {
        name: str(getattr(asked, name))
        for name in LIMITS
        if name in asked.model_fields_set or not os.environ.get(variable(name))
    }
    megabytes = float(given.get("megabytes") or os.environ[variable("megabytes")])
    names = [asked.hosts or os.environ.get(variable("hosts"), ""), *_own_names()]
    return {variable(name): value for name, value in given.items()} | {
        variable("hosts"): ",".join(filter(None, names)),
        "STREAMLIT_SERVER_ADDRESS": asked.address,
        "STREAMLIT_SERVER_PORT": str(asked.port),
        # It would ask a server elsewhere for this machine's address, to print it.
        "STREAMLIT_LOGGER_HIDE_WELCOME_MESSAGE": "true",
        # A full collection after each student's run would hold up all others; Python's own goes on.
        "STREAMLIT_RUNNER_POST_SCRIPT_GC": "false",
        "STREAMLIT_SERVER_MAX_UPLOAD_SIZE": str(max(1, int(megabytes))),
    }


def _own_names() -> tuple[str, ...]:
    own = socket.gethostname()
    return "localhost", own, f"{own}.local"


def _urls(asked: Serving, limits: Settings) -> list[str]:
    """What students type: where only a proxy on this machine can ask, the names that it goes by."""
    if asked.address in ALONE:
        given = [one for one in limits.hosts.split(",") if one not in _own_names()]
        if given:
            return [f"https://{one}" for one in given]
    return [f"http://{one}:{asked.port}" for one in addresses(asked.address)]


def addresses(asked: str) -> list[str]:
    """This machine's addresses in the local network, the likeliest first; none where it is in none.

    Args:
        asked: the address to answer at; it is the only one, unless it stands for all.
    """
    if asked != EVERYWHERE:
        return [asked]
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(NOWHERE)  # sends nothing: it only chooses the network to go through
            found.append(way.getsockname()[0])
        except OSError:
            pass
    try:
        known = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        found += [str(one[4][0]) for one in known]
    except OSError:
        pass
    return [one for one in dict.fromkeys(found) if not one.startswith(("127.", "0."))]


def told(urls: list[str], limits: Settings) -> str:
    """What a teacher reads and shows before the server starts."""
    trainings = "1 training" if limits.trainings == 1 else f"{limits.trainings} trainings"
    fetched = "may be fetched on request" if limits.downloads else "are not fetched"
    words = [
        f"Limits: pictures of up to {limits.megabytes:g} MB; {trainings} at a time, and {limits.queue} more "
        f"may wait; weights {fetched} from the network.",
        f"It answers to this machine's addresses, and to {limits.hosts.replace(',', ', ')}. Allow other "
        "names with --hosts.",
        "Cameras need https, and so a proxy: the README says how, under For a class.",
        "There is no password. Stop it with Ctrl-C.",
    ]
    if urls and urls[0].startswith(tuple(f"http://{one}:" for one in ALONE)):
        first = [
            f"Beyond ImageNet at {urls[0]}, for this machine alone.",
            "For a class leave --address out, or name a proxy with --hosts.",
            "",
        ]
    elif not urls:
        first = [
            "This machine is in no network, so that no student can reach it. Connect it and start again."
        ]
    else:
        first = [
            "Beyond ImageNet for a class. Students in the same network open"
            + (", through your proxy," if urls[0].startswith("https:") else ""),
            "",
            f"    {urls[0]}",
            "",
        ]
        first += [_code(urls[0])]
        if urls[1:]:
            first += [f"If that does not answer: {', '.join(urls[1:])}", ""]
    return "\n".join(first + words)


def _code(url: str) -> str:
    """The QR code of an address; empty where the terminal has no characters for it."""
    code = qr.terminal(url)
    try:
        code.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return ""
    return code


def _require_pages() -> None:
    if not APP.is_file():
        raise ParameterError(
            f"The pages are not part of the installed package, and {APP.name} is not beside it. Run this "
            f"command in the folder of the whole program."
        )
    if importlib.util.find_spec("streamlit") is None:
        raise ParameterError("Streamlit is not installed: python -m pip install streamlit.")


def _require_port(address: str, port: int) -> None:
    """Refuse here what the server would stumble over: the address was printed by then."""
    reasons = {
        errno.EADDRINUSE: f"--port {port} is taken by another program. Choose another, or end that program.",
        errno.EACCES: f"--port {port} is kept for the system. Choose one from 1024 on.",
    }
    try:
        family = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if os.name != "nt":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError as error:
        raise ParameterError(
            reasons.get(error.errno or 0)
            or f"--address {address} is not accepted. Accepted is {EVERYWHERE}, or an address of this "
            f"machine."
        ) from None


def _become(command: list[str]) -> int:
    """Let the server take this process's place, so that Ctrl-C and signals reach it alone."""
    if os.name == "nt":  # has no such thing
        return subprocess.call(command)
    os.execv(command[0], command)
    return DONE
