"""What every table of a config shares: unknown keys are errors, values are frozen, types are strict."""

from pydantic import AfterValidator, BaseModel, ConfigDict

from scribeeval.errors import not_known


class ConfigTable(BaseModel):
    """One table of a config."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def known(what: str, names: tuple[str, ...]) -> AfterValidator:
    """Check that a value is one of some names; the message says which one was meant."""

    def check(value: str) -> str:
        if value not in names:
            raise ValueError(not_known(what, value, names))
        return value

    return AfterValidator(check)
