"""Commands for checkpoints: `python -m sanet checkpoints list | pull | verify | convert | push`.

Words only. What speaks to the Hub is imported when a command does, so that training does without it.
"""

import argparse
from pathlib import Path
from typing import Any

from sanet.checkpoints.catalog import read_catalog
from sanet.checkpoints.load import largest_difference, load_network, save_network
from sanet.checkpoints.model_card import LICENCE


def add_commands(subparsers: Any) -> None:
    """Add `checkpoints` to the `subparsers` of an `argparse` parser; each command sets `func`, an exit code."""
    parser = subparsers.add_parser("checkpoints", help="list, fetch, check, convert and publish checkpoints")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("list", help="the catalog that the page offers").set_defaults(func=list_command)
    fetch = _add(commands, "pull", pull_command, "fetch a checkpoint from the Hub and print its folder")
    fetch.add_argument("source", metavar="SRC", help="owner/name or owner/name@revision")
    verify = _add(commands, "verify", verify_command, "check a folder in either format, or a repository")
    verify.add_argument("source", metavar="PATH", help="a folder, 'embedded' or owner/name")
    convert = _add(
        commands, "convert", convert_command, "turn the published .pth format into ours, or ours into shards"
    )
    convert.add_argument("source", type=Path, metavar="FOLDER", help="the three .pth files, or ours")
    convert.add_argument("out", type=Path, metavar="OUT", help="another folder, to write")
    convert.add_argument("--half", action="store_true", help="half the size; prints the difference that makes")
    convert.add_argument("--shard-bytes", type=int, metavar="N", help="split the weights into files of at most N bytes")
    publish = _add(commands, "push", push_command, "upload a folder and its model card to the Hub")
    publish.add_argument("folder", type=Path, metavar="PATH", help="config.json and model.safetensors")
    publish.add_argument("repo", metavar="owner/name")
    publish.add_argument("--licence", default=LICENCE, help=f"of the weights, for the card (default: {LICENCE})")
    publish.add_argument("--private", action="store_true", default=None, help="make a private repository")


def _add(commands: Any, name: str, func: Any, words: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=words)
    parser.set_defaults(func=func)
    return parser


def list_command(args: argparse.Namespace) -> int:
    """Print the catalog."""
    for entry in read_catalog():
        print(f"{entry.id}  {entry.address}  {entry.licence}  {entry.description}")
    return 0


def pull_command(args: argparse.Namespace) -> int:
    """Fetch, check, print the folder. Raises ValueError."""
    from sanet.checkpoints.hub import hub_source, load_pulled, pull

    source = hub_source(args.source)
    if source is None:
        raise ValueError(f"Only repositories on the Hub can be pulled, as owner/name; got {args.source!r}.")
    folder = pull(source)
    load_pulled(source, folder)
    print(folder)
    return 0


def verify_command(args: argparse.Namespace) -> int:
    """Check format, checksums, names, shapes and finiteness. Raises ValueError naming what is wrong."""
    from sanet.checkpoints.hub import load_checkpoint

    net = load_checkpoint(args.source)
    count = sum(tensor.numel() for tensor in net.state_dict().values())
    print(f"{args.source} is whole: {count / 1e6:.1f} million numbers, {net.config}")
    return 0


def convert_command(args: argparse.Namespace) -> int:
    """Write our format and print by how much a result differs. Raises ValueError."""
    net = load_network(args.source)
    if args.out.exists() and args.out.samefile(args.source):
        raise ValueError(f"OUT must be another folder than {args.source}, whose weights would be replaced.")
    save_network(net, args.out, half=args.half, shard_bytes=args.shard_bytes)
    difference = largest_difference(net, load_network(args.out))
    print(f"{args.out}: largest difference of a colour value {difference:.2g} (0 to 1)")
    return 0


def push_command(args: argparse.Namespace) -> int:
    """Publish and print the address of the commit. Raises ValueError."""
    from sanet.checkpoints.publish import push

    print(push(args.folder, args.repo, args.licence, args.private))
    return 0
