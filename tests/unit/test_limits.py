"""The rate limiter, with a clock of its own."""

from bot.web.limits import RateLimiter


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_minute_is_allowed_at_once_and_then_it_waits() -> None:
    clock = Clock()
    limiter = RateLimiter(3, clock)
    assert [limiter.take("a") for _ in range(3)] == [0, 0, 0]
    assert limiter.take("a") == 20


def test_it_fills_up_again_but_not_over_the_brim() -> None:
    clock = Clock()
    limiter = RateLimiter(3, clock)
    for _ in range(3):
        limiter.take("a")
    clock.now += 20
    assert limiter.take("a") == 0
    assert limiter.take("a") > 0
    clock.now += 3600
    assert [limiter.take("a") for _ in range(4)][:3] == [0, 0, 0]
    assert limiter.take("a") > 0


def test_keys_are_apart() -> None:
    limiter = RateLimiter(1, Clock())
    assert (limiter.take("a"), limiter.take("b")) == (0, 0)
    assert limiter.take("a") > 0


def test_it_remembers_a_bounded_number_of_keys() -> None:
    limiter = RateLimiter(1, Clock(), max_keys=3)
    for key in "abcd":
        limiter.take(key)
    assert limiter.take("d") > 0
    assert limiter.take("a") == 0  # quiet longest, so forgotten
