"""What is asked of a supervisor."""

from pytest_orchestra.services.service import Service


def process(**changes: object) -> Service:
    fields = {"kind": "process", "name": "orders", "within": 1.0, "command": ("app", "{port}")}
    return Service(**{**fields, **changes})


def test_service_crosses_the_pipe_unchanged() -> None:
    service = process(env={"A": "ä"}, cwd="/tmp", ready="/health")

    assert Service.from_json(service.to_json()) == service


def test_command_and_environment_stay_out_of_its_text() -> None:
    shown = repr(process(command=("app", "--token=s3cr3t"), env={"TOKEN": "s3cr3t"}))

    assert "orders" in shown
    assert "s3cr3t" not in shown


def test_files_of_plain_names_are_called_by_them() -> None:
    assert process(name="orders-api_2").stem == "process-orders-api_2"


def test_files_of_other_names_are_told_apart_safely() -> None:
    names = ("../../etc/passwd", "Orders", "заказы", "x" * 41, "", "a b")

    stems = {process(name=name).stem for name in names}

    assert len(stems) == len(names)
    assert all(stem.isascii() and stem.islower() and "/" not in stem for stem in stems)


def test_patience_makes_no_other_service() -> None:
    assert process(within=2.0).fingerprint == process().fingerprint


def test_any_other_difference_makes_another_service() -> None:
    changes = ({"command": ("app",)}, {"env": {"A": "1"}}, {"cwd": "/"}, {"ready": "/"})

    assert len({process().fingerprint, *(process(**one).fingerprint for one in changes)}) == 5
