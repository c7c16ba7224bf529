"""The engine: sizes, the three run-time controls, caching, threads, progress and refusals."""

import dataclasses
import gc
import itertools
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps

import sanet
from sanet.engine.controls import bilinear_mix
from sanet.engine.request import PAINTED, UPLOADED, Regions, Request
from sanet.engine.stylizer import Stylizer, _key
from sanet.image.decode import open_picture
from sanet.image.masks import shape_masks
from sanet.image.region_presets import preset_masks
from sanet.image.size import fit
from sanet.image.stroke_size import read_style
from sanet.image.tensor import pad, to_picture, to_tensor
from sanet.image.transparency import on_white
from sanet.network.color import luminance, match_palette
from sanet.network.model import SANetConfig, StyleTransferNet
from sanet.network.statistics import mean_and_variance
from sanet.paths import EXAMPLES

Controls = sanet.Controls
CPU = torch.device("cpu")
WHITE, BLACK = Image.new("L", (8, 8), 255), Image.new("L", (8, 8), 0)


def difference(a, b):
    """Largest difference of two pictures in levels of 255."""
    assert (a.mode, a.size) == (b.mode, b.size)
    return int(np.abs(np.asarray(a).astype(int) - np.asarray(b)).max())


def count_encoded(engine):
    """A list that grows by one entry whenever the encoder runs."""
    runs = []
    engine.net.encoder.conv1_1.register_forward_hook(lambda module, args, out: runs.append(tuple(args[0].shape[2:])))
    return runs


def own_map(engine, prepared):
    """Map 0: the content attended with itself."""
    features = engine.net.encoder(pad(to_tensor(prepared.picture)))
    return engine.net.attend(features, features)


# Sizes

SIZES = [
    ((16, 16), (16, 16)),
    ((17, 33), (40, 16)),
    ((33, 17), (31, 47)),
    ((64, 48), (20, 90)),
    ((97, 51), (64, 64)),
    ((16, 50), (33, 33)),
]


@pytest.mark.parametrize(("content", "style"), SIZES)
@pytest.mark.parametrize("levels", [(4,), (5,), (4, 5)])
def test_the_result_has_the_size_of_the_content(random_net, noise, content, style, levels):
    net = random_net(SANetConfig((1, 1, 1, 1, 1), (4, 4, 8, 8, 8), levels))
    result = Stylizer(net, CPU).stylize(noise(*content), [noise(*style, 1)])
    assert (result.mode, result.size) == ("RGB", content)
    assert np.asarray(result).std() > 10


@pytest.mark.parametrize(("content", "style"), SIZES[:4])
def test_the_embedded_network_takes_any_size(embedded, noise, content, style):
    assert embedded.stylize(noise(*content), [noise(*style, 1)]).size == content


@pytest.mark.parametrize(("size", "fitted"), [((100, 60), (64, 38)), ((60, 100), (38, 64)), ((64, 64), (64, 64))])
def test_the_working_size_bounds_the_longer_side(engine, noise, size, fitted):
    prepared = engine.prepare(noise(*size), [noise(100, 100, 1)], max_side=64)
    assert prepared.size == fitted
    assert engine.render(prepared).size == fitted


def test_the_result_is_what_the_network_gives_for_the_padded_picture(engine, noise):
    """70 x 41 is padded to 80 x 48: 5 columns on the left, 3 rows at the top."""
    content, style = noise(70, 41), noise(32, 48, 1)
    net_out = engine.net(pad(to_tensor(content)), [to_tensor(style)], torch.tensor([0.25, 0.75])[:, None, None])
    cut = net_out[0, :, 3 : 3 + 41, 5 : 5 + 70].clamp(0, 1).permute(1, 2, 0).numpy() * 255
    controls = Controls(alpha=0.75, reconstruct=True)
    result = np.asarray(engine.stylize(content, [style], controls)).astype(float)
    assert np.abs(result - cut).max() <= 0.51


def test_prepare_and_render_are_stylize(engine, noise):
    content, styles = noise(40, 33), [noise(32, 32, 1), noise(50, 40, 2)]
    controls = Controls(alpha=0.6, mix=(1, 3), keep_color=True)
    both = engine.render(engine.prepare(content, styles, 36), controls)
    assert difference(engine.stylize(content, styles, controls, 36), both) == 0


# Strength and mix


def test_alpha_0_is_the_reconstruction_of_the_content_where_it_is_asked_for(engine, noise):
    content, styles = noise(48, 33), [noise(32, 32, 1), noise(40, 24, 2)]
    prepared = engine.prepare(content, styles)
    zero = engine.render(prepared, Controls(alpha=0, reconstruct=True))
    assert difference(zero, engine.stylize(content, [content])) == 0
    assert difference(zero, engine.render(prepared)) > 20


@pytest.mark.parametrize("size", [(16, 16), (70, 41), (161, 115)])
@pytest.mark.parametrize("keep_color", [False, True])
def test_alpha_0_is_the_photograph_to_the_pixel(engine, noise, size, keep_color):
    content, styles = noise(*size), [noise(32, 32, 1), noise(40, 24, 2)]
    controls = Controls(alpha=0, mix=(1, 3), keep_color=keep_color)
    assert engine.stylize(content, styles, controls).tobytes() == content.tobytes()


def test_alpha_0_is_the_photograph_at_the_working_size_with_its_transparency(engine, noise):
    content = noise(90, 60)
    content.putalpha(Image.linear_gradient("L").resize((90, 60)))
    small = fit(content, 64)
    result = engine.stylize(content, [noise(32, 32, 1)], Controls(alpha=0), 64)
    assert result.getchannel("A").tobytes() == small.getchannel("A").tobytes()
    assert result.convert("RGB").tobytes() == on_white(small).tobytes()


@pytest.mark.parametrize("masked", [False, True])
def test_what_the_decoder_loses_comes_back_in_proportion_to_the_content(engine, noise, masked):
    """Literally: the paper's picture, and (photograph less reconstruction) times the share of the content."""
    content, mask = noise(96, 64), noise(96, 64, 5).convert("L")
    prepared = engine.prepare(content, [noise(32, 32, 1)])
    cells = torch.from_numpy(np.asarray(mask).reshape(8, 8, 12, 8).mean(axis=(1, 3)) / 255).float() * 0.75
    share = 1 - (cells if masked else torch.full((8, 12), 0.75))
    own, (styled,) = own_map(engine, prepared), prepared.maps
    mixed = share * own + (1 - share) * styled
    pixels = torch.nn.functional.interpolate(share[None, None], size=(64, 96), mode="bilinear")
    photograph = to_tensor(content)
    image = engine.net.decoder(mixed) + pixels * (photograph - engine.net.decoder(own))
    expected = image.clamp(0, 1)[0].permute(1, 2, 0).numpy() * 255
    controls = Controls(alpha=0.75, masks=(mask,) if masked else None)
    assert np.abs(np.asarray(engine.render(prepared, controls)).astype(float) - expected).max() <= 0.51
    reconstructed = engine.render(prepared, dataclasses.replace(controls, reconstruct=True))
    assert difference(reconstructed, engine.render(prepared, controls)) > 5


