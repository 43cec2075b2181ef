"""The same training step in PyTorch and transformers: LLaVA's language model and connector train, the
tower is frozen, bf16 parameters and gradients, fp32 masters and moments, as Lit's.

    peer.py MODEL_DIR --micro-batch 8 --text 448 --answers 0.25 --steps 5 [--checkpointing] [--attention sdpa]

Prints one JSON line with the keys of `lit bench --json`. Sequences are of one length, so that nothing
is padded and plain causal attention (flash kernels of SDPA) is right.
"""

import argparse
import json
import time

import torch
from transformers import LlavaConfig, LlavaForConditionalGeneration


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--micro-batch", type=int, default=2)
    parser.add_argument("--accumulate", type=int, default=1)
    parser.add_argument("--text", type=int, default=128)
    parser.add_argument("--answers", type=float, default=0.25)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--attention", default="sdpa")
    parser.add_argument("--checkpointing", action="store_true")
    return parser.parse_args()


class MixedAdamW:
    """AdamW on fp32 masters of bf16 parameters, in pieces, fused as torch has it."""

    def __init__(self, parameters, lr):
        self.parameters = [p for p in parameters if p.requires_grad]
        self.lr, self.count = lr, 0
        self.state = [
            (p.detach().float(), torch.zeros_like(p, dtype=torch.float32), torch.zeros_like(p, dtype=torch.float32))
            for p in self.parameters
        ]

    def step(self):
        self.count += 1
        count = torch.tensor([float(self.count)], device=self.parameters[0].device)
        norm = torch.linalg.vector_norm(torch.stack(torch._foreach_norm([p.grad for p in self.parameters], 2, dtype=torch.float32)))
        norm.item()
        for p, (master, mean, square) in zip(self.parameters, self.state):
            torch._fused_adamw_(
                [master], [p.grad.float()], [mean], [square], [], [count], lr=self.lr, beta1=0.9, beta2=0.999,
                weight_decay=0.0, eps=1e-8, amsgrad=False, maximize=False, grad_scale=None, found_inf=None)
            p.data.copy_(master)
            p.grad = None


def batch(config, a):
    generator = torch.Generator().manual_seed(1)
    side, patch = config.vision_config.image_size, config.vision_config.patch_size
    images = (side // patch) ** 2
    vocabulary = config.text_config.vocab_size
    text = torch.randint(1, min(40_000, vocabulary), (a.micro_batch, a.text), generator=generator)
    text[text == config.image_token_id] = 1
    ids = torch.cat([torch.full((a.micro_batch, images), config.image_token_id), text], 1)
    labels = ids.clone()
    labels[:, : ids.size(1) - max(1, int(a.text * a.answers))] = -100
    pixels = torch.randn(a.micro_batch, 3, side, side, generator=generator)
    return ids.to(a.device), labels.to(a.device), pixels.to(a.device, torch.bfloat16)


def main():
    a = arguments()
    torch.manual_seed(1)
    config = LlavaConfig.from_pretrained(a.model)
    with torch.device(a.device):
        model = LlavaForConditionalGeneration._from_config(config, dtype=torch.bfloat16, attn_implementation=a.attention)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_("vision_tower" not in name)
    if a.checkpointing:
        model.model.language_model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    model.train()
    optimizer = MixedAdamW(model.parameters(), 2e-5)
    ids, labels, pixels = batch(config, a)
    cuda = a.device.startswith("cuda")

    def step():
        for _ in range(a.accumulate):
            loss = model(input_ids=ids, pixel_values=pixels, labels=labels, use_cache=False).loss
            (loss / a.accumulate).backward()
        optimizer.step()
        return loss.item()

    first = step()
    seconds = []
    for _ in range(a.steps):
        if cuda:
            torch.cuda.synchronize()
        start = time.perf_counter()
        step()
        if cuda:
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    seconds.sort()
    used = 0
    if cuda:
        free, total = torch.cuda.mem_get_info()
        used = total - free
    print(json.dumps({
        "peer": f"torch {torch.__version__}, {a.attention}", "secondsPerStep": seconds[0], "median": seconds[len(seconds) // 2],
        "tokensPerStep": ids.numel() * a.accumulate,
        "tokensPerSecond": ids.numel() * a.accumulate / seconds[0], "firstLoss": first,
        "peakDeviceMiB": used >> 20, "checkpointing": a.checkpointing}))


main()
