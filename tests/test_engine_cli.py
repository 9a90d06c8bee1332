"""`mmm-engine` as its user meets it: real processes, tiny random weights, a tiny text encoder."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine import cli
from engine.features.normalization import Normalization
from engine.features.representation import ROW_SIZE
from engine.models.config import LengthConfig, TokenizerConfig, TransformerConfig
from engine.models.length import LengthPredictor
from engine.models.tokenizer import Tokenizer
from engine.models.transformer import MaskedTransformer
from engine.motion.kinematics import forward_kinematics
from engine.motion.skeleton import JOINT_COUNT
from engine.protocol import PROTOCOL_VERSION, events, wire
from engine.protocol.requests import RequestError
from engine.weights import MANIFEST, WeightsSet, save_weights

ROOT = Path(__file__).resolve().parents[1]
TEXT_WIDTH = 384


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with weights/ and text/: everything a motion needs, in miniature."""
    folder = tmp_path_factory.mktemp("home")
    _save_networks(folder / "weights")
    _save_text_encoder(folder / "text")
    manifest = json.loads((folder / "weights" / MANIFEST).read_text())
    manifest["text_encoders"]["minilm"]["sha256"] = {}
    (folder / "weights" / MANIFEST).write_text(json.dumps(manifest))
    return folder


def _save_networks(folder: Path) -> None:
    torch.manual_seed(0)
    tokenizer = Tokenizer(TokenizerConfig(width=8, codes=32, code_width=4, depth=1))
    tokenizer.part("whole").quantizer.codebook.normal_()
    config = TransformerConfig(
        codes=32, code_width=4, width=16, heads=2, cross_blocks=1, base_blocks=1, head_blocks=1, text_width=TEXT_WIDTH
    )
    normalization = Normalization(np.zeros(ROW_SIZE, np.float32), np.full(ROW_SIZE, 0.1, np.float32))
    network = MaskedTransformer(config, tokenizer.codebooks)
    length = LengthPredictor(LengthConfig(text_width=TEXT_WIDTH))
    save_weights(folder, WeightsSet("tiny", "0", "CC0-1.0", tokenizer, network, length, normalization))