def test_the_embedded_weights_rebuild_the_photograph(embedded):
    photograph = fit(open_picture(EXAMPLES / "content" / "brandenburg-gate.jpg"), 192)
    prepared = embedded.prepare(photograph, [open_picture(EXAMPLES / "style" / "starry-night.jpg")], max_side=192)
    both = [Controls(alpha=alpha, reconstruct=True) for alpha in (0, 1)]
    results = [np.asarray(embedded.render(prepared, controls)).astype(float) for controls in both]
    kept, painted = (np.corrcoef(result.ravel(), np.asarray(photograph).ravel())[0, 1] for result in results)
    assert kept > 0.75
    assert kept > painted + 0.2


def test_from_photograph_to_style_there_is_no_jump(embedded):
    photograph = fit(open_picture(EXAMPLES / "content" / "brandenburg-gate.jpg"), 192)
    prepared = embedded.prepare(photograph, [open_picture(EXAMPLES / "style" / "starry-night.jpg")], max_side=192)
    steps = [np.asarray(embedded.render(prepared, Controls(alpha=i / 10))).astype(float) for i in range(11)]
    moved = [np.abs(after - before).mean() for before, after in itertools.pairwise(steps)]
    whole = np.abs(steps[-1] - steps[0]).mean()
    assert whole > 20
    assert max(moved) < 2 * whole / 10
    assert min(moved) > 0.3 * whole / 10
    assert (steps[0] == np.asarray(photograph)).all()


def test_the_reconstruction_is_decoded_once_and_only_where_the_content_shows(engine, noise):
    runs = []
    engine.net.decoder.register_forward_hook(lambda *_: runs.append(1))
    content, style, other = noise(40, 33), noise(32, 32, 1), noise(32, 32, 2)
    engine.stylize(content, [style])
    engine.stylize(content, [style], Controls(alpha=0.5, reconstruct=True))
    assert len(runs) == 2
    engine.stylize(content, [style], Controls(alpha=0.5))
    assert len(runs) == 4
    engine.stylize(content, [other, style], Controls(alpha=0.2, masks=(WHITE, BLACK)))
    assert len(runs) == 5
    engine.stylize(content, [other], Controls(masks=(WHITE,)))
    assert len(runs) == 6


def test_the_embedded_weights_bring_the_colours_of_the_style(embedded, noise):
    content, orange = noise(96, 64), Image.new("RGB", (64, 64), (250, 120, 10))
    orange.paste((200, 60, 0), (20, 20, 44, 44))
    red, _, blue = np.asarray(embedded.stylize(content, [orange])).reshape(-1, 3).mean(axis=0)
    assert red - blue > 80


@pytest.mark.parametrize("alpha", [1.0, 0.4])
@pytest.mark.parametrize("chosen", [0, 1, 2, 3])
def test_a_one_hot_mix_is_the_single_style(engine, noise, chosen, alpha):
    content, styles = noise(40, 33), [noise(32, 32 + 8 * i, i + 1) for i in range(4)]
    single = engine.stylize(content, [styles[chosen]], Controls(alpha=alpha))
    prepared = engine.prepare(content, styles)
    corner = [(0, 0), (1, 0), (0, 1), (1, 1)][chosen]
    one_hot = [tuple(scale * (i == chosen) for i in range(4)) for scale in (1.0, 7.5)]
    for mix in (*one_hot, bilinear_mix(*corner)):
        assert difference(engine.render(prepared, Controls(alpha=alpha, mix=mix)), single) == 0
    for other in {0, 1, 2, 3} - {chosen}:
        mix = tuple(float(i == other) for i in range(4))
        assert difference(engine.render(prepared, Controls(alpha=alpha, mix=mix)), single) > 5


def test_a_style_given_twice_is_the_same_as_once(engine, noise):
    content, style = noise(40, 33), noise(32, 32, 1)
    assert difference(engine.stylize(content, [style, style]), engine.stylize(content, [style])) <= 1


def test_no_mix_means_equal_shares(engine, noise):
    prepared = engine.prepare(noise(40, 33), [noise(32, 32, 1), noise(32, 32, 2)])
    assert difference(engine.render(prepared), engine.render(prepared, Controls(mix=(3, 3)))) <= 1


@pytest.mark.parametrize("alpha", [0.0, 0.25, 0.8, 1.0])
def test_a_mix_is_the_weighted_sum_of_the_maps(engine, noise, alpha):
    prepared = engine.prepare(noise(48, 32), [noise(32, 32, 1), noise(32, 32, 2)])
    own, (first, second) = own_map(engine, prepared), prepared.maps
    mixed = (1 - alpha) * own + alpha * (0.75 * first + 0.25 * second)
    decoded = engine.net.decoder(mixed).clamp(0, 1)[0].permute(1, 2, 0) * 255
    controls = Controls(alpha=alpha, mix=(3, 1), reconstruct=True)
    result = np.asarray(engine.render(prepared, controls)).astype(float)
    assert np.abs(result - decoded.numpy()).max() <= 0.51


# Masks


@pytest.mark.parametrize("size", [(48, 48), (1, 1), (333, 77)])
def test_full_masks_are_the_same_as_no_masks(engine, noise, size):
    prepared = engine.prepare(noise(51, 40), [noise(32, 32, 1), noise(32, 32, 2)])
    full = Image.new("L", size, 255)
    controls = Controls(alpha=0.9, mix=(1, 2))
    masked = dataclasses.replace(controls, masks=(full, full))
    assert difference(engine.render(prepared, masked), engine.render(prepared, controls)) <= 1


def test_empty_masks_keep_the_content(engine, noise):
    prepared = engine.prepare(noise(51, 40), [noise(32, 32, 1), noise(32, 32, 2)])
    empty = engine.render(prepared, Controls(masks=(BLACK, BLACK)))
    assert difference(empty, engine.render(prepared, Controls(alpha=0))) <= 1


