"""A published study and its figures in a reader's words."""

from scribeeval.report.languages import Language, number
from scribeeval.stats.published import Effect, PublishedStudy


def study_heading(say: Language, study: PublishedStudy) -> str:
    """Name a study with where, how and on how many, as far as our source states it."""
    parts = [
        study.site,
        study.product,
        say(f"published_design.{study.design}"),
        *_size(say, study),
        *(say(f"published_note.{note}") for note in study.notes),
    ]
    return say("standing.study", citation=study.citation, about="; ".join(part for part in parts if part))


def _size(say: Language, study: PublishedStudy) -> list[str]:
    parts = []
    if study.n is not None:
        parts.append(say("standing.n_about" if study.n_is_about else "standing.n", n=number(study.n, 0)))
    if study.n_scribe is not None:
        parts.append(say("standing.n_scribe", n=number(study.n_scribe, 0)))
    if study.n_control is not None:
        parts.append(say("standing.n_control", n=number(study.n_control, 0)))
    if not parts:
        parts.append(say("standing.n_not_stated"))
    if study.n_centres is not None:
        parts.append(say("standing.centres", n=number(study.n_centres, 0)))
    if study.weeks is not None:
        parts.append(say("standing.weeks", n=number(study.weeks, 0)))
    if study.utilisation is not None:
        parts.append(say("standing.utilisation", share=say.percent(study.utilisation, digits=0)))
    return parts


def outcome(say: Language, effect: Effect, *, signed: bool = True) -> str:
    """Print a figure with its unit and as many decimals as its source printed, or its finding in words."""
    if effect.estimate is None:
        return say(f"in_words.{effect.in_words}")
    return _amount(say, effect, effect.estimate, signed=signed)


def _amount(say: Language, effect: Effect, value: float, *, signed: bool) -> str:
    if effect.kind == "percent_change":
        return say.percent(value, digits=effect.digits, signed=signed)
    if effect.kind == "percentage_points":
        return say("number.points", value=number(100 * value, effect.digits, signed=signed))
    return say(f"published_unit.{effect.unit}", value=number(value, effect.digits, signed=signed))


def which(say: Language, effect: Effect) -> str | None:
    """Tell one figure of a study from its others of the same measure; None where there is nothing to tell."""
    return effect.arm or (say(f"published_variant.{effect.variant}") if effect.variant else None)


def effect_row(say: Language, effect: Effect) -> tuple[str, str, str, str, str]:
    """Print one figure: outcome, figure with interval and p, how it was estimated, reliability, remarks."""
    title = say.name("measure", effect.measure, say.strings.get(f"published_measure.{effect.measure}"))
    one = which(say, effect)
    estimator = say.name("published_estimator", effect.estimator, say.name("estimator", effect.estimator))
    how = [estimator, say(f"contrast.{effect.contrast}")]
    if effect.adjusted is not None:
        how.append(say("standing.is_adjusted" if effect.adjusted else "standing.is_unadjusted"))
    reliability = say(f"reliability.{effect.reliability}")
    if effect.computed_from is not None:
        reliability = say("standing.computed_from", source=say(f"reliability.{effect.computed_from}"))
    return (
        say("label.group", title=title, note=one) if one else title,
        _reported(say, effect),
        "; ".join(how),
        reliability,
        "; ".join(say(f"published_note.{note}") for note in effect.notes),
    )


def _reported(say: Language, effect: Effect) -> str:
    text = outcome(say, effect)
    if effect.low is not None and effect.high is not None:
        factor = 100 if effect.kind in ("percent_change", "percentage_points") else 1
        ends = [number(factor * end, effect.digits, signed=True) for end in (effect.low, effect.high)]
        interval = say("number.interval", low=ends[0], high=ends[1])
        if effect.level is None:
            text = say("number.estimate", estimate=text, interval=interval)
        else:
            level = say.percent(effect.level, digits=0)
            text = say("number.estimate_in_text", estimate=text, level=level, interval=interval)
    return say("standing.with_p", figure=text, p=effect.p) if effect.p else text
