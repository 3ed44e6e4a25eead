"""Tells Schemathesis what files are: pictures and archives, good and odd ones."""

import schemathesis
from hypothesis import strategies as st

from tests.fuzz import hostile

_PICTURE = hostile.saved(hostile.noise(), "JPEG")
_DATASET = {"labels.json": hostile.labels(), "1.jpg": _PICTURE}
_ODD = [make() for name, make in hostile.PICTURES.items() if name != "picture bomb"]

schemathesis.openapi.format(
    "binary",
    st.sampled_from([_PICTURE, hostile.zipped(_DATASET), hostile.zipped({"a.jpg": _PICTURE})])
    | st.sampled_from([*_ODD, hostile.link(), hostile.overlapping(3, 99)])
    | st.binary(max_size=100),
)