@pytest.mark.parametrize(("content", "mask_size"), [((80, 48), (80, 48)), ((83, 47), (83, 47)), ((83, 47), (31, 55))])
@pytest.mark.parametrize("preset", ["Left / right", "Top / bottom", "Centre", "Quadrants"])
def test_regions_that_cover_everything_leave_no_seam_of_content(engine, noise, preset, content, mask_size):
    """The content's own map is replaced by large numbers: where it had any weight, they would show."""
    prepared = engine.prepare(noise(*content), [noise(32, 32, 1), noise(32, 32, 2)])
    controls = Controls(masks=tuple(preset_masks(preset, mask_size, 2)))
    clean = engine.render(prepared, controls)
    engine._cache[_key(prepared.picture), _key(prepared.picture)] = torch.full_like(prepared.maps[0], 1000.0)
    assert difference(engine.render(prepared, controls), clean) <= 1
    assert difference(engine.render(prepared, Controls(alpha=0)), clean) > 100


def test_each_half_is_the_single_style_away_from_the_border(engine, noise):
    """A cell of 8 pixels reaches 30 further through the decoder; the halves meet at column 96."""
    content, left, right = noise(192, 48), noise(32, 32, 1), noise(32, 32, 2)
    halves = engine.stylize(content, [left, right], Controls(masks=tuple(preset_masks("Left / right", (192, 48), 2))))
    whole = [engine.stylize(content, [style]) for style in (left, right)]
    for single, box in zip(whole, ((0, 0, 66, 48), (126, 0, 192, 48)), strict=True):
        assert difference(halves.crop(box), single.crop(box)) <= 1
    assert difference(whole[0].crop((0, 0, 66, 48)), whole[1].crop((0, 0, 66, 48))) > 20


def test_uncovered_places_are_the_photograph_to_the_pixel(engine, noise):
    content, style = noise(192, 48), noise(32, 32, 1)
    right_only = preset_masks("Left / right", (192, 48), 2)[1]
    prepared = engine.prepare(content, [style])
    result = engine.render(prepared, Controls(masks=(right_only,)))
    assert result.crop((0, 0, 66, 48)).tobytes() == content.crop((0, 0, 66, 48)).tobytes()
    full = engine.render(prepared, Controls(alpha=1))
    assert difference(result.crop((126, 0, 192, 48)), full.crop((126, 0, 192, 48))) <= 1
    rebuilt = engine.render(prepared, Controls(masks=(right_only,), reconstruct=True))
    own = engine.render(prepared, Controls(alpha=0, reconstruct=True))
    assert difference(rebuilt.crop((0, 0, 66, 48)), own.crop((0, 0, 66, 48))) <= 1
    assert difference(own, content) > 20


def test_overlapping_masks_share_by_the_mix(engine, noise):
    prepared = engine.prepare(noise(48, 48), [noise(32, 32, 1), noise(32, 32, 2)])
    for mix in (None, (1, 3)):
        shared = engine.render(prepared, Controls(masks=(WHITE, WHITE), mix=mix))
        assert difference(shared, engine.render(prepared, Controls(mix=mix))) <= 1


def test_a_grey_mask_is_a_strength(engine, noise):
    prepared = engine.prepare(noise(48, 48), [noise(32, 32, 1)])
    grey = engine.render(prepared, Controls(masks=(Image.new("L", (9, 9), 102),)))
    assert difference(grey, engine.render(prepared, Controls(alpha=0.4))) <= 1


def test_masks_lie_upright_on_odd_pictures(engine, noise):
    """A white spot at the lower right acts there: mask and content are padded alike."""
    prepared = engine.prepare(noise(161, 115), [noise(32, 32, 1)])
    spot = Image.new("L", (161, 115), 0)
    spot.paste(255, (140, 95, 161, 115))
    changed = np.asarray(engine.render(prepared, Controls(masks=(spot,)))).astype(int)
    changed = np.abs(changed - engine.render(prepared, Controls(alpha=0))).max(axis=2) > 1
    assert changed[105, 150]
    assert not changed[:, :95].any()
    assert not changed[:50].any()


def test_masks_are_padded_like_the_picture_and_averaged_per_cell(engine, noise):
    """161 x 115 becomes 176 x 128: 7 and 8 columns, 6 and 7 rows."""
    mask = noise(161, 115, 5).convert("L")
    prepared = engine.prepare(noise(161, 115), [noise(32, 32, 1)])
    padded = np.pad(np.asarray(mask) / 255, ((6, 7), (7, 8)), mode="reflect")
    cells = torch.from_numpy(padded.reshape(16, 8, 22, 8).mean(axis=(1, 3))).float()
    own, (styled,) = own_map(engine, prepared), prepared.maps
    decoded = engine.net.decoder((1 - cells) * own + cells * styled)[0, :, 6:121, 7:168].clamp(0, 1)
    result = np.asarray(engine.render(prepared, Controls(masks=(mask,), reconstruct=True))).astype(float)
    assert np.abs(result - decoded.permute(1, 2, 0).numpy() * 255).max() <= 0.51


# Colour and transparency


