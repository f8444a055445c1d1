"""Rows of ``people``: who has been here before."""

from datetime import datetime

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.records import Actor
from storage.tables import people


async def seen(tx: AsyncConnection, person: Actor, *, now: datetime) -> bool:
    """Note that a person is here; whether it is for the first time."""
    query = select(people.c.person_id).where(*_is(person))
    if (await tx.execute(query)).one_or_none() is not None:
        return False
    row = {"team_id": person.team_id, "person_id": person.person_id, "first_seen_at": now}
    await tx.execute(insert(people).values(row))
    return True


async def is_onboarded(tx: AsyncConnection, person: Actor) -> bool:
    """Whether the person has had the first message."""
    query = select(people.c.onboarded_at).where(*_is(person))
    return (await tx.execute(query)).scalar_one_or_none() is not None


async def onboard(tx: AsyncConnection, person: Actor, *, now: datetime) -> bool:
    """Note that the first message is being sent; False if it already was."""
    await seen(tx, person, now=now)
    query = update(people).where(*_is(person), people.c.onboarded_at.is_(None)).values(onboarded_at=now)
    return bool((await tx.execute(query)).rowcount)


def _is(person: Actor) -> tuple[ColumnElement[bool], ...]:
    """What finds a person's row."""
    return (people.c.team_id == person.team_id, people.c.person_id == person.person_id)
