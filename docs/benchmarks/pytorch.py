"""An outside reference for `backlit bench`: training steps of the same networks in PyTorch.

Float32 throughout, without TF32. Three ways to run a step: eager, torch.compile, and a captured CUDA graph. The data lie
on the device, nothing is read back between steps, and one read of a parameter sum closes each timing. Prints a JSON
object per row, with the field names of `backlit bench --json`.

    python docs/benchmarks/pytorch.py [--batch 128] [--hidden 512] [--optimizer sgd|adam] [--ways eager,compiled,graph]
"""

import argparse
import json
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F

WAYS = ["eager", "compiled", "graph"]
ROWS = 16384
ROUNDS = 5
SECONDS = 2.0


def network(hidden):
    widths = [784, *hidden, 10]
    layers = []
    for inputs, units in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, units), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def optimizer_for(name, parameters, way):
    if name == "sgd":
        return torch.optim.SGD(parameters, lr=0.01)
    # Only then can Adam's step count stay on the device, which a captured graph needs.
    return torch.optim.Adam(parameters, lr=1e-3, capturable=way == "graph")


def make_step(way, model, optimizer, images, labels):
    """A function that trains on the batch in `images` and `labels`."""

    def step():
        optimizer.zero_grad(set_to_none=way != "graph")
        F.cross_entropy(model(images), labels).backward()
        optimizer.step()

    if way == "eager":
        return step
    if way == "compiled":
        return torch.compile(step)
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def lacks(way, device):
    """Why a way cannot be taken here; None where it can."""
    if way == "graph" and device.type != "cuda":
        return "a CUDA graph needs CUDA"
    if way == "compiled" and not hasattr(torch, "compile"):
        return f"torch.compile came with 2.0, this is {torch.__version__}"
    return None


def measure(way, hidden, batch, optimizer_name, device):
    torch.manual_seed(1)
    data = torch.randint(1, 256, (ROWS, 784), device=device, dtype=torch.uint8).float() / 255
    truth = torch.randint(0, 10, (ROWS,), device=device)
    order = torch.randperm(ROWS, device=device)
    model = network(hidden).to(device)
    # A first batch, since capturing a graph takes steps of its own: what happens to lie in memory would be no labels.
    images = data[order[:batch]]
    labels = truth[order[:batch]]
    step = make_step(way, model, optimizer_for(optimizer_name, model.parameters(), way), images, labels)

    def run(count, first):
        start = time.perf_counter()
        for i in range(count):
            at = (first + i) * batch % (ROWS - batch + 1)
            rows = order[at : at + batch]
            torch.index_select(data, 0, rows, out=images)
            torch.index_select(truth, 0, rows, out=labels)
            step()
        sum(p.sum() for p in model.parameters()).item()
        return (time.perf_counter() - start) * 1000 / count

    first_step = run(1, 0)
    run(20, 1)
    estimate = run(50, 21)
    count = max(50, int(SECONDS / ROUNDS * 1000 / estimate))
    rounds = [run(count, 71 + r * count) for r in range(ROUNDS)]
    median = statistics.median(rounds)
    quartiles = statistics.quantiles(rounds, n=4)
    return {
        "contender": f"pytorch {way}",
        "backend": "cuda" if device.type == "cuda" else device.type,
        "network": "-".join(map(str, [784, *hidden, 10])),
        "batch": batch,
        "optimizer": optimizer_name,
        "input": "dense",
        "msPerStep": median,
        "spread": (quartiles[2] - quartiles[0]) / median,
        "stepsPerSecond": 1000 / median,
        "firstStepMs": first_step,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--hidden", default="512", help="units of each hidden layer, separated by commas")
    parser.add_argument("--optimizer", choices=["sgd", "adam"], default="sgd")
    parser.add_argument("--ways", default=",".join(WAYS))
    options = parser.parse_args()
    ways = options.ways.split(",")
    unknown = [way for way in ways if way not in WAYS]
    if unknown:
        parser.error(f"--ways must be of {', '.join(WAYS)}, not {', '.join(unknown)}")
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    name = torch.cuda.get_device_name() if device.type == "cuda" else "cpu"
    hidden = [int(units) for units in options.hidden.split(",")]
    for way in ways:
        missing = lacks(way, device)
        if missing:
            print(json.dumps({"skipped": f"pytorch {way}", "reason": missing}), flush=True)
            continue
        row = measure(way, hidden, options.batch, options.optimizer, device)
        print(json.dumps({**row, "device": name, "torch": torch.__version__}), flush=True)


if __name__ == "__main__":
    main()
