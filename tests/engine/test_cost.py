"""What a picture will cost: arithmetic against what PyTorch counts, free memory, pace, and refusals before any work."""

import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from sanet.engine import interrupts
from sanet.engine import stylizer as engine_module
from sanet.engine.cost import (
    BESIDE,
    Estimate,
    Pace,
    count_attending,
    count_decoding,
    count_encoding,
    count_operations,
    count_polishing,
    memory_needed,
)
from sanet.engine.memory import free_memory
from sanet.network.model import PRESETS, SANetConfig, StyleTransferNet

CPU = torch.device("cpu")
GB = 10**9


def counted(run):
    with FlopCounterMode(display=False) as counter:
        out = run()
    return counter.get_total_flops(), out


@pytest.mark.parametrize("upsampling", ["nearest", "bilinear"])
@pytest.mark.parametrize("levels", [(4,), (5,), (4, 5)])
def test_the_arithmetic_is_what_the_plain_network_does(levels, upsampling):
    config = SANetConfig(convs=(2, 2, 3, 3, 1), widths=(8, 16, 24, 32, 32), levels=levels, upsampling=upsampling)
    net = StyleTransferNet(config).requires_grad_(False)
    image, style = torch.rand(1, 3, 128, 192), torch.rand(1, 3, 96, 64)
    encoded, features = counted(lambda: net.encoder(image))
    style_features = net.encoder(style)
    attended, mixed = counted(lambda: net.attend(features, style_features))
    decoded, _ = counted(lambda: net.decoder(mixed))
    assert count_encoding(config, (192, 128)) == pytest.approx(encoded, rel=0.01)
    assert count_attending(config, (192, 128), (64, 96)) == pytest.approx(attended, rel=0.01)
    assert count_decoding(config, (192, 128)) == pytest.approx(decoded, rel=0.01)


def test_memory_grows_with_pixels_styles_and_widths_and_is_bounded_by_the_tile():
    compact, wide = PRESETS["compact"], PRESETS["vgg19"]
    small, large = (memory_needed(compact, (side, side), [(512, 512)], 1024) for side in (512, 4096))
    assert small < large < 4 * GB - 3 * 10**8
    assert memory_needed(compact, (4096, 4096), [(512, 512)] * 4, 1024) > large
    assert memory_needed(compact, (4096, 4096), [(512, 512)], 4096) > large
    assert memory_needed(wide, (512, 512), [(512, 512)], 1024) > small


def test_seconds_come_from_what_was_done_and_from_nothing_else():
    pace = Pace()
    assert pace.seconds({"encode": 1e12}) is None
    pace.note("encode", 1e12, 2.0)
    assert pace.seconds({"encode": 5e11, "decode": 1e10}) is None
    for _ in range(2):
        pace.note("decode", 1e11, 1.0)
    assert pace.seconds({"encode": 5e11, "decode": 1e11}) == pytest.approx(2.0, rel=0.01)
    for _ in range(9):
        pace.note("encode", 1e12, 4.0)
    assert pace.seconds({"encode": 5e11}) == pytest.approx(2.0, rel=0.01)


def test_a_few_pictures_that_took_long_change_nothing():
    pace = Pace()
    for seconds in (1.0, 60.0, 1.0, 45.0, 1.0):
        pace.note("encode", 1e12, seconds)
    assert pace.seconds({"encode": 1e12}) == pytest.approx(1.0)


@pytest.mark.parametrize("slow", ["all", "content", "encode", "attend", "decode"])
def test_a_slow_first_picture_does_not_make_the_next_ones_slow(slow):
    """All but the style's encoding may take ten times as long as later, as on a busy machine."""
    config, size = PRESETS["compact"], (512, 342)
    encoding, work = count_encoding(config, size), count_operations(config, size, [size])
    later, pace = {"encode": 5e-12, "attend": 6e-12, "decode": 4e-12, "polish": 1.4e-11}, Pace()
    first = [("content", "encode", encoding), ("style", "encode", encoding)]
    for name, kind, operations in [*first, *((kind, kind, work[kind]) for kind in ("attend", "decode"))]:
        times = 10 if slow in ("all", kind, name) and name != "style" else 1.5
        pace.note(kind, operations, times * later[kind] * (operations + BESIDE))
    for asked in (work, work | {"polish": count_polishing(size, [size], 20)}):
        wanted = sum((operations + BESIDE) * later[kind] for kind, operations in asked.items())
        assert wanted / 2 < pace.seconds(asked) < wanted * 2


def test_a_small_picture_tells_the_pace_of_large_ones():
    pace = Pace()
    pace.note("encode", 1.5e8, 0.0026)  # 32 pixels
    assert pace.seconds({"encode": 3.8e10}) == pytest.approx(0.17, rel=0.1)  # 512


