"""What registers said of numbers, and the pace at which they are asked."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "look_up",
        sa.Column("number", sa.String(), primary_key=True),
        sa.Column("found", sa.Boolean(), nullable=False),
        sa.Column("parts", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
    )
    pace = op.create_table(
        "look_up_pace",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("next_at", sa.Float(), nullable=False),
        sa.Column("held_until", sa.Float(), nullable=False),
    )
    op.bulk_insert(pace, [{"id": 1, "next_at": 0.0, "held_until": 0.0}])


def downgrade() -> None:
    op.drop_table("look_up_pace")
    op.drop_table("look_up")
