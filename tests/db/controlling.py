"""A person's orders as the command line gives them, and what the tables hold of them."""

from pathlib import Path
from typing import Any

from modules.ids import EnrollmentId
from modules.sequences import Order
from utils.db import Row, execute, fetch_all
from utils.sql import Queries
from workers.context import Deps
from workers.control import Controlled, Target, Whose, control_enrollment

SQL = Queries(Path(__file__).with_name("control.sql"))
ADA = Whose("ada", "they asked for it")


async def obey(deps: Deps, enrollment: EnrollmentId, order: Order, target: Target | None = None) -> Controlled:
    async with deps.database.transaction() as conn:
        return await control_enrollment(deps, conn, enrollment, order, ADA, target)


async def read(deps: Deps, block: str, **values: Any) -> list[Row]:
    async with deps.database.transaction() as conn:
        return await fetch_all(conn, SQL[block], values)


async def write(deps: Deps, block: str, **values: Any) -> None:
    async with deps.database.transaction() as conn:
        await execute(conn, SQL[block], values)
