"""Measures what a checkpoint holds up: trains a model of half a billion drawn weights on one GPU and
compares the steps beside which checkpoints are made and written with the others.

    checkpoints.py TINY OUTPUT LIT...

TINY    the tests' folder io/litoperator/worker/run/tiny, whose tokenizer is taken
OUTPUT  new folder, gets model, pictures, job and run; needs some 40 GB
LIT     command line of lit, as far as its subcommand

Prints the time from a step's end to the next one's, as their median, and the longest ones with the
checkpoints before them. The last checkpoint is then asked and scored, on the GPU in bf16.
"""
import json
import os
import shutil
import subprocess
import sys
import time

from PIL import Image

tiny, output, *lit = sys.argv[1:]
EVERY, STEPS, SAMPLES = 60, 200, 256

os.makedirs(f"{output}/pictures")
shutil.copytree(f"{tiny}/language-model", f"{output}/language-model")
shutil.copytree(f"{tiny}/vision-tower", f"{output}/vision-tower")


def change(path, **values):
    with open(path) as file:
        changed = {**json.load(file), **values}
    with open(path, "w") as file:
        json.dump(changed, file)


# Qwen2-0.5B with as wide heads as flash attention likes, and CLIP-L at 336.
change(f"{output}/language-model/config.json", vocab_size=32000, hidden_size=1024, intermediate_size=4864,
       num_hidden_layers=28, num_attention_heads=16, num_key_value_heads=4, max_position_embeddings=2048,
       initializer_range=0.02)
change(f"{output}/vision-tower/config.json", image_size=336, patch_size=14, hidden_size=1024, intermediate_size=4096,
       num_hidden_layers=24, num_attention_heads=16, hidden_act="quick_gelu", initializer_range=0.02)
preprocessor = f"{output}/vision-tower/preprocessor_config.json"
with open(preprocessor) as file:
    text = file.read().replace("24", "336")
with open(preprocessor, "w") as file:
    file.write(text)

colors = ["red", "green", "blue", "yellow"]
samples = []
for i in range(SAMPLES):
    name = f"{i}.png"
    Image.effect_noise((336, 336), 40 + i % 64).convert("RGB").save(f"{output}/pictures/{name}")
    turns = []
    for turn in range(24):
        color = colors[(i + turn) % 4]
        turns += [{"from": "human", "value": ("<image>\n" if turn == 0 else "") + f"Where is the {color} square?"},
                  {"from": "gpt", "value": ["top", "bottom", "left", "right"][(i * turn) % 4]}]
    samples.append({"id": str(i), "image": name, "conversations": turns})
with open(f"{output}/data.json", "w") as file:
    json.dump(samples, file)
with open(f"{output}/pope.jsonl", "w") as file:
    for i in range(200):
        file.write(json.dumps({"image": f"pictures/{i}.png", "question": f"Is there any {colors[i % 4]} square?", "answer": "yes"}) + "\n")
with open(f"{output}/job.yaml", "w") as file:
    file.write(f"""apiVersion: lit-operator.io/v1alpha1
kind: LitTrainingJob
metadata: {{name: checkpoints}}
spec:
  model:
    languageModel: {{source: language-model}}
    visionTower: {{source: vision-tower}}
    systemPrompt: A chat about an image.
    images: {{aspect: square}}
    maxLength: 2048
  finetune:
    objective: {{name: LIT}}
    dataset: [{{annotations: data.json, images: pictures}}]
    trainable: [connector, languageModel]
    maxSteps: {STEPS}
    globalBatchSize: 64
    microBatchSize: 16
    optimizer: {{learningRate: 1e-4, clipNorm: 1.0}}
  checkpoints: {{every: {EVERY}steps, keep: 1}}
  topology: {{ranksPerNode: 1, device: cuda}}
  precision: bf16
""")

start = time.monotonic()
process = subprocess.Popen([*lit, "run", f"{output}/job.yaml", "--output", f"{output}/run", "--json"],
                           stdout=subprocess.PIPE, text=True)
ends, saved, step = {}, [], None
for line in process.stdout:
    now = time.monotonic()
    event = json.loads(line)
    if event["event"] == "step":
        step = event["step"]
        ends[step] = now
    elif event["event"] == "checkpointSaved":
        saved.append(event)
        print(f"checkpoint of step {event['step']}: {event['sizeBytes'] / 2**30:.1f} GiB, "
              f"written in {event['seconds']:.1f} s, told after step {step}", flush=True)
    elif event["event"] == "notice":
        print(event["message"])
if process.wait() != 0:
    sys.exit(f"lit run ended with {process.returncode}")
took = {step: ends[step] - ends[step - 1] for step in list(ends)[3:]}
median = sorted(took.values())[len(took) // 2]
print(f"median step {median:.3f} s")
for step in sorted(took, key=took.get, reverse=True)[:8]:
    print(f"step {step}: {took[step]:.3f} s, {took[step] - median:+.3f}")
held = [max(took.get(s, 0) for s in range(event["step"], event["step"] + 3)) - median for event in saved
        if event["step"] + 2 in took]
print("held up by checkpoints, s:", *(f"{h:.3f}" for h in held), "of a step's", f"{median:.3f}")

checkpoint = saved[-1]["uri"]
subprocess.run([*lit, "generate", checkpoint, "--image", f"{output}/pictures/1.png", "--prompt", "Where is the red square?",
                "--device", "cuda", "--precision", "bf16"], check=True)
for precision in ("bf16", "fp32"):
    start = time.monotonic()
    subprocess.run([*lit, "evaluate", checkpoint, "--tasks", "pope", "--data", output, "--output", f"{output}/{precision}",
                    "--device", "cuda", "--precision", precision], check=True)
    print(f"evaluated in {precision} within {time.monotonic() - start:.1f} s")
