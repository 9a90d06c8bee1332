"""Several processes train one network: same weights everywhere, one checkpoint."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

WORKER = """
import sys
from pathlib import Path
import torch
from torch import nn
from engine.models.quantizer import CodebookLearner, Quantizer
from engine.training import distributed
from engine.training.loop import LoopOptions, train

class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer, self.quantizer = nn.Linear(4, 2), Quantizer(1, 4, 2)
        self.learner = CodebookLearner(self.quantizer, reset_every=3)

class Task:
    def __init__(self):
        torch.manual_seed(distributed.rank())  # processes disagree until training begins
        self.model = Line()
    def loss(self, context):
        x = torch.randn(8, 4, generator=context.generator)
        y = self.model.layer(x).float()
        self.model.learner.learn(y.detach(), context.generator)
        return (y.sum(1) - x.sum(1)).square().mean(), {"first": float(x[0, 0])}
    def evaluate(self, model):
        return {}

out = Path(sys.argv[1])
device = distributed.start()
task = Task()
train(task, LoopOptions(steps=7, rate=1e-2, warm_up=1), out, device)
torch.save(task.model.state_dict(), out / f"rank{distributed.rank()}.pt")
distributed.finish()
"""


def test_processes_end_with_the_same_weights(tmp_path: Path) -> None:
    import torch

    script = tmp_path / "worker.py"
    script.write_text(WORKER)
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", str(script)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    ran = subprocess.run([*command, str(tmp_path)], env=environment, capture_output=True, text=True, timeout=240)
    assert ran.returncode == 0, ran.stderr[-2000:]
    first, second = (torch.load(tmp_path / f"rank{rank}.pt", weights_only=True) for rank in (0, 1))
    for name, value in first.items():
        assert torch.equal(value, second[name]), name
    assert (tmp_path / "checkpoint.pt").is_file()
