"""The fixtures of the API's tests, for these as well."""

from tests.integration.api.conftest import caller, either, lite, make_caller

__all__ = ["caller", "either", "lite", "make_caller"]