def _save_text_encoder(folder: Path) -> None:
    from safetensors.torch import save_file
    from tokenizers import Tokenizer as TextTokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from transformers.models.bert.configuration_bert import BertConfig
    from transformers.models.bert.modeling_bert import BertModel

    settings = {
        "hidden_size": TEXT_WIDTH,
        "num_attention_heads": 2,
        "num_hidden_layers": 1,
        "intermediate_size": 16,
        "vocab_size": 8,
    }
    folder.mkdir()
    save_file(BertModel(BertConfig(**settings), add_pooling_layer=False).state_dict(), folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(settings))
    words = ["[UNK]", "a", "person", "walks", "runs"]
    tokenizer = TextTokenizer(WordLevel({word: i for i, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))


def places(home: Path) -> list[str]:
    return ["--weights", str(home / "weights"), "--text-encoder", str(home / "text"), "--device", "cpu"]


def run(*arguments: str, limit: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-s", "-m", "engine", *arguments]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, preexec_fn=limit
    )


def inside(*arguments: str) -> tuple[int, str]:
    """The command in this process: (status, stderr). For what must be refused; imports are warm then."""
    caught = io.StringIO()
    with contextlib.redirect_stderr(caught), contextlib.redirect_stdout(io.StringIO()):
        try:
            return cli.main(arguments), caught.getvalue()
        except SystemExit as leaving:
            return int(leaving.code or 0), caught.getvalue()


def assert_refused(result: tuple[int, str], folder: Path, *words: str) -> None:
    status, stderr = result
    assert status == cli.BAD_INPUT
    assert "Traceback" not in stderr and stderr.strip().endswith("."), stderr
    for word in words:
        assert word in stderr, stderr
    assert not list(folder.rglob("*.npz*")), "something was left behind"


def test_a_sentence_becomes_a_file_and_twice_the_same_bytes(home: Path, tmp_path: Path) -> None:
    files = [tmp_path / "first.npz", tmp_path / "second.npz"]
    for file in files:
        done = run("generate", "a person walks", "--out", str(file), "--seconds", "3", "--seed", "5", *places(home))
        assert done.returncode == 0, done.stderr
        assert str(file) in done.stdout and "60 frames" in done.stdout
    assert files[0].read_bytes() == files[1].read_bytes()
    with np.load(files[0], allow_pickle=False) as data:
        assert data["joints"].shape == (60, JOINT_COUNT, 3)
        assert data["rotations"].shape == (60, JOINT_COUNT, 4)
        assert data["root"].shape == (60, 3)
        assert data["features"].shape == (60, ROW_SIZE)
        assert len(data["contacts"]) == 60
        assert (float(data["fps"]), str(data["text"]), int(data["seed"])) == (20.0, "a person walks", 5)
        joints = forward_kinematics(data["root"], data["rotations"])
        np.testing.assert_allclose(data["joints"], joints, atol=1e-5)


def test_another_seed_is_another_file(home: Path, tmp_path: Path) -> None:
    for seed in ("1", "2"):
        file = tmp_path / f"{seed}.npz"
        assert inside("generate", "a person walks", "--out", str(file), "--seed", seed, *places(home))[0] == 0
    assert (tmp_path / "1.npz").read_bytes() != (tmp_path / "2.npz").read_bytes()


def test_takes_are_numbered_files_of_seeds_that_follow(home: Path, tmp_path: Path) -> None:
    asked = ("generate", "a person walks", "--seconds", "1", *places(home))
    assert inside(*asked, "--out", str(tmp_path / "walk.npz"), "--seed", "5", "--takes", "3")[0] == 0
    assert sorted(path.name for path in tmp_path.glob("walk*")) == ["walk-1.npz", "walk-2.npz", "walk-3.npz"]
    seeds = []
    for number in (1, 2, 3):
        with np.load(tmp_path / f"walk-{number}.npz", allow_pickle=False) as data:
            seeds.append(int(data["seed"]))
    assert seeds == [5, 6, 7]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert_refused(inside(*asked, "--out", str(empty / "a.npz"), "--takes", "0"), empty, "number of takes")


def test_prompts_become_numbered_files_in_order(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "BATCH", 2)
    prompts = [{"text": "walks", "seconds": 1}, {"text": "runs", "seed": 9}, {"text": "walks 💃", "seconds": None}]
    listing = tmp_path / "prompts.jsonl"
    listing.write_text("\n\n".join(json.dumps(prompt) for prompt in prompts) + "\n", encoding="utf-8")
    out = tmp_path / "new" / "folder"
    status, stderr = inside("generate", "--prompts", str(listing), "--out-dir", str(out), "--seed", "4", *places(home))
    assert status == 0, stderr
    assert sorted(path.name for path in out.iterdir()) == ["0001.npz", "0002.npz", "0003.npz"]
    found = [np.load(path, allow_pickle=False) for path in sorted(out.iterdir())]
    assert [str(data["text"]) for data in found] == ["walks", "runs", "walks 💃"]
    assert [int(data["seed"]) for data in found] == [4, 9, 4]
    assert len(found[0]["root"]) == 20


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["", "--out", "OUT/a.npz"], "no text"),
        (["\x07 \n", "--out", "OUT/a.npz"], "no text"),
        (["a" * 10_000, "--out", "OUT/a.npz"], "10000 characters"),
        (["walk", "--out", "OUT/a.npz", "--seconds", "0"], "more than 0"),
        (["walk", "--out", "OUT/a.npz", "--seconds", "-3"], "more than 0"),
        (["walk", "--out", "OUT/a.npz", "--seconds", "1e300"], "longest"),
        (["walk", "--out", "OUT/a.npz", "--seconds", "nan"], "more than 0"),
        (["walk", "--out", "OUT/a.npz", "--seed", "-1"], "seed"),
        (["walk", "--out", "OUT/a.npz", "--seed", "99999999999"], "seed"),
        (["walk"], "--out"),
        (["--out", "OUT/a.npz"], "--prompts"),
        (["walk", "--prompts", "x", "--out", "OUT/a.npz"], "either"),
        (["walk", "--out", "OUT/a.blend"], ".npz"),
        (["walk", "--out", "OUT"], ".npz"),
        (["walk", "--out", "OUT/nowhere/a.npz"], "does not exist"),
        (["--prompts", "OUT/missing.jsonl", "--out-dir", "OUT"], "missing.jsonl"),
        (["walk", "--out", "OUT/a.npz", "--weights", "OUT/nothing"], "no weights"),
    ],
)
def test_bad_input_is_a_sentence_and_status_2(tmp_path: Path, arguments: list[str], word: str) -> None:
    result = inside("generate", *(argument.replace("OUT", str(tmp_path)) for argument in arguments))
    assert_refused(result, tmp_path, word)