def test_keep_color_has_the_chroma_of_the_content_and_the_luma_of_the_result(engine, noise):
    content = Image.fromarray(np.asarray(noise(48, 40)) // 4 + 96)
    prepared = engine.prepare(content, [noise(32, 32, 1)])
    plain, kept = (to_tensor(engine.render(prepared, Controls(keep_color=k))) for k in (False, True))
    in_gamut = ((kept > 0) & (kept < 1)).all(dim=1, keepdim=True)
    assert in_gamut.float().mean() > 0.5
    chroma = (kept - luminance(kept)) - (to_tensor(content) - luminance(to_tensor(content)))
    assert (chroma * in_gamut).abs().max() < 1.1 / 255
    assert ((luminance(kept) - luminance(plain)) * in_gamut).abs().max() < 1.1 / 255
    assert (plain - kept).abs().max() > 0.1


def test_the_styles_colours_alone_are_the_photograph_in_their_palette(engine, noise):
    content, styles = noise(48, 40), [noise(32, 32, 1), noise(40, 24, 2)]
    first, second = (match_palette(to_tensor(content), to_tensor(style)) for style in styles)
    painted = engine.stylize(content, styles, Controls(0.5, (1, 3), colors="style"))
    mixed = 0.5 * to_tensor(content) + 0.125 * first + 0.375 * second
    assert (to_tensor(painted) - mixed.clamp(0, 1)).abs().max() <= 0.51 / 255


def test_the_styles_colours_alone_keep_to_their_regions_and_need_no_network(engine, noise, monkeypatch):
    monkeypatch.setattr(engine, "_encoded", None)
    content, style, mask = noise(48, 40), noise(32, 32, 1), Image.new("L", (48, 40))
    mask.paste(255, (0, 0, 24, 40))
    painted = to_tensor(engine.stylize(content, [style], Controls(masks=(mask,), colors="style")))
    wanted = match_palette(to_tensor(content), to_tensor(style)).clamp(0, 1)
    assert (painted - wanted)[..., :24].abs().max() <= 0.51 / 255
    assert (painted - to_tensor(content))[..., 24:].abs().max() == 0


def test_a_palette_is_given_to_the_styles_before_they_are_read(engine, noise):
    content, styles = noise(48, 40), [noise(32, 32, 1), noise(40, 24, 2)]
    corrected = [to_picture(match_palette(to_tensor(style), to_tensor(content))) for style in styles]
    painted = engine.stylize(content, styles, Controls(0.8, (1, 3), colors="palette"))
    assert difference(painted, engine.stylize(content, corrected, Controls(0.8, (1, 3)))) == 0
    assert difference(painted, engine.stylize(content, styles, Controls(0.8, (1, 3)))) > 5


@pytest.mark.parametrize("share", [0.4, 1.0])
def test_matched_regions_are_those_of_the_network(engine, noise, share):
    content, styles = noise(96, 80), [noise(64, 64, 1), noise(80, 64, 2)]
    features = [engine.net.encoder(pad(to_tensor(picture))) for picture in (content, *styles)]
    maps = [engine.net.attend(features[0], style, match=share) for style in features[1:]]
    prepared = engine.prepare(content, styles, match_regions=share)
    for found, expected in zip(prepared.maps, maps, strict=True):
        torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)
    plain = engine.prepare(content, styles)
    assert max(float((a - b).abs().max()) for a, b in zip(plain.maps, prepared.maps, strict=True)) > 1e-3
    request = Request(content, tuple(styles), match_regions=share)
    assert difference(engine.paint(request), engine.render(prepared)) == 0


def test_no_matching_is_the_picture_of_before(engine, noise, monkeypatch):
    content, style = noise(96, 80), noise(64, 64, 1)
    before = engine.stylize(content, [style])
    monkeypatch.setattr("sanet.network.model.match_regions", None)
    assert difference(engine.stylize(content, [style], match_regions=0.0), before) == 0