def test_one_picture_teaches_the_engine_its_pace(engine, noise):
    sizes = ((48, 40), [(32, 32)])
    assert engine.estimate(*sizes).seconds is None
    engine.stylize(noise(48, 40), [noise(32, 32, 1)])
    known = engine.estimate(*sizes).seconds
    assert known is not None
    larger = engine.estimate((480, 400), [(32, 32)]).seconds
    assert larger > known > 0


def test_the_engine_learns_nothing_of_pauses(engine, noise, monkeypatch):
    later = [0.0]
    monkeypatch.setattr(interrupts, "time", SimpleNamespace(perf_counter=lambda: time.perf_counter() + later[0]))

    def pause(done, stage):
        with interrupts.paused():
            later[0] += 10_000

    engine.stylize(noise(48, 40), [noise(32, 32)], progress=pause)
    assert later[0] > 20_000
    assert engine.estimate((48, 40), [(32, 32)]).seconds < 5_000


def test_larger_strokes_cost_as_much_as_the_style_that_is_read(engine):
    plain, twice = (engine.estimate((512, 512), [(1024, 1024)], 512, stroke_size=size) for size in (1.0, 2.0))
    assert twice.size == plain.size
    large = engine.estimate((512, 512), [(1024, 1024)], 1024)
    strokes = engine.estimate((512, 512), [(512, 512)], 1024, stroke_size=2.0)
    assert replace(strokes, free=large.free) == large  # what is free changes all the time
    half, four = (engine.estimate((512, 512), [(1024, 1024)], 512, stroke_size=size) for size in (0.5, 4.0))
    assert half.memory == plain.memory <= twice.memory < four.memory


def test_the_estimate_is_of_the_fitted_size_and_styles_are_read_at_1024_at_most(engine):
    assert engine.estimate((4000, 3000), [(64, 64)], 2000).size == (2000, 1500)
    large, huge = (engine.estimate((64, 64), [(side, side)], 4096) for side in (1024, 4000))
    assert (large.memory, large.seconds) == (huge.memory, huge.seconds)


@pytest.mark.parametrize("free", [10**6, 0])
def test_what_does_not_fit_is_refused_before_any_work(engine, noise, monkeypatch, free):
    monkeypatch.setattr(engine_module, "free_memory", lambda device: free)
    ran = []
    engine.net.encoder.register_forward_hook(lambda *_: ran.append(1))
    with pytest.raises(ValueError, match=r"48 x 40 pixels needs up to .* GB .* choose a smaller picture size"):
        engine.stylize(noise(48, 40), [noise(32, 32, 1)])
    assert ran == []


def test_unknown_memory_refuses_nothing():
    Estimate((10, 10), None, 10**15, None).check()


def test_this_machine_says_what_is_free():
    free = free_memory(CPU)
    if Path("/proc/meminfo").exists():
        assert free is not None
        assert 0 < free < 2**60
    else:
        assert free is None


# Control groups


MEMINFO = {"proc/meminfo": "MemTotal: 16000000 kB\nMemAvailable: 8000000 kB\n"}
V1, V2 = "sys/fs/cgroup/memory", "sys/fs/cgroup"


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_a_system_without_proc_says_nothing(tmp_path):
    assert free_memory(CPU, tmp_path) is None


def test_without_groups_it_is_what_linux_calls_available(tmp_path):
    write(tmp_path, MEMINFO)
    assert free_memory(CPU, tmp_path) == 8_192_000_000


@pytest.mark.parametrize(("path", "folder"), [("/", V2), ("/app", f"{V2}/app")])
def test_the_limit_of_a_container_version_2(tmp_path, path, folder):
    limit = {f"{folder}/memory.max": "2000000000\n", f"{folder}/memory.current": "1500000000\n"}
    stat = {f"{folder}/memory.stat": "anon 1\ninactive_file 300000000\n"}
    write(tmp_path, MEMINFO | {"proc/self/cgroup": f"0::{path}\n"} | limit | stat)
    assert free_memory(CPU, tmp_path) == 800_000_000


def test_a_limit_further_up_counts_and_max_is_none(tmp_path):
    write(tmp_path, MEMINFO | {"proc/self/cgroup": "0::/a/b\n"})
    for folder, limit in (("a/b", "max"), ("a", "1000000000")):
        write(tmp_path, {f"{V2}/{folder}/memory.max": limit, f"{V2}/{folder}/memory.current": "400000000"})
    assert free_memory(CPU, tmp_path) == 600_000_000


def test_the_limit_of_a_container_version_1_that_sees_its_own_group_at_the_top(tmp_path):
    groups = {"proc/self/cgroup": "5:cpu,cpuacct:/x\n4:memory:/docker/1\n0::/\n"}
    limit = {f"{V1}/memory.limit_in_bytes": "2000000000", f"{V1}/memory.usage_in_bytes": "1900000000"}
    write(tmp_path, MEMINFO | groups | limit | {f"{V1}/memory.stat": "cache 5\ntotal_inactive_file 100000000"})
    assert free_memory(CPU, tmp_path) == 200_000_000
