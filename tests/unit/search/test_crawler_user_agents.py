from services.search.adapters.crawler_user_agents import is_bot
from tests.memory import grown_memory


def test_a_bot_says_so_at_the_head_of_its_name() -> None:
    assert is_bot("Googlebot/2.1 (+http://www.google.com/bot.html)" + " x" * 10_000)
    assert is_bot(" ")
    assert not is_bot("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")


def test_long_names_are_not_remembered_whole() -> None:
    with grown_memory() as grown:
        for number in range(200):
            is_bot(f"{number} " + "x" * 60_000)
    assert grown() < 500_000
