"""The calls of the Batch API, and servers that answer them with something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from benchbuilder.errors import AuthenticationFailed, CompletionError, QuotaExhausted
from benchbuilder.llm.types import anything
from tests.llm.batch_api import BatchApi
from tests.llm.conftest import Open, requests
from tests.servers import Reply, failure


@pytest.fixture
def api() -> Iterator[BatchApi]:
    with closing(BatchApi(lambda request, _: "an answer")) as served:
        yield served


Ask = Callable[[], list[str | None]]


@pytest.fixture
def ask(api: BatchApi, open_model: Open) -> Ask:
    """The texts of four answers through a batch."""

    def ask_once() -> list[str | None]:
        model = open_model(api.base_url, batch=True, batch_poll_seconds=0.01, max_attempts=3)
        return [c.text for c in model(requests(4), accept=anything)]

    return ask_once


def once(reply: Reply, asked_for: str) -> Callable[[str], Reply | None]:
    """Sends the reply to the first call that begins so."""
    left = [reply]

    def instead(told: str) -> Reply | None:
        return left.pop() if left and told.startswith(asked_for) else None

    return instead


@pytest.mark.parametrize(
    ("place", "reply"),
    [
        ("POST /v1/files", failure(500, "crash")),
        ("POST /v1/batches", failure(500, "crash")),
        ("GET /v1/batches/", failure(500, "crash")),
        ("GET /v1/files/", failure(500, "crash")),
        ("GET /v1/files/", failure(429, "slow down", headers={"retry-after": "0.01"})),
        ("POST /v1/batches", failure(200, "upstream: rate limit")),
    ],
)
def test_a_passing_failure_is_tried_again(
    api: BatchApi, ask: Ask, place: str, reply: Reply
) -> None:
    api.instead = once(reply, place)
    assert ask() == ["an answer"] * 4
    assert len(api.batches) == 1


@pytest.mark.parametrize("place", ["POST /v1/files", "GET /v1/batches/"])
@pytest.mark.parametrize(
    ("reply", "error", "told"),
    [
        (Reply(200, "<html>hello</html>"), CompletionError, "a web page"),
        (Reply(200, "{"), CompletionError, "broken JSON"),
        (Reply(200, "{}"), CompletionError, "no id"),
        (failure(404, "no such URL"), CompletionError, "no such URL"),
        (failure(401, "no such key"), AuthenticationFailed, "no such key"),
        (failure(429, "no money", code="insufficient_quota"), QuotaExhausted, "no money"),
        (failure(429, "too much", headers={"retry-after": "9999"}), CompletionError, "wait 9999 s"),
    ],
)
def test_what_is_no_batch_is_one_message_and_the_next_run_goes_on(
    api: BatchApi, ask: Ask, place: str, reply: Reply, error: type[Exception], told: str
) -> None:
    api.instead = lambda asked_for: reply if asked_for.startswith(place) else None
    with pytest.raises(error, match=told):
        ask()
    assert sum(each.startswith(place) for each in api.asked_for) <= 3
    api.instead = lambda asked_for: None
    assert ask() == ["an answer"] * 4
    assert len(api.batches) == 1, "none was submitted twice"


def test_a_batch_is_found_among_many(api: BatchApi, ask: Ask) -> None:
    """Its creation was cut, and others of the account came in before it was looked for."""
    api.page = 2
    api.cut_next_creation = True
    others = {"endpoint": "/v1/chat/completions", "input_file_id": "file-0", "metadata": None}

    def instead(asked_for: str) -> Reply | None:
        if asked_for.startswith("GET /v1/batches?") and len(api.batches) == 1:
            for _ in range(5):
                api.create(others)
        return None

    api.instead = instead
    assert ask() == ["an answer"] * 4
    assert len(api.batches) == 6
    assert sum(each.startswith("GET /v1/batches?") for each in api.asked_for) == 3


def test_half_an_emoji_in_a_reply_is_no_failure(api: BatchApi, ask: Ask) -> None:
    odd = r'{"id": "batch-0", "status": "in_progress", "metadata": {"note": "\ud83d"}}'
    api.instead = once(Reply(200, odd), "GET /v1/batches/")
    assert ask() == ["an answer"] * 4


def test_a_list_of_batches_that_is_none_is_not_taken_for_empty(api: BatchApi, ask: Ask) -> None:
    """A batch whose creation was cut would be submitted, and paid for, a second time."""
    api.cut_next_creation = True
    api.instead = once(Reply(200, '{"data": 5}'), "GET /v1/batches?")
    assert ask() == ["an answer"] * 4
    assert len(api.batches) == 1
