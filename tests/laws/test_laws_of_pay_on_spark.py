"""What holds on Spark, too: the cents of Polars, on random plans and on the files of the engine alone. One session.

Spark is no part to be skipped: it pays where the events lie. Without Java the tests fail, and say what to install.
"""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import narwhals as nw
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from pyspark.errors import PySparkRuntimeError
from pyspark.sql import SparkSession

from laws.pay_worlds import PLANS, World, pay_of, rows_of, worlds
from pay_files import PLAN, paid, pays_the_same_bytes, written
from quarterdeck.engine.pay.facts import PayFacts, collected
from quarterdeck.terms.errors import Refusal

SMALL: Final = {
    "spark.default.parallelism": "1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "512m",
    "spark.python.sql.dataFrameDebugging.enabled": "false",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
"""A few rows on one core: nothing is worth compiling for them."""


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    """One session for all of this file."""
    if not shutil.which("java"):
        pytest.fail("Spark runs on Java: install Java 17 or newer (`make java`), or set JAVA_HOME and PATH to it.")
    builder = SparkSession.builder.master("local[1]").appName("quarterdeck")
    for name, value in SMALL.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    logging.getLogger("py4j").setLevel(logging.WARNING)
    yield session
    session.stop()


def test_the_command_writes_the_same_bytes_on_spark(spark: SparkSession, tmp_path: Path) -> None:  # noqa: ARG001  the command takes the session that there is
    folder = written(tmp_path)
    short = [line for line in PLAN.splitlines() if "team" not in line]  # a measure fewer: a third of the time
    (folder / "plan.yaml").write_text("\n".join(short))
    pays_the_same_bytes(folder, "spark")


@given(text=PLANS, world=worlds())
@settings(
    max_examples=3, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_spark_and_polars_pay_the_same_cents(spark: SparkSession, text: str, world: World) -> None:
    facts = world.facts()
    lazy = {name: _on(spark, getattr(facts, name)) for name in ("events", "splits")}
    here, there = pay_of(text, facts), pay_of(text, PayFacts(**{**facts.__dict__, **lazy}))
    assert rows_of(here) == rows_of(there)
    order = ["measure", "person_id", "event_id"]
    assert collected(here.credits).sort(order).rows() == collected(there.credits).sort(order).rows()


def _on(spark: SparkSession, frame: Any) -> Any:
    return nw.from_native(spark.createDataFrame(collected(frame).to_native().to_arrow()))


def test_without_java_spark_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Builder:
        @staticmethod
        def getOrCreate() -> None:  # noqa: N802  Spark's own name
            raise PySparkRuntimeError(errorClass="JAVA_GATEWAY_EXITED", messageParameters={})

    monkeypatch.setattr(SparkSession, "builder", Builder)
    done = paid(written(tmp_path), "--engine", "spark")
    assert isinstance(done.exception, Refusal)
    assert "Java" in done.exception.why
