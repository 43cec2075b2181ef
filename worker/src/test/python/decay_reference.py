"""Three steps of torch's AdamW with weight decay, in the two groups that transformers' Trainer makes.

python decay_reference.py FIXTURES OUT writes OUT/MODEL.json: whether each parameter decays, and its norm afterwards.
Of Llama's models only: Trainer 4.49 takes the last norm of Mistral and Qwen2 for no norm.
"""
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import AutoModelForImageTextToText
from transformers.pytorch_utils import ALL_LAYERNORM_LAYERS
from transformers.trainer_pt_utils import get_parameter_names


def loss_of(model, batch):
    pictures = {"pixel_values": batch["pixel_values"]}
    if hasattr(model, "image_newline"):
        pictures["image_sizes"] = batch["image_sizes"]
    logits = model(input_ids=batch["input_ids_expanded"], attention_mask=batch["attention_mask"], **pictures).logits
    labels = batch["labels_lit_expanded"]
    return torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)


def reference(name, fixtures, out):
    model = AutoModelForImageTextToText.from_pretrained(fixtures / "models" / name, attn_implementation="eager").eval()
    batch = load_file(fixtures / "steps" / name / "batch.safetensors")
    # As Trainer.get_decay_parameter_names.
    decay = set(get_parameter_names(model, ALL_LAYERNORM_LAYERS, ["bias", "layernorm", "rmsnorm"]))
    named = dict(model.named_parameters())
    optimizer = torch.optim.AdamW(
        [{"params": [p for n, p in named.items() if n in decay], "weight_decay": 10.0},
         {"params": [p for n, p in named.items() if n not in decay], "weight_decay": 0.0}],
        lr=1e-3, betas=(0.9, 0.999), eps=1e-8)
    losses = []
    for _ in range(3):
        optimizer.zero_grad()
        loss = loss_of(model, batch)
        loss.backward()
        losses.append(loss.item())
        optimizer.step()
    parameters = {n: {"decays": n in decay, "l2": p.detach().double().norm().item()}
                  for n, p in named.items() if p.grad is not None}
    (out / f"{name}.json").write_text(json.dumps({"losses": losses, "parameters": parameters}, indent=1) + "\n")
    print(name, losses, len(decay), len(parameters))


fixtures, out = Path(sys.argv[1]), Path(sys.argv[2])
out.mkdir(parents=True, exist_ok=True)
for name in ("llava-1.5", "llava-next"):
    reference(name, fixtures, out)
