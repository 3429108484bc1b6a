"""The day of the last sweep, so that of several processes one sweeps; and the row it stands in is always there."""

import datetime

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

LONG_AGO = datetime.date(1970, 1, 1)


def upgrade() -> None:
    op.add_column("watch", sa.Column("swept_on", sa.Date(), nullable=True))
    connection = op.get_bind()
    if not connection.execute(sa.text("SELECT count(*) FROM watch")).scalar_one():
        watch = sa.table("watch", sa.column("id"), sa.column("since", sa.Date()), sa.column("last", sa.Date()))
        op.bulk_insert(watch, [{"id": 1, "since": LONG_AGO, "last": LONG_AGO}])


def downgrade() -> None:
    with op.batch_alter_table("watch") as table:
        table.drop_column("swept_on")
