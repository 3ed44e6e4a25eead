"""How many processes a worker starts, and what each gets, by the GPUs that there are."""

import pytest

from solver.runtime import gpus
from store.settings import settings
from worker import serve
from worker.settings import WorkerSettings


@pytest.mark.parametrize(
    ("device", "there", "shared"),
    [("auto", 4, 4), ("cuda", 2, 2), ("auto", 0, 0), ("cuda:1", 4, 0), ("cpu", 4, 0)],
)
def test_processes_share_out_the_gpus_unless_the_setting_names_one(
    monkeypatch: pytest.MonkeyPatch, device: str, there: int, shared: int
) -> None:
    monkeypatch.setattr(gpus, "_count", lambda: there)
    monkeypatch.delenv(gpus.VISIBLE, raising=False)
    monkeypatch.setenv("ORRERY_DEVICE", device)
    settings.cache_clear()
    assert len(serve._gpus()) == shared
    settings.cache_clear()


def test_a_micro_batch_has_work_for_all_threads_that_feed_a_gpu() -> None:
    usual = WorkerSettings(micro_batch=0)
    assert (usual.pictures_at_once("cpu"), usual.pictures_at_once("cuda")) == (8, 32)
    assert WorkerSettings(micro_batch=3).pictures_at_once("cuda") == 3
