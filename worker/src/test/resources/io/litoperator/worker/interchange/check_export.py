"""Loads an exported folder with transformers and compares it with the reference step's numbers,
and what its processor makes of pictures with what the worker made of them.

Each line of the input is one check, PROMPT EXPORTED STEP_FIXTURE PICTURES PREPARED with tabs between
and newlines of the prompt as \\n, and is answered by "equal", or by "different" after the reason: the
imports take longer than a check.
"""

import sys
import traceback

import torch
from PIL import Image
from safetensors.torch import load_file
from transformers import AutoModelForImageTextToText, AutoProcessor


def check(asked, folder, step, images, prepared):
    model = AutoModelForImageTextToText.from_pretrained(folder, torch_dtype=torch.float32).eval()
    batch = load_file(f"{step}/batch.safetensors")
    expected = load_file(f"{step}/expected.safetensors")["logits"]
    attention = batch["attention_mask"]
    pictures = {"pixel_values": batch["pixel_values"]}
    tiles = hasattr(model, "image_newline")
    if tiles:
        pictures["image_sizes"] = batch["image_sizes"]
    with torch.no_grad():
        logits = model(
            input_ids=batch["input_ids_expanded"], attention_mask=attention, **pictures
        ).logits[attention.bool()]
    assert logits.shape == expected.shape, (logits.shape, expected.shape)
    difference = (logits - expected).abs().max().item()
    assert difference < 5e-5, difference

    processor = AutoProcessor.from_pretrained(folder)
    for name, ours in load_file(prepared).items():
        picture = Image.open(f"{images}/{name}").convert("RGB")
        theirs = processor.image_processor(picture, return_tensors="pt")["pixel_values"]
        theirs = theirs.reshape(-1, *theirs.shape[-3:])  # tiles are apart from pictures
        assert theirs.shape == ours.shape, (name, theirs.shape, ours.shape)
        difference = (theirs - ours).abs().max().item()
        assert difference < 1e-5, (name, difference)  # a grey level is 1e-2

    chat = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "Who?"}]}]
    prompt = processor.apply_chat_template(chat, add_generation_prompt=True)
    assert prompt == asked.replace("\\n", "\n"), repr(prompt)
    inputs = processor(images=Image.new("RGB", (20, 30)), text=prompt, return_tensors="pt")
    seen = (inputs["input_ids"] == model.config.image_token_index).sum().item()
    if tiles:  # the whole picture and its tiles, with a newline in each row
        assert inputs["pixel_values"].shape[1] > 1, inputs["pixel_values"].shape
        assert seen > model.config.image_seq_length, (seen, model.config.image_seq_length)
    else:
        assert seen == model.config.image_seq_length, (seen, model.config.image_seq_length)
    with torch.no_grad():
        assert torch.isfinite(model(**inputs).logits).all()


for line in sys.stdin:
    try:
        check(*line.rstrip("\n").split("\t"))
        print("equal", flush=True)
    except Exception:
        traceback.print_exc()
        print("different", flush=True)
