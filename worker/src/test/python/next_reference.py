"""Writes the numbers that StepTest, InferenceTest and ContinuationTest compare with of LLaVA-NeXT with
Qwen2 and with Llama 3, in the layout of the fixtures' README. Batches hold samples of several
pictures of different shapes, of one, and of none; pictures are in the order of their samples. Losses
and steps are of LIT's labels, those of VIT tell where the first answer starts.

next_reference.py FIXTURES [SEED]
"""

import copy
import json
import math
import random
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import (CLIPVisionConfig, LlamaConfig, LlavaNextConfig, LlavaNextForConditionalGeneration,
                          Qwen2Config)

VOCABULARY, IMAGE, PADDING, END, IGNORE = 128, 120, 121, 2, -100
SIDE, PATCH = 24, 8
GRID = [[2, 1], [1, 2], [2, 2], [1, 3], [3, 1]]  # (height, width), in the order that keeps LLaVA's tie-breaking
SHAPE = dict(vocab_size=VOCABULARY, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
             intermediate_size=40, max_position_embeddings=2048)
LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 512}  # of four frequencies one stays and one is blended

MODELS = {  # name: language model, its start of sequences, and each sample's pictures as (height, width)
    "next-llama3": (LlamaConfig(rms_norm_eps=1e-5, rope_theta=5e5, rope_scaling=LLAMA3, bos_token_id=1, eos_token_id=END,
                                **SHAPE), [1], [[], [(64, 20), (24, 24)], [(30, 80)]]),
    "next-qwen2": (Qwen2Config(rms_norm_eps=1e-6, rope_theta=1e6, bos_token_id=END, eos_token_id=END, **SHAPE),
                   [], [[(50, 90)], [(20, 70), (75, 71), (121, 37)], []]),
}
# Of key biases AdamW makes rounding noise into steps, so that there is none.
KEPT = ("multi_modal_projector.linear_1.weight", "multi_modal_projector.linear_2.bias", "layers.0.self_attn.q_proj",
        "layers.0.self_attn.k_proj.weight", "layers.1.mlp.up_proj", "model.norm.weight", "image_newline",
        "embeddings.patch_embedding.weight")


