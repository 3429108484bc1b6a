"""What a pepper is known again by, and a row for it that is always there."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pepper = op.create_table(
        "pepper",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("mark", sa.LargeBinary(), nullable=True),
    )
    op.bulk_insert(pepper, [{"id": 1, "mark": None}])


def downgrade() -> None:
    op.drop_table("pepper")