def half(picture):
    """A mask of a picture that is white on the left."""
    mask = Image.new("L", picture.size)
    mask.paste(255, (0, 0, picture.width // 2, picture.height))
    return mask


@pytest.mark.parametrize("colors", ["result", "palette", "style"])
def test_what_is_not_white_of_a_style_changes_nothing(engine, noise, colors):
    """Beyond what the encoder sees from within the white."""
    content, style, other = noise(96, 80), noise(256, 64, 1), noise(256, 64, 2)
    changed = style.copy()
    changed.paste(other.crop((192, 0, 256, 64)), (192, 0))
    controls, masks = Controls(colors=colors), [half(style)]
    painted = engine.stylize(content, [style], controls, style_masks=masks)
    if colors != "palette":  # which is taken from the whole style
        assert difference(engine.stylize(content, [changed], controls, style_masks=masks), painted) <= 1
    assert difference(engine.stylize(content, [style], controls), painted) > 1


def test_each_style_has_its_part_and_strokes_of_any_size(engine, noise):
    content, styles = noise(96, 80), [noise(64, 64, 1), noise(80, 64, 2)]
    masks = [half(styles[0]), Image.new("L", (10, 10), 255)]
    for stroke_size in (0.5, 1, 2):
        prepared = engine.prepare(content, styles, style_masks=masks, stroke_size=stroke_size)
        assert prepared.seen[0].size == prepared.styles[0].size
        plain = engine.prepare(content, styles, stroke_size=stroke_size)
        assert (prepared.maps[0] - plain.maps[0]).abs().max() > 1e-3
        torch.testing.assert_close(prepared.maps[1], plain.maps[1], atol=1e-4, rtol=1e-4)


def test_a_part_that_is_empty_is_the_whole_style(engine, noise):
    content, style = noise(96, 80), noise(64, 64, 1)
    masks = [Image.new("L", style.size)]
    assert difference(engine.stylize(content, [style], style_masks=masks), engine.stylize(content, [style])) == 0


def test_presets_say_which_part_of_each_style_is_taken(engine, noise):
    content, styles = noise(96, 80), (noise(64, 64, 1), noise(80, 64, 2))
    right = ImageOps.mirror(half(styles[1]))
    by_masks = engine.stylize(content, styles, style_masks=[half(styles[0]), right])
    assert difference(engine.paint(Request(content, styles, style_regions=Regions("Left / right"))), by_masks) == 0


def test_another_number_of_parts_than_of_styles_is_refused(engine, noise):
    content, style = noise(48, 40), noise(32, 32, 1)
    for paint in (engine.stylize, engine.prepare):
        with pytest.raises(ValueError, match="Each style needs one mask"):
            paint(content, [style], style_masks=[half(style)] * 2)
    with pytest.raises(ValueError, match="said by a preset or by masks"):
        Request(content, (style,), style_regions=Regions(PAINTED, (half(style),)))


def test_regions_can_be_looked_at(engine, noise):
    content, styles = noise(96, 80), (noise(64, 64, 1), noise(80, 64, 2))
    found = engine.regions(Request(content, styles, max_side=96))
    assert len(found) == 2
    for of_content, of_style in found:
        assert (of_content.mode, of_content.size) == ("L", (12, 10))
        numbers = [set(np.asarray(regions).ravel().tolist()) for regions in (of_content, of_style)]
        assert numbers[0] <= numbers[1] <= {1, 2, 3, 4}


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan"), "1", None])
def test_other_shares_of_matching_are_refused(engine, noise, share):
    with pytest.raises(ValueError, match="Matching regions must lie between 0 and 1"):
        engine.stylize(noise(48, 40), [noise(32, 32, 1)], match_regions=share)


def test_a_small_content_is_enlarged_where_it_is_asked_to(engine, noise):
    content, style = noise(40, 30), noise(64, 48, 1)
    large = content.resize((80, 60), Image.Resampling.LANCZOS)
    painted = engine.stylize(content, [style], max_side=80, enlarge=True)
    assert difference(painted, engine.stylize(large, [style], max_side=80)) == 0
    assert engine.stylize(content, [style], max_side=80).size == (40, 30)
    assert engine.estimate((40, 30), [(64, 48)], 80, enlarge=True).size == (80, 60)
    request = Request(content, (style,), max_side=80, enlarge=True)
    assert difference(engine.sequence(request, [Controls()])[0], painted) == 0


@pytest.mark.parametrize("stroke_size", [0.25, 0.5, 2, 3])
def test_strokes_grow_with_the_style_that_is_read(engine, noise, stroke_size):
    content, styles = noise(48, 40), [noise(64, 48, 1), noise(40, 64, 2)]
    read = [read_style(style, 64, stroke_size) for style in styles]
    painted = engine.stylize(content, styles, Controls(0.8, (1, 3)), 64, stroke_size=stroke_size)
    assert difference(painted, engine.stylize(content, read, Controls(0.8, (1, 3)), 512)) == 0
    assert difference(painted, engine.stylize(content, styles, Controls(0.8, (1, 3)), 64)) > 5


def test_stroke_size_1_is_the_picture_of_before_from_the_cache(engine, noise):
    content, style = noise(48, 40), noise(64, 48, 1)
    before = engine.stylize(content, [style], max_side=64)
    engine.stylize(content, [style], max_side=64, stroke_size=2)
    runs = count_encoded(engine)
    assert difference(engine.stylize(content, [style], max_side=64, stroke_size=1.0), before) == 0
    assert runs == []


def test_a_sequence_and_polish_have_the_strokes_of_the_request(engine, noise):
    content, style = noise(48, 40), noise(64, 48, 1)
    request = Request(content, (style,), Controls(0.7), 64, stroke_size=2)
    (frame,) = engine.sequence(request, [Controls()])
    assert difference(frame, engine.stylize(content, [style], max_side=64, stroke_size=2)) == 0


@pytest.mark.parametrize("stroke_size", [0.1, 5, float("nan"), "1"])
def test_other_stroke_sizes_are_refused(engine, noise, stroke_size):
    with pytest.raises(ValueError, match="stroke size must lie between"):
        engine.prepare(noise(48, 40), [noise(32, 32, 1)], stroke_size=stroke_size)
    with pytest.raises(ValueError, match="stroke size must lie between"):
        engine.estimate((48, 40), [(32, 32)], stroke_size=stroke_size)


@pytest.mark.parametrize("colors", ["style", "palette"])
def test_colours_that_it_was_not_prepared_for_are_refused(engine, noise, colors):
    content, styles = noise(48, 40), [noise(32, 32, 1)]
    with pytest.raises(ValueError, match=f"prepare it with colors='{colors}'"):
        engine.render(engine.prepare(content, styles), Controls(colors=colors))
    prepared = engine.prepare(content, styles, colors=colors)
    assert difference(engine.render(prepared, Controls(colors=colors)), engine.stylize(content, styles)) > 5
    with pytest.raises(ValueError, match="prepare it with colors='result'"):
        engine.render(prepared, Controls(colors="photo"))
    with pytest.raises(ValueError, match="There are no colours 'grey'"):
        engine.prepare(content, styles, colors="grey")


def test_transparency_is_composited_on_white_and_reapplied(engine, noise):
    content, style = noise(90, 60), noise(32, 32, 1)
    content.putalpha(Image.linear_gradient("L").resize((90, 60)))
    small = fit(content, 64)
    result = engine.stylize(content, [style], max_side=64)
    assert result.mode == "RGBA"
    assert result.getchannel("A").tobytes() == small.getchannel("A").tobytes()
    assert difference(result.convert("RGB"), engine.stylize(on_white(small), [style], max_side=64)) == 0


def test_a_transparent_style_is_seen_on_white(engine, noise):
    content, style = noise(40, 40), noise(32, 32, 1)
    style.putalpha(Image.new("L", (32, 32), 0))
    white = Image.new("RGB", (32, 32), "white")
    assert difference(engine.stylize(content, [style]), engine.stylize(content, [white])) == 0


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "1"])
def test_pictures_of_every_mode_are_taken(engine, noise, mode):
    picture = noise(40, 32).convert(mode)
    result = engine.stylize(picture, [picture])
    assert result.size == (40, 32)
    assert difference(result, engine.stylize(picture.convert("RGB"), [picture.convert("RGB")])) == 0


# Cache


def test_nothing_is_encoded_twice(engine, noise):
    runs = count_encoded(engine)
    content, styles = noise(40, 33), [noise(32, 32, 1), noise(64, 32, 2)]
    prepared = engine.prepare(content, styles)
    assert sorted(runs) == [(32, 32), (32, 64), (48, 48)]
    engine.render(prepared, Controls(alpha=0.3))
    engine.stylize(content.copy(), [style.copy() for style in styles], Controls(mix=(1, 2)))
    assert len(runs) == 3
    engine.stylize(content, [noise(32, 32, 3)])
    assert len(runs) == 4
    engine.stylize(content, styles, max_side=36)
    assert len(runs) == 6  # the 40 x 33 content and the 64 x 32 style are scaled down, the other style is not


def test_attention_runs_only_for_what_changed(engine, noise):
    runs = []
    engine.net.transform.register_forward_hook(lambda *_: runs.append(1))
    content, a, b = noise(40, 33), noise(32, 32, 1), noise(32, 32, 2)
    engine.stylize(content, [a])
    assert len(runs) == 1
    engine.stylize(content, [a, b])
    assert len(runs) == 2
    for alpha in (0.5, 0.6):  # below full strength the content is attended with itself, once
        engine.stylize(content, [b, a], Controls(alpha=alpha))
        assert len(runs) == 3


def test_a_cached_result_is_the_same(engine, random_net, noise):
    content, style = noise(40, 33), noise(32, 32, 1)
    first = engine.stylize(content, [style])
    assert difference(engine.stylize(content, [style]), first) == 0
    assert difference(Stylizer(random_net(), CPU).stylize(content, [style]), first) == 0


def test_pictures_with_the_same_bytes_but_another_shape_are_told_apart(engine):
    pixels = np.arange(32 * 48 * 3, dtype=np.uint32).astype(np.uint8)
    wide, tall = (Image.fromarray(pixels.reshape(*shape, 3)) for shape in ((32, 48), (48, 32)))
    assert wide.tobytes() == tall.tobytes()
    engine.prepare(wide, [tall])
    assert engine.prepare(tall, [wide]).maps[0].shape[2:] == (6, 4)


