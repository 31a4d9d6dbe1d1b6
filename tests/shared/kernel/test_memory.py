import gc

from shared.kernel.memory import keep_what_is_loaded


def test_what_is_loaded_is_left_out_of_every_later_collection():
    kept = ["loaded before the work began"]
    try:
        keep_what_is_loaded()
        assert gc.get_freeze_count() > 0
        assert not any(each is kept for each in gc.get_objects())
    finally:
        gc.unfreeze()
