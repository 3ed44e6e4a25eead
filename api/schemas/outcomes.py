"""The accuracy log puzzle by puzzle: outcomes of one evaluation, and two compared."""

from pydantic import BaseModel, Field

from api.schemas.fields import Id, PageQuery, Strict, View

#: How many puzzles a list of a comparison holds, unless another number is asked for.
FEW = 100


class OutcomesQuery(PageQuery):
    """A page of an evaluation's puzzles, all or some of them."""

    wrong: bool | None = Field(None, description="Only answers that were wrong (or were not).")
    failed: bool | None = Field(None, description="Only pictures without an answer (or with one).")
    lost_to: str | None = Field(
        None, max_length=40, description="Only answers that were lost to this stage."
    )


class PuzzleOutcome(BaseModel):
    """How one puzzle went; points and boxes are in pixels of the picture.

    `correct` and what else compares with the label are null where the label does not tell.
    """

    task: str
    image: str
    picture: str | None = Field(None, description="The SHA-256 of the picture.")
    position: int | None = Field(None, description="The picture's place in the job.")
    split: str
    groups: list[tuple[str, str]]
    digit: int | None
    answer: int | None = Field(description="The labelled tile.")
    derived: bool = Field(description="Whether the answer follows from the fitted orbits.")
    scored: bool
    ambiguous: bool
    correct: bool | None
    tile: int | None
    tile_correct: bool | None
    digit_read: int | None
    digit_correct: bool | None
    orbit_read: int | None = Field(
        None, description="The orbit of the planet in the named answer's `+`."
    )
    confidence: float | None
    point: tuple[float, float] | None
    box: tuple[float, float, float, float] | None = Field(
        description="The answer's `+`: x, y, width, height."
    )
    planets: int | None = Field(description="How many planets were found.")
    failed: bool
    error: str | None
    lost_to: str | None = Field(description="The stage that a wrong answer is charged to.")
    regained: list[str] = Field(description="Stages whose truth alone would have made it right.")


class OutcomePage(BaseModel):
    """A page of puzzles, in the order of the pictures."""

    items: list[PuzzleOutcome]
    next: str | None


class CompareQuery(Strict):
    """Two evaluations."""

    a: Id
    b: Id
    limit: int = Field(FEW, ge=1, le=1000, description="How many puzzles each list holds at most.")


class Side(View):
    """One of two evaluations that are compared, over the puzzles that both have."""

    id: str
    model: str
    dataset: str | None
    dataset_version: str | None
    correct: int
    accuracy: float


class BothOutcomes(BaseModel):
    """A puzzle as it went in both evaluations."""

    task: str
    image: str
    a: PuzzleOutcome
    b: PuzzleOutcome


class ComparedSlice(BaseModel):
    """Both evaluations on one slice of the puzzles."""

    slice: str = Field(description="What the puzzles are sliced by, such as `digit`.")
    name: str
    puzzles: int
    a: int = Field(description="Right answers of `a`.")
    b: int = Field(description="Right answers of `b`.")
    fixed: int
    broken: int
    p: float = Field(description="Exact McNemar test of the slice, two-sided, uncorrected.")


class Comparison(BaseModel):
    """Two evaluations, puzzle by puzzle; puzzles are matched by their pictures."""

    a: Side
    b: Side
    puzzles: int = Field(description="Puzzles that both were scored on.")
    p: float = Field(description="Exact McNemar test, two-sided.")
    counts: dict[str, int] = Field(description="`fixed`, `broken`, `both_wrong`, `both_right`.")
    fixed: list[BothOutcomes] = Field(description="Right in `b` alone.")
    broken: list[BothOutcomes] = Field(description="Right in `a` alone.")
    both_wrong: list[BothOutcomes]
    slices: list[ComparedSlice]