def test_the_cache_is_bounded(random_net, noise, monkeypatch):
    """The features of one 32 x 32 picture are 8 x (4 x 4 + 2 x 2) floats, 640 bytes; a map is 512."""
    monkeypatch.setattr("sanet.engine.stylizer.CACHE_BYTES", 4000)
    engine = Stylizer(random_net(), CPU)
    alive = []
    engine.net.transform.register_forward_pre_hook(lambda m, inputs: alive.append(weakref.ref(inputs[1].relu4_1)))
    runs = count_encoded(engine)
    for seed in range(20):
        engine.prepare(noise(32, 32, 2 * seed), [noise(32, 32, 2 * seed + 1)])
    gc.collect()
    assert len(runs) == 40
    assert 1 <= sum(ref() is not None for ref in alive) <= 6
    engine.prepare(noise(32, 32, 38), [noise(32, 32, 39)])
    assert len(runs) == 40
    engine.prepare(noise(32, 32, 0), [noise(32, 32, 1)])
    assert len(runs) == 42


def test_small_pictures_fill_the_cache_by_their_number(random_net, noise, monkeypatch):
    monkeypatch.setattr("sanet.engine.stylizer.CACHE_ENTRIES", 6)
    engine = Stylizer(random_net(), CPU)
    runs = count_encoded(engine)
    for seed in (0, 2, 4, 0):  # three entries each: two pictures and their map
        engine.prepare(noise(32, 32, seed), [noise(32, 32, seed + 1)])
    assert len(runs) == 8


def test_a_picture_larger_than_the_cache_is_still_rendered(random_net, engine, noise, monkeypatch):
    monkeypatch.setattr("sanet.engine.stylizer.CACHE_BYTES", 10)
    content, style = noise(40, 33), noise(32, 32, 1)
    uncached = Stylizer(random_net(), CPU).stylize(content, [style])
    assert difference(uncached, engine.stylize(content, [style])) == 0


def test_content_that_fits_into_no_cache_is_encoded_once_for_all_styles(random_net, noise, monkeypatch):
    monkeypatch.setattr("sanet.engine.stylizer.CACHE_BYTES", 10)
    engine = Stylizer(random_net(), CPU)
    runs = count_encoded(engine)
    engine.prepare(noise(48, 48), [noise(32, 32, seed) for seed in (1, 2, 3)])
    assert sorted(runs) == [(32, 32)] * 3 + [(48, 48)]


@pytest.mark.parametrize("alpha", [1.0, 0.4])
@pytest.mark.parametrize("size", [(150, 93), (64, 200)])
def test_a_tiled_picture_equals_the_whole(random_net, noise, monkeypatch, size, alpha):
    content, style, controls = noise(*size), noise(80, 48, 1), Controls(alpha=alpha)
    whole = Stylizer(random_net(), CPU).stylize(content, [style], controls)
    monkeypatch.setattr("sanet.engine.stylizer.TILE", 32)
    tiled = Stylizer(random_net(), CPU)
    runs = count_encoded(tiled)
    assert difference(tiled.stylize(content, [style], controls), whole) <= 1
    assert len(runs) > 6


def test_styles_are_read_at_1024_pixels_at_most(engine, noise):
    runs = count_encoded(engine)
    engine.prepare(noise(32, 32), [noise(1300, 52, 1)], max_side=1300)
    assert runs == [(32, 32), (48, 1024)]


def test_work_can_be_stopped_within_attention(engine, noise, monkeypatch):
    monkeypatch.setattr("sanet.network.attention.CHUNKS_A_REPORT", 1)
    monkeypatch.setattr("sanet.network.attention.CHUNK_SCORES", 8)
    monkeypatch.setattr("sanet.network.attention.LEAST_ROWS", 1)
    seen = []

    def stop_in_attention(done, stage):
        seen.append(done)
        if done > 0.55:  # of 0.8 for preparing: matching comes after 0.48
            raise InterruptedError

    with pytest.raises(InterruptedError):
        engine.stylize(noise(64, 64), [noise(32, 32, 1)], progress=stop_in_attention)
    assert len([done for done in seen if done >= 0.48]) > 3


def test_the_large_low_features_are_not_kept(engine, noise):
    alive = []
    for name in ("conv1_1", "conv2_1", "conv3_1"):
        layer = engine.net.encoder.get_submodule(name)
        layer.register_forward_hook(lambda module, args, out: alive.append(weakref.ref(out)))
    prepared = engine.prepare(noise(40, 33), [noise(32, 32, 1)])
    gc.collect()
    assert len(alive) == 6
    assert not any(ref() is not None for ref in alive)
    assert prepared.size == (40, 33)


# Threads


def test_several_threads_get_their_own_pictures(engine, random_net, noise):
    jobs = []
    for i in range(12):
        styles = [noise(32, 32 + 3 * i, 50 + i % 3), noise(32, 32, 90)]
        jobs.append((noise(40 + i, 33, i), styles, Controls(alpha=0.5 + i / 24, mix=(i, 1))))
    alone = Stylizer(random_net(), CPU)
    expected = [alone.stylize(*job) for job in jobs]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda job: engine.stylize(*job), jobs * 3))
    assert all(difference(f, e) == 0 for f, e in zip(found, expected * 3, strict=True))


def test_two_threads_on_the_embedded_network(embedded, noise):
    jobs = [(noise(48, 32, i), [noise(32, 32, 10 + i)]) for i in range(2)]
    expected = [sanet.load("embedded", device="cpu").stylize(*job) for job in jobs]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda job: embedded.stylize(*job), jobs * 2))
    assert all(difference(f, e) <= 1 for f, e in zip(found, expected * 2, strict=True))
    assert difference(*(picture for picture in found[:2])) > 20


def test_what_is_prepared_can_be_rendered_by_threads_at_once(engine, noise):
    prepared = engine.prepare(noise(64, 48), [noise(32, 32, 1)])
    strengths = [i / 7 for i in range(8)]
    expected = [engine.render(prepared, Controls(alpha=a)) for a in strengths]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda a: engine.render(prepared, Controls(alpha=a)), strengths))
    assert all(difference(f, e) == 0 for f, e in zip(found, expected, strict=True))


def test_prepared_is_immutable(engine, noise):
    prepared = engine.prepare(noise(32, 32), [noise(32, 32, 1)])
    with pytest.raises(dataclasses.FrozenInstanceError):
        prepared.maps = ()


# Progress


