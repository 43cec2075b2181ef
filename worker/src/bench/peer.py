"""What `lit bench` times, in PyTorch and transformers: a training step in which LLaVA's language model
and connector train and the tower is frozen, or with --generate greedy answers.

    peer.py MODEL_DIR --micro-batch 8 --text 448 --answers 0.25 --steps 5 [--checkpointing]
    peer.py MODEL_DIR --device cpu --dtype float32 --threads 2 --micro-batch 2 [--mixed]
    peer.py MODEL_DIR --device cpu --dtype float32 --threads 2 --generate --batch 8 --text 32 --new-tokens 64

Prints one JSON line with the keys of `lit bench --json`. MODEL_DIR may hold a config.json alone; weights
are then drawn. In bfloat16 the optimizer has fp32 masters and moments, as Lit's. Takes transformers 4.49
and 5.
"""

import argparse
import json
import resource
import time
from pathlib import Path

import torch
import transformers
from transformers import LlavaConfig, LlavaForConditionalGeneration


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--micro-batch", type=int, default=2)
    parser.add_argument("--accumulate", type=int, default=1)
    parser.add_argument("--text", type=int, default=128)
    parser.add_argument("--mixed", action="store_true", help="text from an eighth to fifteen eighths of --text")
    parser.add_argument("--answers", type=float, default=0.25)
    parser.add_argument("--steps", type=int, default=5, help="or runs of --generate")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--dtype", default="bfloat16", choices=["bfloat16", "float32"])
    parser.add_argument("--threads", type=int)
    parser.add_argument("--attention", default="sdpa")
    parser.add_argument("--checkpointing", action="store_true")
    parser.add_argument("--generate", action="store_true")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--new-tokens", type=int, default=64)
    a = parser.parse_args()
    if a.generate and a.mixed:
        parser.error("--generate takes prompts of one length; leave --mixed out")
    a.dtype = getattr(torch, a.dtype)
    return a


class MixedAdamW:
    """AdamW on fp32 masters of bf16 parameters, in pieces, fused as torch has it."""

    def __init__(self, parameters, lr):
        self.parameters = parameters
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

    def zero_grad(self):
        """A step leaves no gradients."""


def load(a):
    settings = {"attn_implementation": a.attention}
    settings["torch_dtype" if transformers.__version__.startswith("4.") else "dtype"] = a.dtype
    if list(Path(a.model).glob("*.safetensors")):
        return LlavaForConditionalGeneration.from_pretrained(a.model, **settings).to(a.device)
    with torch.device(a.device):
        return LlavaForConditionalGeneration._from_config(LlavaConfig.from_pretrained(a.model), **settings)


def image_token(config):
    return getattr(config, "image_token_id", None) or config.image_token_index


def batch(config, sequences, a):
    """One picture a sequence and then random text, padded to the right with --mixed."""
    generator = torch.Generator().manual_seed(1)
    side, patch = config.vision_config.image_size, config.vision_config.patch_size
    images = (side // patch) ** 2
    image, vocabulary = image_token(config), config.text_config.vocab_size
    spread = [(1 + 14 * i / max(1, sequences - 1)) / 8 if a.mixed else 1 for i in range(sequences)]
    lengths = [max(8, int(a.text * share)) for share in spread]
    text = torch.randint(1, min(40_000, vocabulary), (sequences, max(lengths)), generator=generator)
    text[text == image] = 1
    ids = torch.cat([torch.full((sequences, images), image), text], 1)
    labels, attended = torch.full_like(ids, -100), torch.zeros_like(ids)
    for i, length in enumerate(lengths):
        end, supervised = images + length, max(1, int(length * a.answers))
        attended[i, :end] = 1
        labels[i, end - supervised : end] = ids[i, end - supervised : end]
    pixels = torch.randn(sequences, 3, side, side, generator=generator)
    of_model = {"input_ids": ids.to(a.device), "pixel_values": pixels.to(a.device, a.dtype)}
    # Without padding plain causal attention is right, for which SDPA has its flash kernels.
    if a.mixed or a.generate:
        of_model["attention_mask"] = attended.to(a.device)
    return of_model, labels.to(a.device), images, lengths


def clock(a):
    if a.device.startswith("cuda"):
        torch.cuda.synchronize()
    return time.perf_counter()


def seconds(a, work):
    start = clock(a)
    work()
    return clock(a) - start


def memory(a):
    peaks = {"peakRssMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10, "peakDeviceMiB": 0}
    if a.device.startswith("cuda"):
        free, total = torch.cuda.mem_get_info()
        peaks["peakDeviceMiB"] = (total - free) >> 20
    return peaks


def train(model, a):
    for name, parameter in model.named_parameters():
        parameter.requires_grad_("vision_tower" not in name)
    if a.checkpointing:
        language = getattr(model, "model", model).language_model
        language.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    model.train()
    trained = [p for p in model.parameters() if p.requires_grad]
    if a.dtype == torch.float32:
        optimizer = torch.optim.AdamW(trained, lr=2e-5, weight_decay=0.0, fused=True)
    else:
        optimizer = MixedAdamW(trained, 2e-5)
    inputs, labels, images, lengths = batch(model.config, a.micro_batch, a)

    def step():
        for _ in range(a.accumulate):
            loss = model(**inputs, labels=labels, use_cache=False).loss
            (loss / a.accumulate).backward()
        optimizer.step()
        optimizer.zero_grad()
        return loss.item()

    first = step()
    times = sorted(seconds(a, step) for _ in range(a.steps))
    tokens = (a.micro_batch * images + sum(lengths)) * a.accumulate
    return {
        "secondsPerStep": times[0], "median": times[len(times) // 2], "tokensPerStep": tokens,
        "tokensPerSecond": tokens / times[0], "firstLoss": first, **memory(a), "checkpointing": a.checkpointing,
        "text": lengths}


def generate(model, a):
    model.eval()
    inputs, _, images, lengths = batch(model.config, a.batch, a)

    def answer(tokens):
        found = model.generate(**inputs, do_sample=False, max_new_tokens=tokens, min_new_tokens=tokens)
        assert found.shape == (a.batch, images + lengths[0] + tokens), found.shape

    answer(2)
    first = min(seconds(a, lambda: answer(1)) for _ in range(a.steps + 1))
    best = min(seconds(a, lambda: answer(a.new_tokens)) for _ in range(a.steps))
    return {
        "batch": a.batch, "prompt": images + lengths[0], "newTokens": a.new_tokens, "seconds": best,
        "tokensPerSecond": a.batch * a.new_tokens / best, "secondsToFirst": first,
        "decodeTokensPerSecond": a.batch * (a.new_tokens - 1) / (best - first), **memory(a)}


def main():
    a = arguments()
    torch.manual_seed(1)
    if a.threads:
        torch.set_num_threads(a.threads)
    measured = (generate if a.generate else train)(load(a), a)
    peer = f"transformers {transformers.__version__}, torch {torch.__version__}, {a.attention}"
    print(json.dumps({"peer": peer, **measured, "threads": torch.get_num_threads()}))


main()