def build(text, generator):
    """Every term has a visible effect: no bias is zero, no norm one, and logits are of order one."""
    vision = CLIPVisionConfig(hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2,
                              image_size=SIDE, patch_size=PATCH, projection_dim=8)
    model = LlavaNextForConditionalGeneration(LlavaNextConfig(
        vision_config=vision, text_config=text, image_token_index=IMAGE, pad_token_id=PADDING,
        image_grid_pinpoints=[[h * SIDE, w * SIDE] for h, w in GRID], image_seq_length=(SIDE // PATCH) ** 2,
        tie_word_embeddings=text.tie_word_embeddings, attn_implementation="eager"))
    for name, p in model.named_parameters():
        drawn = torch.randn(p.shape, generator=generator)
        if p.dim() == 1:
            p.data = 0.2 * drawn + float("norm" in name and name.endswith("weight"))
        elif "embed" in name and "patch" not in name:
            p.data = (0.2 if text.tie_word_embeddings else 0.5) * drawn
        else:
            p.data = drawn / math.sqrt(p[0].numel())
    model.tie_weights()
    return model.eval()


def sample(rng, start, pictures, turns):
    """Unexpanded ids, and of each what it is: a picture's is its number of tokens."""
    words = lambda n: [rng.randrange(3, IMAGE) for _ in range(n)]
    row = [(t, "system") for t in start + words(4)]
    for turn in range(turns):
        row += [(t, "role") for t in words(2)]
        for tokens in pictures if turn == 0 else ():
            row += [(IMAGE, tokens), (rng.randrange(3, IMAGE), "role")]
        row += [(t, "question") for t in words(rng.randrange(3, 8))] + [(t, "template") for t in words(3)]
        row += [(t, "role") for t in words(3)] + [(t, "answer") for t in words(rng.randrange(3, 8)) + [END]]
    return row


def make_batch(model, rng, start, pictures):
    from transformers.models.llava_next.modeling_llava_next import image_size_to_num_patches
    sizes = [size for several in pictures for size in several]
    views = [image_size_to_num_patches(size, model.config.image_grid_pinpoints, SIDE) for size in sizes]
    pixels = torch.randn(len(sizes), max(views), 3, SIDE, SIDE, generator=torch.Generator().manual_seed(rng.randrange(2**31)))
    for picture, count in zip(pixels, views):
        picture[count:] = 0
    batch = {"pixel_values": pixels, "image_sizes": torch.tensor(sizes)}
    with torch.no_grad():
        tokens = iter(features(model, batch)[1].tolist())
    rows = [sample(rng, start, [next(tokens) for _ in several], 2 if i == 0 else 1) for i, several in enumerate(pictures)]
    wide = [[cell for t, what in row for cell in [(t, what)] * (what if t == IMAGE else 1)] for row in rows]

    def padded(rows, value, of):
        longest = max(map(len, rows))
        return torch.tensor([[of(*cell) for cell in row] + [value] * (longest - len(row)) for row in rows])

    for form, suffix in ((rows, ""), (wide, "_expanded")):
        batch["input_ids" + suffix] = padded(form, PADDING, lambda t, what: t)
        for labels, kept in (("labels_vit", ("answer",)), ("labels_lit", ("answer", "question"))):
            batch[labels + suffix] = padded(form, IGNORE, lambda t, what: t if what in kept else IGNORE)
    return batch | {"attention_mask": padded(wide, 0, lambda t, what: 1)}


def features(model, batch):
    """Of all pictures: one row for each token, and the numbers of tokens."""
    sizes = batch["image_sizes"]
    found = model.get_image_features(batch["pixel_values"], sizes, vision_feature_layer=-2,
                                     vision_feature_select_strategy="default")
    return model.pack_image_features(found, sizes, "default", model.image_newline)


def pictures_of(batch, rows):
    counts = (batch["input_ids"] == IMAGE).sum(1)
    seen = torch.repeat_interleave(torch.arange(len(counts)), counts)
    chosen = (seen >= rows.start) & (seen < rows.stop)
    return {key: batch[key][chosen] for key in ("pixel_values", "image_sizes")} if chosen.any() else {}


def forward(model, batch, rows):
    pictures = pictures_of(batch, rows)
    if pictures:
        pictures["pixel_values"] = pictures["pixel_values"].to(model.dtype)
    return model(input_ids=batch["input_ids_expanded"][rows], attention_mask=batch["attention_mask"][rows], **pictures).logits


def token_losses(logits, labels):
    """(samples, tokens - 1): at t the loss of labels[t + 1], 0 where it is ignored."""
    flat = torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(),
                                             ignore_index=IGNORE, reduction="none")
    return flat.view(len(labels), -1)


def mean_loss(model, batch, rows=slice(0, 3)):
    labels = batch["labels_lit_expanded"][rows]
    count = int((labels[:, 1:] != IGNORE).sum())
    return token_losses(forward(model, batch, rows), labels).sum() / count, count


def norms(grads):
    each = {n: g.double().norm().item() for n, g in grads.items()}
    total = lambda names: math.sqrt(sum(each[n] ** 2 for n in names))
    return {"grad_norm": each, "grad_norm_total": total(each),
            "grad_norm_without_tower": total(n for n in each if not n.startswith("vision_tower."))}


def gradients(model, losses):
    model.zero_grad()
    for loss in losses:
        loss.backward()
    return {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}


def adamw(model, batch, scope, clip):
    """Three steps on the same batch: losses, norms before clipping, parameters."""
    model = copy.deepcopy(model)
    for n, p in model.named_parameters():
        p.requires_grad_(scope == "all" or not n.startswith("vision_tower."))
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-3, weight_decay=0.0)
    losses, before = [], []
    for _ in range(3):
        loss = mean_loss(model, batch)[0]
        before.append(norms(gradients(model, [loss]))["grad_norm_total"])
        losses.append(loss.item())
        if clip:
            torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
    return losses, before, {n: p.detach() for n, p in model.named_parameters()}


def accumulated(model, batch, expected):
    """Two micro-batches, of sample 0 and of samples 1 and 2, under both rules."""
    entry, parts = {}, (slice(0, 1), slice(1, 3))
    counts = [mean_loss(model, batch, rows)[1] for rows in parts]
    for rule, weights in (("micro_batch_mean", [0.5, 0.5]), ("global_token_mean", [c / sum(counts) for c in counts])):
        grads = gradients(model, (w * mean_loss(model, batch, rows)[0] for rows, w in zip(parts, weights)))
        matrix = "multi_modal_projector.linear_1.weight"
        expected[f"accumulated.{rule}.lit.{matrix}"] = grads[matrix]
        entry[rule] = norms(grads)
    return entry