@pytest.mark.parametrize("styles", [1, 3])
def test_progress_rises_to_1_and_says_what_happens(engine, noise, styles):
    pictures = [noise(32, 32, 1 + i) for i in range(styles)]
    calls, halves = [], []
    engine.stylize(noise(40, 40), pictures, progress=lambda done, stage: calls.append((done, stage)))
    prepared = engine.prepare(noise(40, 40), pictures, progress=lambda done, stage: halves.append(done))
    assert (halves[0], halves[-1]) == (0, 1)
    halves.clear()
    engine.render(prepared, progress=lambda done, stage: halves.append(done))
    assert (halves[0], halves[-1]) == (0, 1)
    fractions = [done for done, _ in calls]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0, 1)
    assert len(set(fractions)) >= styles + 2
    assert all(stage for _, stage in calls)


# Refusals


@pytest.mark.parametrize("thing", [None, "photo.jpg", b"\x89PNG", np.zeros((32, 32, 3), np.uint8)])
def test_what_is_no_picture_is_refused(engine, noise, thing):
    for content, style in ((thing, noise(32, 32)), (noise(32, 32), thing)):
        with pytest.raises(ValueError, match=f"got {type(thing).__name__}"):
            engine.stylize(content, [style])


def test_pictures_without_pixels_are_refused(engine, noise):
    for content, style in ((Image.new("RGB", (0, 9)), noise(32, 32)), (noise(32, 32), Image.new("RGB", (0, 9)))):
        with pytest.raises(ValueError, match="0 x 9"):
            engine.stylize(content, [style])


def test_pictures_that_are_too_small_are_refused(engine, noise):
    for content, style in ((noise(15, 32), noise(32, 32)), (noise(32, 32), noise(15, 32))):
        with pytest.raises(ValueError, match="15 x 32"):
            engine.stylize(content, [style])


def test_too_small_a_working_size_is_refused(engine, noise):
    with pytest.raises(ValueError, match="got 8"):
        engine.prepare(noise(32, 32), [noise(32, 32)], max_side=8)


@pytest.mark.parametrize("max_side", [None, "512", float("nan")])
def test_a_working_size_that_is_no_number_is_refused(engine, noise, max_side):
    with pytest.raises(ValueError, match=f"got {max_side!r}"):
        engine.prepare(noise(32, 32), [noise(32, 32)], max_side=max_side)


@pytest.mark.parametrize("styles", [None, Image.new("RGB", (32, 32))])
def test_styles_that_are_no_sequence_are_refused(engine, noise, styles):
    for refused in (engine.stylize, engine.prepare):
        with pytest.raises(ValueError, match=f"got {type(styles).__name__}"):
            refused(noise(32, 32), styles)


@pytest.mark.parametrize(
    ("controls", "named"),
    [
        ({"alpha": None}, "got None"),
        ({"alpha": "0.5"}, "got '0.5'"),
        ({"alpha": float("nan")}, "got nan"),
        ({"alpha": 1.01}, "got 1.01"),
        ({"mix": 3}, "got 3"),
        ({"mix": ("1",)}, "got '1'"),
        ({"mix": (None,)}, "got None"),
        ({"mix": (1, -0.5)}, "got -0.5"),
        ({"mix": (1, float("inf"))}, "got inf"),
        ({"mix": (0, 0)}, r"got \(0, 0\)"),
        ({"masks": WHITE}, "got <PIL"),
    ],
)
def test_controls_that_make_no_sense_are_refused_by_value(controls, named):
    with pytest.raises(ValueError, match=named):
        Controls(**controls)


def test_no_style_is_refused(engine, noise):
    with pytest.raises(ValueError, match="got 0"):
        engine.prepare(noise(32, 32), [])


@pytest.mark.parametrize(
    ("controls", "named"),
    [
        ({"mix": (1, 1, 1)}, "weight: got 3 for 2"),
        ({"mix": (1,)}, "weight: got 1 for 2"),
        ({"masks": (WHITE,)}, "mask: got 1 for 2"),
        ({"masks": ()}, "mask: got 0 for 2"),
    ],
)
def test_a_wrong_number_of_weights_or_masks_is_refused(engine, noise, controls, named):
    pictures = noise(32, 32), [noise(32, 32, 1), noise(32, 32, 2)]
    prepared = engine.prepare(*pictures)
    with pytest.raises(ValueError, match=named):
        engine.render(prepared, Controls(**controls))
    with pytest.raises(ValueError, match=named):
        engine.stylize(*pictures, Controls(**controls))


def test_a_wrong_number_is_refused_before_any_work(engine, noise):
    runs = count_encoded(engine)
    with pytest.raises(ValueError, match="weight"):
        engine.stylize(noise(32, 32), [noise(32, 32, 1)], Controls(mix=(1, 1)))
    assert not runs


@pytest.mark.parametrize("device", ["gpu", "", "cuda:0"])
def test_an_unknown_device_is_refused_by_name(device):
    with pytest.raises(ValueError, match=f"got '{device}'"):
        sanet.load("embedded", device=device)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device here")
def test_cuda_is_refused_where_there_is_none():
    with pytest.raises(ValueError, match="No CUDA device"):
        sanet.load("embedded", device="cuda")


@pytest.mark.parametrize("mask", [None, "mask.png"])
def test_masks_that_are_no_pictures_are_refused(engine, noise, mask):
    prepared = engine.prepare(noise(32, 32), [noise(32, 32, 1)])
    with pytest.raises(ValueError, match=type(mask).__name__):
        engine.render(prepared, Controls(masks=(mask,)))


def test_masks_without_pixels_are_refused_by_size(engine, noise):
    prepared = engine.prepare(noise(32, 32), [noise(32, 32, 1)])
    with pytest.raises(ValueError, match="0 x 5"):
        engine.render(prepared, Controls(masks=(Image.new("L", (0, 5)),)))


@pytest.mark.parametrize("scale", [1e-46, 1e39, 1e308])
def test_only_the_ratio_of_the_weights_matters(engine, noise, scale):
    prepared = engine.prepare(noise(32, 32), [noise(32, 32, 1), noise(32, 32, 2)])
    expected = engine.render(prepared, Controls(mix=(1, 1)))
    assert engine.render(prepared, Controls(mix=(scale, scale))).tobytes() == expected.tobytes()


# Sequences


