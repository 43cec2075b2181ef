"""Writes the numbers that LoraTest compares with: adapters as PEFT defines them, beside all linears
of the language model but lm_head, the connector (and its newline) trained fully, three steps of AdamW.

lora_reference.py FIXTURES OUT
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForImageTextToText, LlavaConfig, LlavaForConditionalGeneration

RANK, ALPHA = 4, 6.0
RATES = {"adapters": 1e-3, "connector": 2e-4}
KEPT = ("layers.0.self_attn.k_proj", "layers.1.mlp.", "self_attn.dense", "self_attn.o_proj", "linear_1")


class Adapted(torch.nn.Module):
    def __init__(self, linear, generator):
        super().__init__()
        self.linear = linear
        draw = lambda *shape: torch.randn(*shape, generator=generator) / shape[1] ** 0.5
        self.a = torch.nn.Parameter(draw(RANK, linear.in_features))
        self.b = torch.nn.Parameter(draw(linear.out_features, RANK))

    def forward(self, x):
        return self.linear(x) + ALPHA / RANK * (x @ self.a.T @ self.b.T)


def ours(key):
    for theirs, name in (("vision_tower._vision_tower.", "vision_tower."),
                         ("connector._connector.0.", "multi_modal_projector.linear_1."),
                         ("connector._connector.2.", "multi_modal_projector.linear_2.")):
        key = key.replace(theirs, name)
    return key


def load(folder):
    if "connector_type" not in (folder / "config.json").read_text():
        return AutoModelForImageTextToText.from_pretrained(folder, attn_implementation="eager")
    import json
    config = json.loads((folder / "config.json").read_text())
    text, vision = config["text_config"], config["vision_config"]
    model = LlavaForConditionalGeneration(LlavaConfig(
        text_config=AutoConfig.for_model(**text), vision_config=AutoConfig.for_model(**vision),
        image_token_index=500, vision_feature_layer=-2, vision_feature_select_strategy="default",
        attn_implementation="eager"))
    state = {ours(k): v for k, v in load_file(folder / "model.safetensors").items()}
    model.load_state_dict(state)
    return model


def loss_of(model, batch):
    pictures = {"pixel_values": batch["pixel_values"]}
    if hasattr(model, "image_newline"):
        pictures["image_sizes"] = batch["image_sizes"]
    logits = model(input_ids=batch["input_ids_expanded"], attention_mask=batch["attention_mask"], **pictures).logits
    labels = batch["labels_lit_expanded"]
    return torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)


def reference(name, fixtures, out):
    model = load(fixtures / "models" / name).eval()
    batch = load_file(fixtures / "steps" / name / "batch.safetensors")
    model.requires_grad_(False)
    generator = torch.Generator().manual_seed(len(name))
    trained = {}
    for path, module in list(model.language_model.model.named_modules()):
        if isinstance(module, torch.nn.Linear):
            adapted = Adapted(module, generator)
            parent, _, leaf = path.rpartition(".")
            setattr(model.language_model.model.get_submodule(parent), leaf, adapted)
            for half, matrix in (("A", adapted.a), ("B", adapted.b)):
                trained[f"language_model.model.{path}.lora_{half}.weight"] = matrix
    adapters = list(trained.values())
    connector = {f"multi_modal_projector.{n}": p for n, p in model.multi_modal_projector.named_parameters()}
    if hasattr(model, "image_newline"):
        connector["image_newline"] = model.image_newline
    trained.update({n: p.requires_grad_(True) for n, p in connector.items()})
    tensors = {f"start.{n}": p.detach().clone() for n, p in trained.items() if "lora" in n}
    optimizer = torch.optim.AdamW(
        [{"params": adapters, "lr": RATES["adapters"]}, {"params": list(connector.values()), "lr": RATES["connector"]}],
        betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0)
    losses = []
    for step in range(3):
        optimizer.zero_grad()
        loss = loss_of(model, batch)
        loss.backward()
        losses.append(loss.item())
        if step == 0:
            tensors |= {f"gradient.{n}": p.grad.clone() for n, p in trained.items() if any(k in n for k in KEPT)}
        optimizer.step()
    tensors |= {f"after.{n}": p.detach().clone() for n, p in trained.items() if any(k in n for k in KEPT)}
    tensors["losses"] = torch.tensor(losses)
    save_file({k: v.contiguous() for k, v in tensors.items()}, out / f"{name}.safetensors")
    print(name, losses)


fixtures, out = Path(sys.argv[1]), Path(sys.argv[2])
out.mkdir(parents=True, exist_ok=True)
for folder in sorted((fixtures / "steps").iterdir()):
    if folder.is_dir():
        reference(folder.name, fixtures, out)
