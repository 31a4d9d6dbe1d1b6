"""An embedded server that ended is started again, and again where that does not go well at first."""

import os
import signal

import psycopg
import pytest

from services.embedded import PostgreSQL
from services.supervise.servers import Reviver
from tests.waiting import wait_until


@pytest.fixture
def server(tmp_path):
    one = PostgreSQL(tmp_path, durable=False)
    one.start()
    yield one
    one.stop()


def test_a_server_that_ended_is_started_again_and_said_so_once(server):
    said = []
    reviver = Reviver([server], said.append)
    assert not reviver.look_after()
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    wait_until(reviver.look_after, "it stayed away")
    assert server.is_running
    assert said[0] == "postgresql ended and is started again"
    assert not reviver.look_after()


def test_a_database_whose_other_processes_outlive_the_first_is_tried_again_until_they_are_gone(server):
    said = []
    reviver = Reviver([server], said.append)
    with psycopg.connect(host=str(server.socket_folder), user="kail", dbname="postgres") as left:
        behind = left.info.backend_pid
        os.kill(behind, signal.SIGSTOP)
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        wait_until(lambda: reviver.look_after() or len(said) >= 3, "it was not tried again")
        assert not server.is_running
        assert all("still in use" in each and "Trying again in" in each for each in said[1:])
        os.kill(behind, signal.SIGKILL)
        wait_until(reviver.look_after, "it stayed away")
        assert server.is_running
        left.close()
