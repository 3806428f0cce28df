"""Work is shared out over processes with the real graphs, and comes back in order."""

import asyncio
import os
import signal
from pathlib import Path

import onnx
import pytest
from skimage.data import astronaut

from model.card import CardError
from model.clip import Frame
from training.arguments import WEIGHTS
from training.errors import NoGraphs
from training.judging import Judging, judged
from training.onnx_engine import OnnxEngine
from training.processes import ProcessLost


def threshold_and_process(ours: Judging, number: int) -> tuple[int, float, int]:
    return number, ours.engine.card.threshold, os.getpid()


def faces_of_a_photograph(ours: Judging, number: int) -> int:
    return len(asyncio.run(ours.faces.find(Frame(astronaut(), float(number), number))))


def test_another_process_finds_faces() -> None:
    assert list(judged(faces_of_a_photograph, range(3), weights=WEIGHTS, jobs=2)) == [1, 1, 1]


def refused(ours: Judging, number: int) -> None:
    raise ValueError(f"{ours.engine.card.name} cannot judge {number}")


def test_two_processes_judge_with_the_weights_that_one_would_and_in_order() -> None:
    here = list(judged(threshold_and_process, range(6), weights=WEIGHTS, jobs=1))
    there = list(judged(threshold_and_process, range(6), weights=WEIGHTS, jobs=2))
    assert [each[:2] for each in there] == [each[:2] for each in here]
    assert [number for number, _, _ in there] == list(range(6))
    assert {process for _, _, process in here} == {os.getpid()}
    assert os.getpid() not in {process for _, _, process in there}


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_goes_wrong_in_a_process_is_told_to_who_asked(jobs: int) -> None:
    with pytest.raises(ValueError, match="compact cannot judge 0"):
        list(judged(refused, range(1), weights=WEIGHTS, jobs=jobs))


def killed(_ours: Judging, _number: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_that_is_killed_ends_the_work_and_is_told() -> None:
    with pytest.raises(ProcessLost, match="fewer --jobs"):
        list(judged(killed, range(4), weights=WEIGHTS, jobs=2))


def test_graphs_without_a_card_are_none_of_ours(tmp_path: Path) -> None:
    for path in WEIGHTS.glob("*.onnx"):
        proto = onnx.load(path)
        del proto.metadata_props[:]
        onnx.save(proto, tmp_path / path.name)
    with pytest.raises(CardError, match="carries no model card"):
        OnnxEngine(tmp_path)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_folder_without_graphs_is_an_error_and_no_wait(tmp_path: Path, jobs: int) -> None:
    with pytest.raises(NoGraphs, match="training export"):
        list(judged(threshold_and_process, range(1), weights=tmp_path, jobs=jobs))