def test_bad_input_is_refused_before_torch_is_imported(tmp_path: Path) -> None:
    code = "import sys\nfrom engine.cli import main\nstatus = main(sys.argv[1:])\nprint(status, 'torch' in sys.modules)"
    command = [sys.executable, "-c", code, "generate", " ", "--out", str(tmp_path / "a.npz")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["2", "False"]


@pytest.mark.parametrize("line", ["{", "[]", '"walk"', "{}", '{"text": 5}', '{"text": "walk", "secs": 3}',
                                  '{"text": "walk", "seconds": "3"}', '{"text": "walk", "seed": 1.5}',
                                  '{"text": "walk", "seconds": 1e999}', '{"text": ""}'])  # fmt: skip
def test_a_prompt_that_cannot_be_used_is_named_by_its_line(tmp_path: Path, line: str) -> None:
    listing = tmp_path / "prompts.jsonl"
    listing.write_text('{"text": "walk"}\n\n' + line + "\n")
    with pytest.raises(RequestError, match="line 3: "):
        cli.read_prompts(listing, None, 0)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xff\xfe{}"])
def test_a_file_without_prompts_is_a_sentence(tmp_path: Path, data: bytes) -> None:
    listing = tmp_path / "prompts.jsonl"
    listing.write_bytes(data)
    with pytest.raises(RequestError, match=r"prompts\.jsonl"):
        cli.read_prompts(listing, None, 0)


@pytest.mark.parametrize("name", ["transformer.safetensors", "tokenizer.safetensors", MANIFEST])
def test_corrupt_weights_are_a_sentence(home: Path, tmp_path: Path, name: str) -> None:
    broken = tmp_path / "weights"
    broken.mkdir()
    for file in (home / "weights").iterdir():
        data = file.read_bytes()
        (broken / file.name).write_bytes(data[:-20] if file.name == name else data)
    result = inside("generate", "walk", "--out", str(tmp_path / "a.npz"), "--weights", str(broken), *places(home)[2:])
    assert_refused(result, tmp_path, name)


def test_a_missing_text_encoder_is_a_sentence(home: Path, tmp_path: Path) -> None:
    arguments = [*places(home)[:2], "--text-encoder", str(tmp_path / "none"), "--device", "cpu"]
    assert_refused(inside("generate", "walk", "--out", str(tmp_path / "a.npz"), *arguments), tmp_path, "text encoder")


def test_no_permission_to_write_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)  # root may write everywhere, so it is only said
    assert_refused(inside("generate", "walk", "--out", str(tmp_path / "a.npz")), tmp_path, "cannot be written")


def test_a_full_disk_is_a_sentence_and_leaves_the_old_file(home: Path, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits on file size are a POSIX matter")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    out = tmp_path / "a.npz"
    out.write_bytes(b"an earlier motion")
    done = run("generate", "walks", "--out", str(out), "--seconds", "9.8", *places(home), limit=limit)
    assert done.returncode == cli.BAD_INPUT
    assert "could not be written" in done.stderr and "Traceback" not in done.stderr
    assert out.read_bytes() == b"an earlier motion"
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]


def test_a_defect_of_ours_keeps_its_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(options: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "_load", broken)
    with pytest.raises(ZeroDivisionError):
        cli.main(["generate", "walk", "--out", str(tmp_path / "a.npz")])


def test_doctor_names_what_works_and_what_is_missing(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["doctor", *places(home)]) == 0
    report = capsys.readouterr().out
    for line in ("engine:", "torch:", "device:", "weights:", "text encoder:", "generate:"):
        assert line in report
    assert cli.main(["doctor", "--weights", str(tmp_path)]) == 1
    report = capsys.readouterr().out
    assert "PROBLEM: There are no weights" in report and "torch:" in report


def test_without_the_training_part_train_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("engine.training")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "engine.training", None)  # what importing a missing package looks like
    assert cli.main(["train", "tokenizer"]) == cli.BAD_INPUT
    assert "cannot train" in capsys.readouterr().err


def test_the_served_engine_talks_over_its_pipes(home: Path) -> None:
    command = [sys.executable, "-s", "-m", "engine", "serve", *places(home)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as child:
        assert child.stdin is not None and child.stdout is not None
        heard = []
        wire.write_message(child.stdin, {"kind": "generate", "id": 1, "text": "a person runs", "seconds": 2, "seed": 3})
        while not heard or not isinstance(heard[-1], (events.Finished, events.Failed)):
            message = wire.read_message(child.stdout)
            assert message is not None
            heard.append(events.from_message(*message))
        child.stdin.close()
        assert child.wait(timeout=10) == 0
    assert heard[0] == events.Ready(PROTOCOL_VERSION, "tiny 0", "cpu")
    assert isinstance(heard[-1], events.Finished)
    assert len(heard[-1].clip) == 40 and heard[-1].confidence.shape == (10,)


def test_a_served_engine_without_weights_says_so_and_leaves(tmp_path: Path) -> None:
    command = [sys.executable, "-s", "-m", "engine", "serve", "--weights", str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as child:
        assert child.stdout is not None
        message = wire.read_message(child.stdout)
        assert child.wait(timeout=60) == 1
    assert message is not None
    failed = events.from_message(*message)
    assert isinstance(failed, events.Failed)
    assert (failed.job, failed.kind) == (None, events.FailureKind.WEIGHTS)
    assert "no weights" in failed.message and failed.advice


@pytest.mark.parametrize(("offline", "flags", "online"), [("1", [], False), (None, [], False), ("0", [], True), ("1", ["--online"], True)])  # fmt: skip # noqa: E501
def test_the_network_is_used_only_when_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offline: str | None, flags: list[str], online: bool
) -> None:
    seen: list[bool] = []

    def load(options: Any) -> None:
        seen.append(options.online)
        raise RequestError("Far enough.")

    monkeypatch.setattr(cli, "_load", load)
    if offline is None:
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    else:
        monkeypatch.setenv("HF_HUB_OFFLINE", offline)
    assert cli.main(["generate", "walk", "--out", str(tmp_path / "a.npz"), *flags]) == cli.BAD_INPUT
    assert seen == [online]