def test_a_sequence_is_its_pictures_one_by_one_from_one_preparation(engine, noise):
    request = Request(noise(64, 48), (noise(48, 48, 1), noise(40, 60, 2)), max_side=64)
    steps = [Controls(0.0), Controls(0.5, (1, 3)), Controls(1.0, (0, 1), keep_color=True)]
    encoded = count_encoded(engine)
    pictures = engine.sequence(request, steps)
    assert len(encoded) == 3
    one_by_one = [engine.paint(replace(request, controls=step)) for step in steps]
    assert [p.tobytes() for p in pictures] == [p.tobytes() for p in one_by_one]


def test_a_sequence_reports_each_frame_and_ends_where_the_report_raises(engine, noise):
    reports = []

    def report(done, stage):
        reports.append((done, stage))
        if stage == "Painting 3 of 5":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.sequence(Request(noise(64, 48), (noise(48, 48, 1),), max_side=64), [Controls()] * 5, report)
    assert [stage for _, stage in reports][-3:] == ["Painting 1 of 5", "Painting 2 of 5", "Painting 3 of 5"]
    assert [done for done, _ in reports] == sorted(done for done, _ in reports)


def test_a_sequence_with_the_wrong_number_of_weights_is_refused_at_once(engine, noise):
    encoded = count_encoded(engine)
    with pytest.raises(ValueError, match="got 2 for 1"):
        engine.sequence(Request(noise(64, 48), (noise(48, 48, 1),)), [Controls(), Controls(mix=(1, 1))])
    assert encoded == []


# Requests


def test_a_request_is_painted_as_its_parts_are(engine, noise):
    content, styles, controls = noise(64, 48), (noise(48, 48, 1), noise(40, 60, 2)), Controls(0.7, (1, 3))
    painted = engine.paint(Request(content, styles, controls, 64))
    assert painted.tobytes() == engine.stylize(content, list(styles), controls, 64).tobytes()


def test_regions_are_painted_as_their_masks_are(engine, noise):
    content, styles = noise(64, 48), (noise(48, 48, 1), noise(40, 60, 2))
    regions = Regions("Left / right", softness=0.5, strengths=(1.0, 0.4))
    masks = shape_masks(preset_masks("Left / right", (32, 24), 2), (32, 24), 0.5, (1.0, 0.4))
    expected = engine.stylize(content, styles, Controls(0.9, masks=tuple(masks)), 32)
    assert engine.paint(Request(content, styles, Controls(0.9), 32, regions)).tobytes() == expected.tobytes()
    (frame,) = engine.sequence(Request(content, styles, Controls(), 32, regions), [Controls(0.9)])
    assert frame.tobytes() == expected.tobytes()


def test_soft_edges_are_seen_and_change_nothing_elsewhere(embedded):
    content = open_picture(EXAMPLES / "content" / "neuschwanstein-castle.jpg")
    styles = tuple(open_picture(EXAMPLES / "style" / f"{name}.jpg") for name in ("starry-night", "great-wave"))

    def painted(softness):
        regions = Regions("Left / right", softness=softness, strengths=(1.0, 1.0))
        return np.asarray(embedded.paint(Request(content, styles, Controls(), 384, regions))).astype(float)

    changed = np.abs(painted(0.2) - painted(0.0)).mean(axis=(0, 2))  # (W,)
    assert changed[173:211].mean() > 10  # a tenth of the width
    assert changed[:96].max() < 1


def test_a_wrong_number_of_uploaded_masks_is_refused_before_any_work(engine, noise):
    encoded = count_encoded(engine)
    regions = Regions(UPLOADED, (noise(8, 8),), strengths=(1.0, 1.0))
    with pytest.raises(ValueError, match="one mask: got 1 for 2"):
        engine.paint(Request(noise(64, 48), (noise(48, 48, 1), noise(40, 60, 2)), regions=regions))
    assert encoded == []


# Pictures that Pillow has opened and not decoded


@pytest.mark.parametrize("place", ["content", "style", "mask"])
def test_a_truncated_picture_is_refused_in_one_sentence(engine, noise, tmp_path, place):
    noise(64, 64).save(tmp_path / "a.jpg", quality=95)
    (tmp_path / "a.jpg").write_bytes((tmp_path / "a.jpg").read_bytes()[:-800])
    whole = noise(64, 48)
    with Image.open(tmp_path / "a.jpg") as cut, pytest.raises(ValueError, match=r"^The picture is damaged.*\.$"):
        engine.stylize(
            cut if place == "content" else whole,
            [cut if place == "style" else whole],
            Controls(masks=(cut,)) if place == "mask" else None,
        )


def test_opacity_of_a_mask_counts(engine, noise):
    """White drawn on transparent white, as painting programs keep masks."""
    content, style = noise(64, 64), noise(40, 40, 1)
    drawn = Image.new("LA", (64, 64), (255, 0))
    drawn.paste((255, 255), (0, 0, 32, 64))
    plain = Image.new("L", (64, 64))
    plain.paste(255, (0, 0, 32, 64))
    found, expected = (engine.stylize(content, [style], Controls(masks=(mask,))) for mask in (drawn, plain))
    assert found.tobytes() == expected.tobytes()


@pytest.fixture
def double_precision() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


CONTROLS = (Controls(), Controls(alpha=0.4), Controls(masks=(Image.linear_gradient("L"),), keep_color=True))


def test_another_default_precision_changes_nothing(random_net, noise, double_precision):
    content, style = noise(64, 48), noise(40, 40, 1)
    torch.set_default_dtype(torch.float32)
    single = Stylizer(random_net(), torch.device("cpu"))
    before = [single.stylize(content, [style], controls).tobytes() for controls in CONTROLS]
    torch.set_default_dtype(torch.float64)
    fresh = StyleTransferNet(single.net.config)
    fresh.load_state_dict(single.net.state_dict())
    for engine in (Stylizer(fresh, torch.device("cpu")), Stylizer(single.net, torch.device("cpu"))):
        assert [engine.stylize(content, [style], controls).tobytes() for controls in CONTROLS] == before


def test_a_frame_that_was_encoded_ahead_is_not_encoded_again_nor_kept(engine, noise):
    frame, style, runs = noise(96, 64), noise(32, 32, 1), count_encoded(engine)

    def measure(_place, x):
        return mean_and_variance(x)

    engine.encode_ahead(frame, 48)
    ahead = engine.prepare(frame, [style], 48, measure=measure)
    assert runs == [(32, 48), (32, 32)]
    again = engine.prepare(frame, [style], 48, measure=measure)
    assert runs == [(32, 48), (32, 32), (32, 48)]
    assert torch.equal(ahead.maps[0], again.maps[0])
