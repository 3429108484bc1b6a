"""Everything sealed: people with links of their own, entries bound to their place, look-ups hidden."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _refuse_if_in_use(
        "it holds preparations from before answers were sealed. Nobody but their people could seal them. Open it "
        "with the version that wrote it, save each as a file, and bring them back here"
    )
    for table in ("answer", "offer", "person", "preparation", "look_up"):
        op.drop_table(table)
    op.create_table(
        "preparation",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("offers", sa.Integer(), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "person",
        sa.Column("preparation_id", sa.String(), sa.ForeignKey("preparation.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True, unique=True),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("profile", sa.LargeBinary(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "entry",
        sa.Column("preparation_id", sa.String(), sa.ForeignKey("preparation.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("offer_number", sa.Integer(), nullable=True),
        sa.Column("person_number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("pack_version", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["preparation_id", "person_number"], ["person.preparation_id", "person.number"]),
    )
    op.create_table(
        "look_up",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
    )


def downgrade() -> None:
    _refuse_if_in_use("it holds sealed preparations, which older versions cannot open")
    for table in ("entry", "person", "preparation", "look_up"):
        op.drop_table(table)
    op.create_table(
        "preparation",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("preparation_id", sa.String(), sa.ForeignKey("preparation.id"), nullable=False, index=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "offer",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("preparation_id", sa.String(), sa.ForeignKey("preparation.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("preparation_id", "number"),
    )
    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("preparation_id", sa.String(), sa.ForeignKey("preparation.id"), nullable=False),
        sa.Column("offer_id", sa.Integer(), sa.ForeignKey("offer.id"), nullable=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("pack_version", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("answer_by_place", "answer", ["preparation_id", "offer_id", "question"])
    op.create_table(
        "look_up",
        sa.Column("number", sa.String(), primary_key=True),
        sa.Column("found", sa.Boolean(), nullable=False),
        sa.Column("parts", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
    )


def _refuse_if_in_use(why: str) -> None:
    if op.get_bind().execute(sa.text("SELECT count(*) FROM preparation")).scalar_one():
        raise sa.exc.DatabaseError("migrate", None, ValueError(why))