def steps(model, batch):
    kept = lambda name: any(k in name for k in KEPT)
    expected, double = {}, copy.deepcopy(model).double()
    with torch.no_grad():
        logits = forward(model, batch, slice(0, 3))
        expected["image_features"] = features(model, batch)[0]
        expected["logits"] = logits[batch["attention_mask"].bool()]
        expected["token_loss.lit"] = token_losses(logits, batch["labels_lit_expanded"])
    loss, count = mean_loss(model, batch)
    grads = gradients(model, [loss])
    expected |= {f"grad.lit.{n}": g for n, g in grads.items() if kept(n)}
    entry = {"loss": loss.item(), "supervised_tokens": count, **norms(grads), "adamw": {},
             "no_gradient": [n for n, _ in model.named_parameters() if n not in grads],
             "accumulation": accumulated(model, batch, expected)}
    for scope in ("all", "connector_and_language"):
        for clip in (None, 1.0):
            losses, before, after = adamw(model, batch, scope, clip)
            exact = adamw(double, batch, scope, clip)[2]
            label = f"{scope}.{'clip1' if clip else 'noclip'}"
            entry["adamw"][label] = {"losses": losses, "grad_norm_before_clip": before, "parameters": {
                n: {"shape": list(p.shape), "sum": p.double().sum().item(), "l2": p.double().norm().item(),
                    "fp32_noise": (p.double() - exact[n]).abs().max().item()}
                for n, p in after.items()}}
            if scope == "all":
                expected |= {f"adamw.{label}.lit.{n}": p for n, p in after.items() if kept(n)}
    return expected, {"lit": entry}


def continuations(model, batch):
    """Greedy, of what is before each sample's first answer."""
    cases, counts = [], (batch["input_ids"] == IMAGE).sum(1).tolist()
    for i in range(3):
        before = lambda suffix: batch["input_ids" + suffix][i, :int((batch["labels_vit" + suffix][i] != IGNORE).nonzero()[0])]
        prompt = before("_expanded")
        with torch.no_grad():
            made = model.generate(input_ids=prompt[None], attention_mask=torch.ones_like(prompt)[None], do_sample=False,
                                  max_new_tokens=16, min_new_tokens=16, output_scores=True, return_dict_in_generate=True,
                                  **pictures_of(batch, slice(i, i + 1)))
        best = torch.stack(made.scores)[:, 0].topk(2).values
        cases.append({"image": list(range(sum(counts[:i]), sum(counts[:i + 1]))), "prompt_ids": before("").tolist(),
                      "prompt_ids_expanded": prompt.tolist(), "new_ids": made.sequences[0, len(prompt):].tolist(),
                      "smallest_margin": (best[:, 0] - best[:, 1]).min().item()})
    return cases


def write(name, root, seed):
    text, start, pictures = MODELS[name]
    rng = random.Random(f"{seed}/{name}")
    model = build(text, torch.Generator().manual_seed(rng.randrange(2**31)))
    folder = root / "models" / name
    model.save_pretrained(folder)
    dump = lambda path, value: path.write_text(json.dumps(value, separators=(",", ":")) + "\n")
    dump(folder / "preprocessor_config.json", {
        "image_processor_type": "LlavaNextImageProcessor", "do_convert_rgb": True, "do_resize": True, "do_center_crop": True,
        "do_rescale": True, "do_normalize": True, "do_pad": True, "resample": 3, "rescale_factor": 1 / 255,
        "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711],
        "size": {"shortest_edge": SIDE}, "crop_size": {"height": SIDE, "width": SIDE},
        "image_grid_pinpoints": model.config.image_grid_pinpoints})
    batch = make_batch(model, rng, start, pictures)
    expected, index = steps(model, batch)
    where = root / "steps" / name
    where.mkdir(parents=True, exist_ok=True)
    (root / "generate").mkdir(exist_ok=True)
    save_file({k: v.contiguous() for k, v in batch.items()}, where / "batch.safetensors")
    save_file({k: v.detach().clone().contiguous() for k, v in expected.items()}, where / "expected.safetensors")
    dump(where / "index.json", index)
    cases = continuations(model, batch)
    dump(root / "generate" / f"{name}.json", {"cases": cases})
    print(name, [features(model, batch)[1].tolist(), list(batch["input_ids_expanded"].shape)],
          index["lit"]["loss"], min(c["smallest_margin"] for c in cases))


torch.set_num_threads(1)  # sums are of one order, and small ones are faster
for name in MODELS:
    write(name, Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "0")
