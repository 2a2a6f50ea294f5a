"""A DAG: a mapped task for each shard, and then the report. For Airflow 3.

The workers need otlog, the scripts beside this file on their path, and the directory /week with shards.txt.
"""

from datetime import datetime, timedelta
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import dag, task

LIST = "/week/shards.txt"
PARTS = "s3://work/otlog/{{ ds }}"
OUT = "s3://work/reports/{{ ds }}.html"


@dag(schedule="@weekly", start_date=datetime(2026, 11, 16), catchup=False)
def otlog_week():
    @task
    def indexes():
        """One environment for each line of the list."""
        return [{"INDEX": str(i)} for i in range(len(Path(LIST).read_text().splitlines()))]

    # A try that is repeated replaces the partial of its shard, so it never counts twice.
    shards = BashOperator.partial(
        task_id="shard",
        bash_command=f'otlog-shard "{LIST}" "$INDEX" "{PARTS}"',
        append_env=True,
        retries=3,
        retry_delay=timedelta(minutes=1),
        max_active_tis_per_dagrun=100,
    ).expand(env=indexes())

    # Runs only if all shards have succeeded; otlog-report names a shard that is missing all the same.
    report = BashOperator(
        task_id="report",
        bash_command=f'otlog-report "{LIST}" "{PARTS}" "{OUT}" --window 1w',
    )

    shards >> report


otlog_week()
